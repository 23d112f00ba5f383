import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateSession } from '../../feeds/generate/generate-session.ts'
import { resolveStrategies } from '../config/bundled-strategies.ts'
import type { ApplianceConfig } from '../config/config.ts'
import { readConfig } from '../config/read-config.ts'
import { KillSchedule } from './kill-schedule.ts'
import { runProcesses } from './process-run.ts'
import { readSnapshots } from './replay-result.ts'
import { createJournalFolder } from './run-folders.ts'
import { readProgress } from './run-progress.ts'
import { planSession } from './session-plan.ts'
import type { ResumeBenchRequest, ResumeBenchResult } from './types.ts'

const SYMBOLS = 200
/** A busy hour: most of what is published are messages, and not ticks of the clock. */
const HOUR = { startTimeNs: 34_080e9, openTimeNs: 34_200e9, closeTimeNs: 37_680e9, endTimeNs: 37_800e9 }
/** Of all that is published, when the kernels die: the journal's length is what the time depends on. */
const SHARES = [0.25, 0.5, 0.75]
const PACED_MESSAGES_PER_SECOND = 20_000
/** A host that is busy with other things is no hang. */
const PATIENCE_MS = 60_000

/**
 * One generated session without snapshots and with them, its kernels killed one by one at three lengths of the journal; then with a
 * standby, its strategy kernel killed at each of them as soon as the standby may take over.
 */
export async function benchResume(request: ResumeBenchRequest): Promise<ResumeBenchResult> {
  const { messages, everyRecords, signal } = request
  const folder = mkdtempSync(join(tmpdir(), 'xk-bench-resume-'))
  try {
    const day = join(folder, 'day.itch')
    await generateSession({ seed: 31, symbols: SYMBOLS, messages, rawPath: day, ...HOUR })
    const plain = await runKilled(request, configOf(folder, day, 0))
    signal.throwIfAborted()
    const kept = await runKilled(request, configOf(folder, day, everyRecords))
    signal.throwIfAborted()
    const followed = await runKilled(request, withStandby(configOf(folder, day, everyRecords), messages))
    signal.throwIfAborted()
    const rows = [...plain.rows, ...kept.rows, ...followed.rows]
    const isSame = [kept, followed].every(({ outboundDigest }) => outboundDigest === plain.outboundDigest)
    return { messages, everyRecords, rows, snapshots: kept.snapshots, isSame }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function configOf(folder: string, day: string, everyRecords: number): ApplianceConfig {
  const given = readConfig(undefined, [], folder)
  return {
    ...given,
    instance: `bench-${process.pid}`,
    feed: { ...given.feed, files: [day] },
    strategies: resolveStrategies(given.strategies),
    speed: 'max',
    journal: { ...given.journal, catalogue: false },
    snapshots: { ...given.snapshots, everyRecords },
    supervisor: {
      ...given.supervisor,
      restartsMax: SHARES.length,
      heartbeatTimeoutMs: PATIENCE_MS,
      hookBudgetMs: PATIENCE_MS,
    },
  }
}

/** With a standby, and paced: at full speed one that shares its core is left behind. */
function withStandby(config: ApplianceConfig, messages: number): ApplianceConfig {
  const sessionSeconds = (HOUR.endTimeNs - HOUR.startTimeNs) / 1e9
  const speed = Math.max(1, (sessionSeconds * PACED_MESSAGES_PER_SECOND) / messages)
  return { ...config, speed, supervisor: { ...config.supervisor, standby: 'on' } }
}

async function runKilled(request: ResumeBenchRequest, config: ApplianceConfig) {
  const { plan, signal, onProgress } = request
  const session = await planSession(config, createJournalFolder(config.journal.folder, config.instance))
  const marks = SHARES.map((share) => Math.floor(share * request.messages))
  const hasStandby = config.supervisor.standby === 'on'
  const kills = new KillSchedule({ marks, hasSnapshots: config.snapshots.everyRecords > 0, hasStandby })
  const run = await runProcesses(
    { ...session, ioScript: 'io.process.js', rehearses: false, hasStandby },
    {
      config,
      plan,
      signal,
      // Each death has its line in the table.
      onWarning: () => {},
      onTick: (regions, isStandbyReady) => {
        kills.look(regions, isStandbyReady)
        onProgress(readProgress(regions))
      },
    },
  )
  if (run.failure !== undefined) throw run.failure
  return { rows: kills.rows, snapshots: readSnapshots(run.regions), outboundDigest: run.storage?.outboundDigest }
}
