import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { afterAll, expect, test } from 'vitest'
import { withAddon } from '../../support/addon-path.ts'

const folder = mkdtempSync(join(tmpdir(), 'xk-garbage-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each(['orders', 'levels'])(
  'a book and a venue with live orders make no garbage in millions of records by %s',
  { timeout: 60_000 },
  (market) => {
    const outfile = join(folder, 'garbage-probe.mjs')
    const entry = new URL('./garbage-probe.ts', import.meta.url).pathname
    buildSync({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20' })
    const seed = 1
    const args = ['--expose-gc', outfile, String(seed), market]
    const facts = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', env: withAddon() }))
    expect(facts.fills, `seed ${seed}`).toBeGreaterThan(10_000)
    expect(facts.collections, `seed ${seed}`).toBe(0)
    expect(facts.grownBytes, `seed ${seed}`).toBeLessThan(1 << 20)
  },
)
