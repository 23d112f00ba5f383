import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateSession } from '../../feeds/generate/generate-session.ts'
import { resolveStrategies } from '../config/bundled-strategies.ts'
import { readConfig } from '../config/read-config.ts'
import { replay } from './replay.ts'
import type { BenchRequest, PathBenchResult, ReplayResult } from './types.ts'

const SECOND_NS = 1_000_000_000
/** Twenty minutes of a busy market with an opening and a closing auction. */
const MESSAGES = 100_000
/** Slow enough that the kernels are idle between messages: latency, not the length of a queue. */
const SPEED = 120

/** Generates a session, replays it through three processes, and keeps the run with the median latency. */
export async function benchPath(request: BenchRequest): Promise<PathBenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'xk-bench-path-'))
  try {
    const day = join(folder, 'day.itch')
    await generateSession({
      seed: 21,
      symbols: 20,
      messages: MESSAGES,
      rawPath: day,
      startTimeNs: 34_080 * SECOND_NS,
      openTimeNs: 34_200 * SECOND_NS,
      closeTimeNs: 35_280 * SECOND_NS,
      endTimeNs: 35_370 * SECOND_NS,
    })
    const given = readConfig(undefined, [], folder)
    const config = {
      ...given,
      instance: `bench-${process.pid}`,
      feed: { ...given.feed, files: [day] },
      strategies: resolveStrategies(given.strategies),
      speed: SPEED,
      journal: { ...given.journal, catalogue: false },
    }
    const runs: ReplayResult[] = []
    while (runs.length < request.repetitions) {
      runs.push(await replay({ ...request, config }))
      request.signal.throwIfAborted()
    }
    runs.sort((left, right) => left.latencyNs.tickToOrder!.p50 - right.latencyNs.tickToOrder!.p50)
    const run = runs[runs.length >> 1]!
    return {
      latencyNs: run.latencyNs,
      records: run.inbound.records,
      orders: run.orders,
      recordsPerSecond: run.inbound.records / (run.elapsedNs / SECOND_NS),
      isLatencyComparable: run.isLatencyComparable,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
