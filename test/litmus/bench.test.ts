import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { expect, test } from 'vitest'
import { threadCores } from '../../kernels/host/cores.ts'
import { benchRing } from '../../kernels/ring-bench/bench-ring.ts'

test('The ring benchmark measures round trips and a checked stream, on one core too, and leaves nothing behind', async () => {
  const root = mkdtempSync('/dev/shm/test-bench-')
  const cores = threadCores()
  const pairs: [number, number][] = [[cores[0]!, cores[0]!]]
  if (cores.length > 1) pairs.push([cores[0]!, cores[1]!])
  for (const pair of pairs) {
    const facts = await benchRing({ cores: pair, rounds: 3, roundTrips: 200, streamRecords: 50_000, root })
    expect(facts.recordBytes).toBe(64)
    expect(facts.rounds.length).toBe(3)
    const { p50, p90, p99, p999, max } = facts.roundTripNs
    expect([p50, p90, p99, p999, max]).toEqual([p50, p90, p99, p999, max].toSorted((a, b) => a - b))
    expect(p50).toBeGreaterThan(0)
    expect(facts.bareRoundTripNs).toBeGreaterThan(0)
    expect(facts.recordsPerSecond).toBeGreaterThan(0)
  }
  expect(readdirSync(root)).toEqual([])
  rmSync(root, { recursive: true })
})

test('A cancelled benchmark ends its processes and removes its regions', async () => {
  const root = mkdtempSync('/dev/shm/test-bench-')
  const abort = new AbortController()
  const core = threadCores()[0]!
  const running = benchRing({ cores: [core, core], rounds: 99, root, signal: abort.signal })
  await new Promise((resolve) => setTimeout(resolve, 300))
  abort.abort()
  await expect(running).rejects.toThrow()
  expect(existsSync(root) && readdirSync(root)).toEqual([])
  rmSync(root, { recursive: true })
})
