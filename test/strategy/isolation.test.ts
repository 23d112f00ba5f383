import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { bundleStrategy } from '../../kernels/strategy/bundle.ts'
import { readBundle } from '../../kernels/strategy/bundle-file.ts'
import { BANNED_GLOBALS, BANNED_MEMBERS } from '../../kernels/strategy/context-guard.ts'
import { PluginBundleError, PluginLoadError } from '../../kernels/strategy/errors.ts'
import { LoadedStrategy } from '../../kernels/strategy/load.ts'
import { loadSource, pluginSource, rigOf } from './support/load-source.ts'
import { InboundScript } from './support/rig.ts'

async function stopMessage(body: string): Promise<string> {
  const rig = await rigOf(`onStart(context) { ${body} },`)
  rig.run(new InboundScript().start())
  return rig.kernel.stops[0]?.message ?? 'not stopped'
}

describe('a name that would make decisions depend on the host throws when it is used and says what to use', () => {
  test.each(Object.entries(BANNED_GLOBALS))('%s', async (name, advice) => {
    const use = name === 'eval' ? '(0, eval)("1")' : `globalThis.${name}`
    expect(await stopMessage(use)).toBe(`ReferenceError: ${name} is not available in a strategy: ${advice}`)
  })

  test.each([
    'new Date()',
    'Date.now()',
    'typeof Date',
    'process.exit(1)',
    'setTimeout(() => 1, 1)',
    'new Promise(() => {})',
  ])('however it is used: %s', async (use) => {
    expect(await stopMessage(use)).toMatch(
      /^ReferenceError: (Date|process|setTimeout|Promise) is not available in a strategy: /,
    )
  })

  test.each(BANNED_MEMBERS)('%s.%s', async (owner, member, advice) => {
    expect(await stopMessage(`${owner}.${member}()`)).toBe(
      `ReferenceError: ${owner.replace('.prototype', '')}.${member} is not available in a strategy: ${advice}`,
    )
  })
})

test('code cannot be made from text', async () => {
  expect(await stopMessage('(() => {}).constructor("return 1")()')).toContain('EvalError')
  expect(await stopMessage('context.log(1, (function* () {}).constructor("yield 1"))')).toContain('EvalError')
})

test('what is no part of the language is unknown, and a banned name cannot be brought back', async () => {
  expect(await stopMessage('return setInterva')).toBe('ReferenceError: setInterva is not defined')
  expect(await stopMessage('globalThis.Date = 1')).toContain('TypeError')
  expect(await stopMessage('Object.defineProperty(globalThis, "Date", { value: 1 })')).toContain('TypeError')
})

test('mathematics, maps and typed arrays are there', async () => {
  const rig = await rigOf(`
    onStart(context) {
      const seen = new Map([['a', Math.max(1, 2)]])
      context.log(LogLevel.Info, JSON.stringify([...seen, new Float64Array([0.5])[0], [3, 1, 2].sort()]))
    },`)
  rig.run(new InboundScript().start())
  expect(rig.logs).toEqual(['[["a",2],0.5,[1,2,3]]'])
})

test('two strategies share nothing, not even through a prototype', async () => {
  const body =
    'onStart(context) { Array.prototype.mark ??= 0; context.log(LogLevel.Info, String(++Array.prototype.mark)) },'
  const one = await rigOf(body)
  const two = await rigOf(body)
  one.run(new InboundScript().start())
  two.run(new InboundScript().start())
  expect([one.logs, two.logs]).toEqual([['1'], ['1']])
  expect('mark' in Array.prototype).toBe(false)
})

describe('what a strategy may not contain is refused at bundling, with file, line and column', () => {
  const refuse = (source: string) => expect(loadSource(source)).rejects
  test.each([
    ["import { readFileSync } from 'node:fs'\nreadFileSync('x')", '"node:fs" is refused', 'plugin.ts:1:29'],
    ["\nimport lodash from 'lodash'\nlodash()", '"lodash" is refused', 'plugin.ts:2:19'],
    ["import '/etc/passwd.ts'", '"/etc/passwd.ts" is refused', 'plugin.ts:1:7'],
    ["\n\nexport const x = import('./other.ts')", 'dynamic import is refused', 'plugin.ts:3:24'],
    ['const y = "a" + 1\nexport const x = import(y)', 'dynamic import is refused', 'plugin.ts:2:17'],
    ["export const x = require('fs')", 'require is refused', 'plugin.ts:1:25'],
    ['const y = 1\nexport const x = require(y)', 'require is refused', 'plugin.ts:2:17'],
    ["export const x = eval('1')", 'eval is refused', 'plugin.ts:1:17'],
    ['export const x = import.meta.url', 'import.meta is refused', 'plugin.ts:1:17'],
    ['const a = 1\nexport const x = async () => a', 'async functions and await are refused', 'plugin.ts:2:17'],
    ['export class A { async m() { return 1 } }', 'async functions and await are refused', 'plugin.ts:1:17'],
    ['export async function* g() { yield 1 }', 'async functions and await are refused', 'plugin.ts:1:7'],
    ['await 1', 'async functions and await are refused', 'plugin.ts:1:0'],
    ['const = 3', 'Expected identifier but found', 'plugin.ts:1:6'],
  ])('%j', async (source, what, place) => {
    const [file, line, column] = place.split(':')
    const where = `${file}:${line}:${Number(column) + 1}`
    await refuse(`${source}\nexport default 1`).toThrow(PluginBundleError)
    await refuse(`${source}\nexport default 1`).toThrow(what)
    await refuse(`${source}\nexport default 1`).toThrow(where)
  })

  test('in an imported file of its own, too', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'xk-strategy-'))
    mkdirSync(join(folder, 'lib'))
    writeFileSync(join(folder, 'lib', 'late.ts'), 'export const late = async () => 1\n')
    writeFileSync(join(folder, 'plugin.ts'), "import { late } from './lib/late.ts'\nexport default late\n")
    await expect(bundleStrategy(join(folder, 'plugin.ts'))).rejects.toThrow('lib/late.ts:1:21')
  })

  test('a missing file says so', async () => {
    await expect(bundleStrategy('nowhere/strategy.ts')).rejects.toThrow(
      'there is no such strategy file (nowhere/strategy.ts)',
    )
  })
})

describe('what does not declare a strategy is refused when it is loaded', () => {
  test.each([
    ['export default 3', 'the default export is not a strategy'],
    ["throw new TypeError('at load')\nexport default 1", 'the strategy failed while it was loaded: TypeError: at load'],
    ['for (;;) {}\nexport default 1', 'the strategy failed while it was loaded'],
    [pluginSource("name: 'Not A Name',"), 'the strategy\'s name is "Not A Name"'],
    [pluginSource('onBok() {},'), 'defineStrategy takes no field "onBok"'],
    [pluginSource('onBook: 3,'), 'onBook is not a function'],
    [pluginSource("interest: 'all',"), "it is 'top' or 'depth'"],
  ])(
    '%j',
    async (source, what) => {
      const error = await loadSource(source).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(PluginLoadError)
      expect((error as PluginLoadError).message).toContain(what)
    },
    20_000,
  )

  test('a module without a default export', async () => {
    await expect(loadSource('export const a = 1')).rejects.toThrow('the default export is not a strategy')
  })

  test('a state() that throws, with its place', async () => {
    await expect(rigOf("\nstate() { throw new Error('no') },")).rejects.toThrow(
      /state\(\) of strategy test-strategy threw: Error: no \(.*plugin\.ts:3:\d+\)/,
    )
  })
})

test('a bundle is the same wherever the plugin lies, and a changed one is refused', async () => {
  const source = pluginSource('onBook() {},')
  const [one, two] = [await loadSource(source), await loadSource(source)]
  expect(one.bundle.path).not.toBe(two.bundle.path)
  expect(one.bundle.digest).toBe(two.bundle.digest)
  const path = join(mkdtempSync(join(tmpdir(), 'xk-strategy-')), 'bundle.json')
  writeFileSync(path, JSON.stringify(one.bundle))
  expect(LoadedStrategy.load(readBundle(path)).name).toBe('test-strategy')
  writeFileSync(path, JSON.stringify({ ...one.bundle, code: `${one.bundle.code} ` }))
  expect(() => readBundle(path)).toThrow('the stored bundle was changed')
})
