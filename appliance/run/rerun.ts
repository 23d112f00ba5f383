import { monotonicNs } from '../../kernels/host/clock.ts'
import { rerunInline } from './rerun-inline.ts'
import type { RerunPlan } from './rerun-plan.ts'
import { rerunProcesses } from './rerun-processes.ts'
import { readSessionFile } from './session-file.ts'
import { planStrategies } from './session-plan.ts'
import type { RerunRequest, RerunResult } from './types.ts'

/** The strategies of the journal, or the ones that the user would rather see decide; snapshots as the user wants them now. */
async function planRerun({ journalPath, config }: RerunRequest): Promise<RerunPlan> {
  const { strategy: recorded, strategies, configHash } = readSessionFile(journalPath)
  const strategy = { ...recorded, snapshots: config.snapshots }
  if (config.strategies.length === 0) return { strategy, strategies, configHash }
  const other = await planStrategies(config)
  const { bundles, params } = other
  return { strategy: { ...strategy, bundles, params, disabled: [] }, strategies: other.strategies, configHash }
}

/**
 * Feeds a journal's inbound records, verbatim, to a fresh strategy kernel, in the layout of the configuration, and compares
 * what it emits with the journaled outbound records: DESIGN, section 4, `xk rerun`.
 * @throws XkError when the folder is no journal or a kernel was lost; the signal's reason
 */
export async function rerun(request: RerunRequest): Promise<RerunResult> {
  const { journalPath, config, signal } = request
  const plan = await planRerun(request)
  const startNs = monotonicNs()
  const isInline = config.layout === 'inline'
  const decisions = isInline ? await rerunInline(plan, request) : await rerunProcesses(plan, request)
  signal.throwIfAborted()
  const { digest, journaled, firstDifference } = decisions.comparison
  return {
    journal: journalPath,
    layout: config.layout,
    inbound: decisions.inbound,
    outbound: { records: digest.records, digest: digest.hex() },
    journaledOutbound: { records: journaled.records, digest: journaled.hex() },
    isSame: firstDifference === null,
    firstDifference,
    kernels: decisions.kernels,
    ownJournal: decisions.ownJournal,
    elapsedNs: monotonicNs() - startNs,
    warnings: decisions.warnings,
  }
}
