import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { afterAll, expect, test } from 'vitest'
import { errnoName } from '../../kernels/host/errors.ts'

const root = new URL('../..', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'xk-addon-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What a bundle of the loader, lying in the dist/ of a package without an addon, says. */
function load(environment: Record<string, string>): { name: string; message: string; exitCode: number } {
  mkdirSync(join(folder, 'dist'), { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "name": "crosskernel" }')
  const outfile = join(folder, 'dist', 'probe.mjs')
  const contents = `import { hostAddon } from './kernels/host/addon.ts'
    try { hostAddon(); console.log('{}') } catch ({ name, message, exitCode }) { console.log(JSON.stringify({ name, message, exitCode })) }`
  const stdin = { contents, resolveDir: root, loader: 'ts' as const }
  buildSync({ stdin, bundle: true, platform: 'node', format: 'esm', outfile, logLevel: 'warning' })
  const { XK_HOST_ADDON: _, ...rest } = process.env
  return JSON.parse(execFileSync(process.execPath, [outfile], { encoding: 'utf8', env: { ...rest, ...environment } }))
}

test('A bundle finds its package; an addon that is not built is an error that says what to run', () => {
  const error = load({})
  expect(error).toMatchObject({ name: 'AddonError', exitCode: 4 })
  expect(error.message).toBe(
    `the native host addon is not built (${folder}/build/crosskernel_host.node): run npm run build`,
  )
})

test('A file that is no addon is an error that says the same', () => {
  writeFileSync(join(folder, 'broken.node'), 'no machine code')
  expect(load({ XK_HOST_ADDON: join(folder, 'broken.node') }).message).toMatch(/cannot be loaded .*run npm run build$/)
})

test('An errno has its name', () => {
  expect(errnoName(28)).toBe('ENOSPC')
  expect(errnoName(11)).toBe('EAGAIN')
  expect(errnoName(9999)).toBe('errno 9999')
})
