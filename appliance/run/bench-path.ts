import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateSession } from '../../feeds/generate/generate-session.ts'
import { resolveStrategies } from '../config/bundled-strategies.ts'
import { readConfig } from '../config/read-config.ts'
import { replay } from './replay.ts'
import type { LatencyRatios, PathBenchRequest, PathBenchResult, ReplayResult } from './types.ts'

const SECOND_NS = 1_000_000_000
/** Twenty minutes of a busy market with an opening and a closing auction. */
const MESSAGES = 100_000
/** Slow enough that the kernels are idle between messages: latency, not the length of a queue. */
const SPEED = 120

/** Syncs when a segment is full, which here is never. */
const IDLE_STORAGE = { durability: 'async', compress: false } as const
/** Syncs as fast as the disk answers, seals and compresses a segment a second or so. */
const BUSY_STORAGE = { durability: 'group', groupDelayUs: 0, segmentBytes: 1024 * 1024, compress: true } as const

function medianOf(runs: ReplayResult[]): ReplayResult {
  runs.sort((left, right) => left.latencyNs.tickToOrder!.p50 - right.latencyNs.tickToOrder!.p50)
  return runs[runs.length >> 1]!
}

/** Each hop beside a busy storage kernel, in multiples of the same beside an idle one. */
function compareHops(calm: ReplayResult['latencyNs'], busy: ReplayResult['latencyNs']): Record<string, LatencyRatios> {
  const ratios: Record<string, LatencyRatios> = {}
  for (const [hop, after] of Object.entries(busy)) {
    const before = calm[hop]
    if (before === undefined || before.count === 0 || after.count === 0) continue
    ratios[hop] = { p50: after.p50 / before.p50, p99: after.p99 / before.p99, p999: after.p999 / before.p999 }
  }
  return ratios
}

/** Generates a session, replays it through three processes, and keeps the run with the median latency. */
export async function benchPath(request: PathBenchRequest): Promise<PathBenchResult> {
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
    const calm = request.withBusyStorage ? { ...config.journal, ...IDLE_STORAGE } : config.journal
    const busy = { ...config.journal, ...BUSY_STORAGE }
    const runs: ReplayResult[] = []
    const busyRuns: ReplayResult[] = []
    // In turns, so that a host that is busy with other things slows both.
    while (runs.length < request.repetitions) {
      runs.push(await replay({ ...request, config: { ...config, journal: calm } }))
      request.signal.throwIfAborted()
      if (!request.withBusyStorage) continue
      busyRuns.push(await replay({ ...request, config: { ...config, journal: busy } }))
      request.signal.throwIfAborted()
    }
    const run = medianOf(runs)
    const busyRun = request.withBusyStorage ? medianOf(busyRuns) : undefined
    return {
      latencyNs: run.latencyNs,
      busyLatencyNs: busyRun?.latencyNs ?? null,
      busyRatios: busyRun === undefined ? null : compareHops(run.latencyNs, busyRun.latencyNs),
      records: run.inbound.records,
      orders: run.orders,
      recordsPerSecond: run.inbound.records / (run.elapsedNs / SECOND_NS),
      isLatencyComparable: run.isLatencyComparable && busyRun?.isLatencyComparable !== false,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
