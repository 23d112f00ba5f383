import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ReplayResult } from '../../appliance/run/types.ts'
import { writeLongSession } from './support/long-session.ts'
import { MemoryWatch } from './support/memory-watch.ts'

/** 6.3 million messages, 200 MB; `XK_GARBAGE_COPIES=110` makes it a gigabyte. */
const COPIES = Number(process.env.XK_GARBAGE_COPIES ?? 21)
const SEED = 7
const DEADLINE_MS = 150_000 + COPIES * 15_000
/** The kernels run far apart, so that the test measures garbage and not how fast a loaded machine takes turns. */
const FAR_APART = ['entryLatencyNs', 'responseLatencyNs', 'gateLatencyNs'].flatMap((name) => [
  '--set',
  `venue.${name}=200_000_000`,
])
const STEADY_QUOTER = new URL('./support/steady-quoter.ts', import.meta.url).pathname

/**
 * For six million records, and in proportion for a longer run. Most of it is code that V8 compiles late, more of it on a busy
 * machine; some is what an instrument costs once. Measured on Node 20: half a mebibyte to 0.9.
 */
const HEAP_GROWTH_BYTES_MAX = 1 << 20
const CASTS: readonly { name: string; args: readonly string[] }[] = [
  { name: 'a steady quoter', args: ['--strategy', STEADY_QUOTER] },
  { name: 'the bundled strategies', args: [] },
]

let folder = ''
let file = ''

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'xk-garbage-'))
  file = join(folder, 'long.itch')
  await writeLongSession(file, COPIES, SEED)
}, DEADLINE_MS)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each(CASTS)('over six million inbound records, with an order in every hundred, of $name', (cast) => {
  const instance = `garbage-${cast.args.length}`
  let result: ReplayResult
  let watch: MemoryWatch

  beforeAll(async () => {
    watch = new MemoryWatch(instance)
    const journal = ['--journal', join(folder, 'journal'), '--set', 'journal.durability=async']
    const args = ['replay', file, '--json', '--instance', instance, ...cast.args, ...journal, ...FAR_APART]
    result = JSON.parse(await runXk(args)) as ReplayResult
    watch.stop()
    rmSync(join(folder, 'journal'), { recursive: true, force: true })
  }, DEADLINE_MS)

  afterAll(() => watch?.stop())

  test('nothing is collected and the heap stays', () => {
    expect(result.ending).toBe('finished')
    expect(result.inbound.records).toBeGreaterThanOrEqual(6_000_000)
    expect(result.orders).toBeGreaterThanOrEqual(result.inbound.records / 100)
    console.log(cast.name, result.kernels.map(({ name, heapGrowthBytes }) => `${name} ${heapGrowthBytes}`).join(', '))
    for (const kernel of result.kernels.filter(({ name }) => name !== 'storage')) {
      expect(kernel.restarts, kernel.name).toBe(0)
      expect(kernel.garbageCollections, kernel.name).toBe(0)
      const limit = HEAP_GROWTH_BYTES_MAX * Math.max(1, COPIES / 21)
      expect(kernel.heapGrowthBytes, kernel.name).toBeLessThan(limit)
    }
  })

  test("from a quarter of the input to its end no kernel's anonymous memory rises by 8 MiB", () => {
    expect([...watch.rises.keys()]).toEqual(['io', 'strategy', 'storage'])
    for (const [kernel, { atQuarterBytes, lastBytes, lastFraction }] of watch.rises) {
      expect(lastFraction, kernel).toBeGreaterThan(0.9)
      expect(lastBytes - atQuarterBytes, kernel).toBeLessThan(8 << 20)
    }
  })
})

function runXk(args: readonly string[]): Promise<string> {
  const xk = new URL('../../appliance/xk.mjs', import.meta.url).pathname
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [xk, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let errors = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
    child.once('close', (code) => (code === 0 ? resolve(output) : reject(new Error(`exit ${code}: ${errors}`))))
  })
}
