import type { LiveReport } from '../../kernels/io/live/live-host.ts'
import type { ApplianceConfig } from '../config/config.ts'
import type { CorePlan } from '../core-plan/core-plan.ts'
import type { KernelResult, PositionResult, RunHooks, StrategyResult, StreamResult } from './types.ts'

/** A live session, until its signal fires. */
export interface LiveRequest extends RunHooks {
  readonly config: ApplianceConfig
  readonly plan: CorePlan
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
  /** What the I/O kernel counted; null when it died. */
  readonly live: LiveReport | null
  readonly kernels: readonly KernelResult[]
  readonly journal: string
  readonly elapsedNs: number
  readonly warnings: readonly string[]
  readonly exitCode: number
}
