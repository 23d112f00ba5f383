import { Membership } from '../loop/regions.ts'
import type { Region } from '../region/region.ts'
import { type GatingMember, GatingSet, viewCursor } from '../ring/gating.ts'
import type { IoRegions } from './assemble.ts'

/** The strategy kernel's cursor on the inbound ring. */
export function viewStrategyCursor(strategy: Region): Int32Array {
  return viewCursor(strategy.buffer, strategy.offsetOf('cursor.inbound'))
}

/**
 * Who holds the inbound ring back: the strategy kernel, the storage kernel, and whoever else the caller keeps records for.
 */
export function createInboundGating(regions: IoRegions, ...others: readonly GatingMember[]): GatingSet {
  const { strategy, storage, membership } = regions
  return new GatingSet([
    { cursor: viewStrategyCursor(strategy), membership, index: Membership.StrategyOnInbound },
    {
      cursor: viewCursor(storage.buffer, storage.offsetOf('cursor.inbound')),
      membership,
      index: Membership.StorageOnInbound,
    },
    ...others,
  ])
}
