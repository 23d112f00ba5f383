import { HostError } from '../host/errors.ts'
import { mapOwnedRegion, mapReadOnlyRegion } from '../host/memory.ts'
import { processStartTicks } from '../host/process.ts'
import { RegionLayoutError, RegionOwnedError } from './errors.ts'
import type { RegionPlan } from './layout.ts'
import { Region } from './region.ts'

/** Who creates a region. */
export interface RegionName {
  readonly kernel: string
  readonly instance: string
}

/**
 * Creates a region in shared memory and owns it, or takes over the one that a dead owner left: same layout, next epoch.
 * @throws RegionOwnedError when its owner is alive
 * @throws RegionLayoutError when a dead owner left one of another layout
 * @throws HostError when the memory is not to be had
 */
export function createOwnedRegion(path: string, plan: RegionPlan, name: RegionName): Region {
  const owner = { pid: process.pid, startTicks: processStartTicks(process.pid) ?? 0, ...name }
  const mapping = mapOwned(path, plan.bytes, name.kernel)
  if (mapping.created) return Region.format(mapping.buffer, plan, owner, path)
  const region = Region.open(mapping.buffer, path)
  if (region.layoutHash !== plan.layoutHash) {
    throw new RegionLayoutError(path, `the dead process ${region.ownerPid} left it with another layout`)
  }
  region.claimOwnership(owner)
  return region
}

function mapOwned(path: string, bytes: number, kernel: string): ReturnType<typeof mapOwnedRegion> {
  try {
    return mapOwnedRegion(path, bytes, { takeOver: true })
  } catch (error) {
    if (!(error instanceof HostError)) throw error
    if (error.errno === 'EAGAIN') throw new RegionOwnedError(path, openReadOnlyRegion(path).ownerPid, kernel)
    if (error.errno === 'EINVAL') throw new RegionLayoutError(path, 'a dead process left it with another size')
    throw error
  }
}

/**
 * Maps the region of another process for reading.
 * @throws HostError when there is none yet
 * @throws RegionLayoutError when it is none of this build, or not written yet
 */
export function openReadOnlyRegion(path: string): Region {
  return Region.open(mapReadOnlyRegion(path).buffer, path)
}
