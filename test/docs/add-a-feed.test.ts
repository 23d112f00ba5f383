import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findPackageRoot } from '../../kernels/host/package-root.ts'
import { runXk } from '../e2e/support/run-xk.ts'

const root = findPackageRoot()
const page = readFileSync(join(root, 'docs', 'add-a-feed.md'), 'utf8')
const copy = mkdtempSync(join(tmpdir(), 'xk-add-a-feed-'))
afterAll(() => rmSync(copy, { recursive: true, force: true }))

/** The page's blocks that name a file: a whole one, or in a diff lines to add behind another. */
const blocks = [...page.matchAll(/^```(\w+) (\S+\/\S+)\n([\s\S]*?)^```$/gm)].map(([, kind, path, text]) => ({
  kind: kind!,
  path: path!,
  text: text!,
}))

/** What the page's commands need. */
const COPIED = [
  ...['appliance', 'kernels', 'feeds', 'storage', 'strategies', 'ops', 'docs'],
  ...['test/feeds/support', 'test/support', 'test/docs/protocol-tables.test.ts'],
]
const CONFIGS = ['package.json', 'tsconfig.json', 'biome.json', 'vitest.config.ts']

function addLines(path: string, diff: string): void {
  const lines = readFileSync(path, 'utf8').split('\n')
  let behind = -1
  for (const line of diff.trimEnd().split('\n')) {
    if (line.startsWith('+')) {
      behind++
      lines.splice(behind, 0, line.slice(1))
    } else behind = lines.indexOf(line.slice(1))
    expect(behind, `${path} has no line "${line.slice(1)}"`).toBeGreaterThanOrEqual(0)
  }
  writeFileSync(path, lines.join('\n'))
}

function run(command: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: copy, encoding: 'utf8', timeout: 100_000 })
  expect(status, `${command} ${args.join(' ')}\n${stdout}${stderr}`).toBe(0)
  return stdout
}

describe('the page, followed to the letter in a copy of the tree', { timeout: 120_000 }, () => {
  beforeAll(() => {
    for (const path of [...COPIED, ...CONFIGS]) {
      if (existsSync(join(root, path))) cpSync(join(root, path), join(copy, path), { recursive: true })
    }
    for (const path of ['node_modules', 'build']) {
      if (existsSync(join(root, path))) symlinkSync(join(root, path), join(copy, path))
    }
    for (const { kind, path, text } of blocks) {
      const target = join(copy, path)
      if (kind === 'diff') addLines(target, text)
      else {
        mkdirSync(dirname(target), { recursive: true })
        writeFileSync(target, text)
      }
    }
  })

  test('names the files of every step', () => {
    const paths = new Set(blocks.map(({ path }) => path))
    for (const [, step] of page.matchAll(/^\| \d \| `([^`]+)`/gm)) {
      expect(
        [...paths].some((path) => path.startsWith(step!)),
        step,
      ).toBe(true)
    }
    expect(paths.size).toBe(8)
  })

  test('gives code that the compiler and the linter take as it is', () => {
    run('npx', ['tsc', '--noEmit'])
    run('npx', ['biome', 'check', 'feeds/tick1', 'feeds/protocol', 'test/feeds/tick1'])
  })

  test('gives tests that pass, and a page that its layout agrees with', () => {
    const files = ['test/feeds/tick1/tick1.test.ts', 'test/docs/protocol-tables.test.ts']
    const stdout = run('npx', ['vitest', 'run', ...files, '-t', 'Tick 1'])
    expect(stdout).toMatch(/5 passed/)
  })

  test('gives a product that inspects and converts a capture of the example', async () => {
    run('node', ['appliance/setup/build.mjs', '--quiet'])
    const commands = page.match(/^(npx esbuild|node -e) .*$/gm) ?? []
    expect(commands).toHaveLength(2)
    for (const command of commands) run('sh', ['-c', command])
    const inspected = await runXk(['inspect', 'sample.pcap', '--json'], copy, copy)
    expect(inspected.code, inspected.stderr).toBe(0)
    expect(JSON.parse(inspected.stdout)).toMatchObject({
      messages: { tick1: { T: 4, H: 1 } },
      flows: [{ protocol: 'tick1', packets: 5 }],
      sessions: [{ missing: 2, duplicates: 1, heartbeats: 1 }],
    })
    const converted = await runXk(['convert', 'sample.pcap', 'trades.csv', '--records', 'trade'], copy, copy)
    expect(converted.code, converted.stderr).toBe(0)
    const lines = readFileSync(join(copy, 'trades.csv'), 'utf8').split('\n')
    expect(lines[1]).toBe('1736951400000000001,ALFA,2,1,0,0,0,100.50,100,0,buy')
  })
})
