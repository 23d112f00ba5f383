import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { expect, test } from 'vitest'
import { bundleStrategy } from '../../kernels/strategy/bundle.ts'
import { withAddon } from '../support/addon-path.ts'

const RECORDS = 3_000_000
/** By then everything on the way of a record and of an order is compiled. */
const WARM_UP_RECORDS = 1_000_000

test.each([['orders', { every: 50 }] as const, ['levels', { every: 20 }] as const])(
  'between packet and order nothing is allocated: 3 million records by %s, an order per 100, no garbage collection',
  async (market, params) => {
    const folder = mkdtempSync(join(tmpdir(), 'xk-garbage-'))
    const run = join(folder, 'gc-run.mjs')
    const entry = new URL('./support/gc-run.ts', import.meta.url).pathname
    buildSync({ entryPoints: [entry], bundle: true, platform: 'node', format: 'esm', target: 'node20', outfile: run })
    const bundle = await bundleStrategy(new URL('./fixtures/reader.ts', import.meta.url).pathname)
    const bundlePath = join(folder, 'reader.json')
    writeFileSync(bundlePath, JSON.stringify(bundle))
    const args = [
      '--expose-gc',
      run,
      bundlePath,
      String(RECORDS),
      String(WARM_UP_RECORDS),
      JSON.stringify(params),
      market,
    ]
    const result = JSON.parse(
      execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 100_000, env: withAddon() }),
    )
    expect(result.stops).toEqual([])
    expect(result.orders).toBeGreaterThanOrEqual(RECORDS / 100)
    expect(result.kinds).toEqual([])
    expect(result.heapGrowthBytes).toBeLessThan(1 << 20)
  },
  120_000,
)
