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
/** A host that is busy with other things is no hang. */
const PATIENCE_MS = 60_000

/** One generated session twice, without snapshots and with them; its kernels are killed one by one at three lengths of the journal. */
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
    const { snapshots, outboundDigest } = kept
    const rows = [...plain.rows, ...kept.rows]
    return { messages, everyRecords, rows, snapshots, isSame: outboundDigest === plain.outboundDigest }
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

async function runKilled(request: ResumeBenchRequest, config: ApplianceConfig) {
  const { plan, signal, onProgress } = request
  const session = await planSession(config, createJournalFolder(config.journal.folder, config.instance))
  const marks = SHARES.map((share) => Math.floor(share * request.messages))
  const kills = new KillSchedule(marks, config.snapshots.everyRecords > 0)
  const run = await runProcesses(
    { ...session, ioScript: 'io.process.js', rehearses: false, hasStandby: false },
    {
      config,
      plan,
      signal,
      // Each death has its line in the table.
      onWarning: () => {},
      onTick: (regions) => {
        kills.look(regions)
        onProgress(readProgress(regions))
      },
    },
  )
  if (run.failure !== undefined) throw run.failure
  return { rows: kills.rows, snapshots: readSnapshots(run.regions), outboundDigest: run.storage?.outboundDigest }
}
