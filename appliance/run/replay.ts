import { rmSync } from 'node:fs'
import { monotonicNs } from '../../kernels/host/clock.ts'
import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'
import { catalogueRun } from '../catalogue/catalogue-run.ts'
import type { ApplianceConfig } from '../config/config.ts'
import { retainRun } from '../retention/retain-run.ts'
import { closeDay } from './close-day.ts'
import { runInline } from './inline-run.ts'
import type { KernelRegions, KernelsRun } from './kernels-run.ts'
import { runProcesses } from './process-run.ts'
import { describeRun } from './replay-result.ts'
import { createJournalFolder } from './run-folders.ts'
import { readProgress } from './run-progress.ts'
import { writeSessionFile } from './session-file.ts'
import { planSession, type SessionPlan } from './session-plan.ts'
import type { ReplayRequest, ReplayResult } from './types.ts'
import { watchJournal } from './watch-journal.ts'

/** Replays captures through the three kernels, in either layout, and says what came of it. */
export async function replay(request: ReplayRequest): Promise<ReplayResult> {
  const { config } = request
  checkStandby(config)
  const warnings: string[] = [...request.plan.warnings]
  const onWarning = (line: string) => {
    warnings.push(line)
    request.onWarning(line)
  }
  const session = await planSession(config, createJournalFolder(config.journal.folder, config.instance))
  for (const line of session.warnings) onWarning(line)
  writeSessionFile(session.storage.journalPath, session)
  const startNs = monotonicNs()
  const run = await runKernels(session, { ...request, onWarning }).catch((error: unknown) => {
    // Stopped before the first record: nothing is left that could be of use.
    if (request.signal.aborted) rmSync(session.storage.journalPath, { recursive: true, force: true })
    throw error
  })
  const elapsedNs = monotonicNs() - startNs
  if (run.failure !== undefined && run.storage === undefined) throw run.failure
  await catalogueRun(session.storage.journalPath, { ...request, onWarning })
  const result = describeRun({ config, session, run, elapsedNs, warnings, signal: request.signal })
  closeDay(session, result, onWarning)
  const pruned = await retainRun(session.storage.journalPath, { ...request, onWarning })
  return { ...result, pruned, warnings: [...new Set([...result.warnings, ...warnings])] }
}

async function runKernels(session: SessionPlan, request: ReplayRequest): Promise<KernelsRun> {
  const { config, plan, signal, onWarning } = request
  const onTick = (regions: Partial<KernelRegions>) => request.onProgress(readProgress(regions))
  if (config.layout === 'inline') {
    const { inboundBytes, outboundBytes } = config.rings
    const journal = watchJournal(session.storage, config)
    return runInline(session, { rings: { inboundBytes, outboundBytes }, signal, onTick, onWarning, journal })
  }
  const { rehearse, standby } = config.supervisor
  return runProcesses(
    { ...session, ioScript: 'io.process.js', rehearses: rehearse, hasStandby: standby === 'on' },
    { config, plan, signal, onWarning, onTick },
  )
}

/** @throws XkError when a standby is wanted where it cannot be */
function checkStandby({ layout, supervisor }: ApplianceConfig): void {
  if (layout !== 'inline' || supervisor.standby === 'off') return
  throw new XkError({
    code: 'standby-inline',
    what: 'a standby needs a process of its own: on one thread no kernel dies alone',
    where: 'supervisor.standby',
    next: 'take --layout processes, or --set supervisor.standby=off',
    exitCode: ExitCode.Usage,
  })
}
