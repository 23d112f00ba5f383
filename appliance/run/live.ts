import { rmSync } from 'node:fs'
import { monotonicNs } from '../../kernels/host/clock.ts'
import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'
import type { LiveReport } from '../../kernels/io/live/live-host.ts'
import { readReport } from '../../kernels/loop/report-text.ts'
import { StoragePosition } from '../../kernels/loop/storage-positions.ts'
import { Histogram } from '../../kernels/region/histogram.ts'
import { catalogueRun } from '../catalogue/catalogue-run.ts'
import { retainRun } from '../retention/retain-run.ts'
import { closeDay } from './close-day.ts'
import type { KernelsRun } from './kernels-run.ts'
import { checkLive, type LivePlan, planLive } from './live-plan.ts'
import type { LiveRequest, LiveResult } from './live-types.ts'
import { runProcesses } from './process-run.ts'
import { accountJournal, readLackings, readSnapshots } from './replay-result.ts'
import { createJournalFolder } from './run-folders.ts'
import { readProgress } from './run-progress.ts'
import { writeSessionFile } from './session-file.ts'
import { VenueWatch } from './venue-watch.ts'

/**
 * A live session through the three kernels, until the signal fires or a kernel is lost.
 * @throws XkError when the configuration names no feed or no venue, the kernels do not get ready, or all of them are lost
 */
export async function runLive(request: LiveRequest): Promise<LiveResult> {
  const { config, plan, signal } = request
  checkLive(config)
  const warnings: string[] = [...plan.warnings]
  const onWarning = (line: string) => {
    warnings.push(line)
    request.onWarning(line)
  }
  const journalPath = createJournalFolder(config.journal.folder, config.instance)
  const session = await planLive(config, journalPath, config.supervisor.rehearse)
  for (const line of session.warnings) onWarning(line)
  writeSessionFile(journalPath, session)
  const venue = new VenueWatch(session.io.entry, onWarning)
  let startNs = 0
  const run = await runProcesses(session, {
    config,
    plan,
    signal,
    onWarning,
    onTick: (regions) => {
      venue.look(regions)
      const progress = readProgress(regions)
      // What it takes to get ready is no part of the session.
      if (startNs === 0 && progress.phase !== 'preparing') startNs = monotonicNs()
      request.onProgress(progress)
    },
  }).catch((error: unknown) => {
    // Stopped before the first record: nothing is left that could be of use.
    if (signal.aborted) rmSync(journalPath, { recursive: true, force: true })
    throw error
  })
  const { io } = run.regions
  const hasTraded = readReport<LiveReport>(io.buffer, io.offsetOf('report')) !== undefined
  if (run.failure !== undefined && run.storage === undefined) {
    if (!hasTraded) throw run.failure
    // What was traded, and whether all is cancelled, is wanted now more than ever.
    onWarning(`the session failed: ${run.failure.message}; the report counts what the journal holds`)
  }
  const elapsedNs = startNs === 0 ? 0 : monotonicNs() - startNs
  await catalogueRun(journalPath, { ...request, onWarning })
  const result = describeLive(request, session, run, elapsedNs, venue)
  closeDay(session, result, onWarning)
  const pruned = await retainRun(journalPath, { ...request, onWarning })
  return { ...result, pruned, warnings: [...new Set([...warnings, ...readLackings(run.regions)])] }
}

function describeLive(
  { config, signal }: LiveRequest,
  session: LivePlan,
  run: KernelsRun,
  elapsedNs: number,
  venue: VenueWatch,
): Omit<LiveResult, 'pruned' | 'warnings'> {
  const { io } = run.regions
  const account = accountJournal(session.io, session.storage.journalPath)
  const positions = run.regions.storage.viewDoubles('positions')
  const live = readReport<LiveReport>(io.buffer, io.offsetOf('report'))
  const names = session.strategies.map(({ name }) => name)
  return {
    instance: config.instance,
    entry: session.io.entry.server,
    inbound: { records: positions[StoragePosition.CapturedInbound]!, digest: run.storage?.inboundDigest ?? '' },
    outbound: { records: positions[StoragePosition.CapturedOutbound]!, digest: run.storage?.outboundDigest ?? '' },
    orders: account.orders,
    fills: account.fills,
    rejects: account.rejects,
    rejectsByReason: account.rejectsByReason,
    positions: account.positions(names),
    strategies: account.strategies(session.strategies),
    breaks: account.breaks,
    live: live ?? null,
    latencyNs: { packetToWire: new Histogram(io.buffer, io.offsetOf('hop.wire')).summarise() },
    kernels: (['io', 'strategy', 'storage'] as const).map((name) => ({ name, ...run.seats[name] })),
    standby: run.standby ?? null,
    snapshots: readSnapshots(run.regions),
    journal: session.storage.journalPath,
    elapsedNs,
    exitCode: exitCodeOf(run, signal, account.breakCount, venue),
  }
}

function exitCodeOf(run: KernelsRun, signal: AbortSignal, breaks: number, venue: VenueWatch): ExitCode {
  if (run.failure !== undefined) return run.failure.exitCode
  if (breaks > 0) return ExitCode.Break
  if (venue.isBroken) return ExitCode.Venue
  return run.wasInterrupted && signal.reason instanceof XkError ? signal.reason.exitCode : ExitCode.Ok
}
