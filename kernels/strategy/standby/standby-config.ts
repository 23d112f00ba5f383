import type { CoreSeat } from '../../loop/launch.ts'
import type { StrategyKernelConfig } from '../strategy-config.ts'

/** What a standby is told before it starts; plain data that crosses to its process as JSON. */
export interface StandbyConfig {
  /** As the live strategy kernel was told. */
  readonly strategy: StrategyKernelConfig
  /** Where and how that one runs: the standby's seat once it has taken over. */
  readonly liveSeat: CoreSeat
}
