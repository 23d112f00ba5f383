import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { monotonicNs } from '../../kernels/host/clock.ts'
import { FileStorage } from '../../storage/journal/file-storage.ts'
import { REPAIR_REPORT_NAME } from '../../storage/journal/salvage.ts'
import type { StreamDifference } from '../diff/compare-streams.ts'
import { describeDifference } from '../diff/diff-journals.ts'
import type { Sides } from '../diff/explain-difference.ts'
import { rerunInline } from './rerun-inline.ts'
import type { RerunPlan } from './rerun-plan.ts'
import { rerunProcesses } from './rerun-processes.ts'
import { findSessionHeader, readSessionFile } from './session-file.ts'
import { buildSessionHeader } from './session-header.ts'
import { planStrategies } from './session-plan.ts'
import type { RerunDifference, RerunRequest, RerunResult } from './types.ts'

/** Inbound records shown on either side of the cause of a difference. */
const AROUND = 3

/** The strategies of the journal, or the ones that the user would rather see decide; snapshots as the user wants them now. */
async function planRerun({ journalPath, config }: RerunRequest): Promise<RerunPlan> {
  const { strategy: recorded, strategies, configHash, header: told } = readSessionFile(journalPath)
  const strategy = { ...recorded, snapshots: config.snapshots }
  const seed = told?.seed ?? strategy.seed
  const headerOf = (parts: Pick<RerunPlan, 'strategy' | 'strategies'>) => {
    const own = buildSessionHeader({ kind: 'rerun', config, ...parts, configHash, epochSeconds: 0 })
    // The limits and the day are those of the session: a rerun has no gate of its own.
    return { ...own, seed, date: told?.date ?? null, limits: told?.limits ?? {}, files: told?.files ?? [] }
  }
  if (config.strategies.length === 0) {
    return { strategy, strategies, configHash, header: headerOf({ strategy, strategies }) }
  }
  const { strategies: others, bundles, params } = await planStrategies(config)
  const decider = { ...strategy, bundles, params, disabled: [] }
  const header = headerOf({ strategy: decider, strategies: others })
  return { strategy: decider, strategies: others, configHash, header }
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
  const detail = firstDifference === null ? null : explain(firstDifference, plan, request)
  return {
    journal: journalPath,
    layout: config.layout,
    inbound: decisions.inbound,
    outbound: { records: digest.records, digest: digest.hex() },
    journaledOutbound: { records: journaled.records, digest: journaled.hex() },
    isSame: detail === null,
    firstDifference: detail,
    kernels: decisions.kernels,
    ownJournal: decisions.ownJournal,
    elapsedNs: monotonicNs() - startNs,
    warnings: decisions.warnings,
  }
}

const SALVAGED = `the journal was salvaged and lacks records (${REPAIR_REPORT_NAME}): what followed from them is not decided again`

function explain(
  difference: StreamDifference,
  plan: RerunPlan,
  { journalPath, config }: RerunRequest,
): RerunDifference {
  const sides: Sides = { names: ['the journal', 'the rerun'], headers: [findSessionHeader(journalPath), plan.header] }
  const chosen = { stream: 'outbound', difference } as const
  const detail = describeDifference(chosen, sides, new FileStorage(journalPath), AROUND)
  const { left, right } = difference
  const isSalvaged = config.strategies.length === 0 && existsSync(join(journalPath, REPAIR_REPORT_NAME))
  return {
    outboundSequence: (right ?? left)!.sequence,
    journaled: left?.text ?? null,
    rerun: right?.text ?? null,
    detail: isSalvaged ? { ...detail, cause: SALVAGED } : detail,
  }
}
