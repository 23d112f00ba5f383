import type { StrategyKernelConfig } from '../../kernels/strategy/strategy-config.ts'
import type { SessionHeader } from '../../storage/catalogue/session-facts.ts'
import type { OutboundComparison } from './outbound-comparison.ts'
import type { SessionFile } from './session-file.ts'
import type { RerunKernelResult, StreamResult } from './types.ts'

/** Who decides again. */
export interface RerunPlan {
  readonly strategy: StrategyKernelConfig
  readonly strategies: SessionFile['strategies']
  readonly configHash: string
  readonly header: SessionHeader
}

/** What a rerun in either layout came to. */
export interface RerunDecisions {
  /** Finished: digests and the first difference. */
  readonly comparison: OutboundComparison
  /** What was fed to the strategy kernel. */
  readonly inbound: StreamResult
  /** Journal of the rerun itself, where one was kept. */
  readonly ownJournal: string | null
  readonly kernels: readonly RerunKernelResult[]
  readonly warnings: readonly string[]
}
