import type { LiveReport } from '../../kernels/io/live/live-host.ts'
import type { ApplianceConfig } from '../config/config.ts'
import type { CorePlan } from '../core-plan/core-plan.ts'
import type { PruneResult } from '../retention/prune-journals.ts'
import type { StandbyFacts } from '../supervisor/standby-keeper.ts'
import type {
  KernelResult,
  LatencyResult,
  PositionResult,
  RunHooks,
  SnapshotsResult,
  StrategyResult,
  StreamResult,
} from './types.ts'

/** A live session, until its signal fires. */
export interface LiveRequest extends RunHooks {
  readonly config: ApplianceConfig
  readonly plan: CorePlan
}

/** What order entry (own) and the drop copy (copy) know differently; 0 is not known. Prices in units of the currency. */
export interface BreakResult {
  readonly sequence: number
  readonly cause: string
  /** Number of the strategy, 0 where there is none. */
  readonly strategy: number
  readonly symbol: string
  readonly orderId: number
  /** The order's name at the venue, where the order is not known. */
  readonly name: string
  readonly ownSide: string
  readonly copySide: string
  readonly ownQuantity: number
  readonly copyQuantity: number
  readonly ownPrice: number
  readonly copyPrice: number
}

/** What came of a live session; printed as it is by `xk run --json`. */
export interface LiveResult {
  readonly instance: string
  /** Address and port of the venue. */
  readonly entry: string
  readonly inbound: StreamResult
  readonly outbound: StreamResult
  readonly orders: number
  readonly fills: number
  readonly rejects: number
  readonly rejectsByReason: Readonly<Record<string, number>>
  readonly positions: readonly PositionResult[]
  readonly strategies: readonly StrategyResult[]
  /** The first breaks between order entry and the drop copy; `live.dropCopy` counts all. */
  readonly breaks: readonly BreakResult[]
  /** What the I/O kernel counted; null when it died. */
  readonly live: LiveReport | null
  /** `packetToWire`: from the kernel's stamp on the packet that caused an order to its stamp on the order. */
  readonly latencyNs: Readonly<Record<string, LatencyResult>>
  readonly kernels: readonly KernelResult[]
  /** Standbys of the strategy kernel; null where none was wanted. */
  readonly standby: StandbyFacts | null
  readonly snapshots: SnapshotsResult
  readonly journal: string
  /** Older journals that were removed after it. */
  readonly pruned: PruneResult
  readonly elapsedNs: number
  readonly warnings: readonly string[]
  readonly exitCode: number
}
