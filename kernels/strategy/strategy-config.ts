import type { SnapshotConfig } from '../loop/snapshot-barrier.ts'
import type { StrategyBundle } from './bundle.ts'

/** Everything that the strategy kernel is told before it starts; plain data that crosses to its process as JSON. */
export interface StrategyKernelConfig {
  /** The plugins, bundled; their ids are their places here, from 1. */
  readonly bundles: readonly StrategyBundle[]
  /** By plugin: the values that the user chose; the plugin's own declaration validates them. */
  readonly params: readonly Readonly<Record<string, string | number | boolean>>[]
  readonly seed: number
  readonly instrumentsMax: number
  readonly bookOrdersMax: number
  /** Own orders that a strategy may have at once. */
  readonly openOrdersMax: number
  /** Inbound records that one step consumes at most. */
  readonly stepBudget: number
  /** Journal of the session: where a restarted kernel finds what its predecessor saw. */
  readonly journalPath: string
  readonly snapshots: SnapshotConfig
  /** Strategies that overran their budget, and after which inbound record each is stopped. */
  readonly disabled: readonly DisabledStrategy[]
}

export interface DisabledStrategy {
  readonly strategyId: number
  /** The last inbound record that it saw. */
  readonly atSequence: number
}
