import { HostError } from '../host/errors.ts'
import { mapOwnedRegion, mapReadOnlyRegion, type RegionMapping, regionLockHeld, unmapRegion } from '../host/memory.ts'
import { processStartTicks } from '../host/process.ts'
import { XkError } from '../host/xk-error.ts'
import { RegionLayoutError, RegionOwnedError } from './errors.ts'
import { type RegionPlan, SECTIONS_AT } from './layout.ts'
import { Region } from './region.ts'

/** Who creates a region. */
export interface RegionName {
  readonly kernel: string
  readonly instance: string
}

export interface OwnOptions {
  /** Whether a region that a dead owner left may be taken over; otherwise it is an error. Default true. */
  readonly takeOver?: boolean
}

const mappings = new WeakMap<Region, RegionMapping>()

/**
 * Creates a region in shared memory and owns it, or takes over the one that a dead owner left: same layout, next epoch.
 * The ownership ends with the process or with `closeRegion`.
 * @throws RegionOwnedError when its owner is alive
 * @throws RegionLayoutError when a dead owner left one of another layout
 * @throws HostError when the memory is not to be had, or EEXIST when there is one that may not be taken over
 */
export function createOwnedRegion(
  path: string,
  plan: RegionPlan,
  name: RegionName,
  { takeOver = true }: OwnOptions = {},
): Region {
  const mapping = mapOwned(path, plan.bytes, name, takeOver)
  try {
    const region = formatOrTakeOver(mapping.buffer, plan, name, path)
    mappings.set(region, mapping)
    return region
  } catch (error) {
    unmapRegion(mapping)
    throw error
  }
}

function formatOrTakeOver(buffer: ArrayBuffer, plan: RegionPlan, name: RegionName, path: string): Region {
  const owner = { pid: process.pid, startTicks: processStartTicks(process.pid) ?? 0, ...name }
  if (!Region.isFormatted(buffer)) {
    // Fresh, or its first owner died before anyone could have opened it.
    new Uint8Array(buffer, 0, SECTIONS_AT).fill(0)
    return Region.format(buffer, plan, owner, path)
  }
  const region = Region.open(buffer, path)
  if (region.layoutHash !== plan.layoutHash) {
    throw new RegionLayoutError(path, `${describeOwner(region)} left it with other sections`)
  }
  region.claimOwnership(owner)
  return region
}

function describeOwner(region: Region): string {
  return `the dead process ${region.ownerPid} (${region.kernel} kernel of "${region.instance}")`
}

function mapOwned(path: string, bytes: number, name: RegionName, takeOver: boolean): RegionMapping {
  try {
    return mapOwnedRegion(path, bytes, { takeOver })
  } catch (error) {
    if (!(error instanceof HostError)) throw error
    const isOwned = error.errno === 'EAGAIN' || (error.errno === 'EEXIST' && regionLockHeld(path))
    if (isOwned) throw ownedError(path, name)
    if (error.errno === 'EINVAL') throw sizeError(path, bytes)
    throw error
  }
}

/** Names the owner by what its region says; one that is just starting has said nothing yet. */
function ownedError(path: string, name: RegionName): RegionOwnedError {
  return inspect(
    path,
    (region) => new RegionOwnedError(path, region.ownerPid, region.kernel, region.instance),
    () => new RegionOwnedError(path, 0, name.kernel, name.instance),
  )
}

function sizeError(path: string, bytes: number): RegionLayoutError {
  return inspect(
    path,
    (region) => new RegionLayoutError(path, `${describeOwner(region)} left it with another size than ${bytes} bytes`),
    () => new RegionLayoutError(path, `a dead process left it with another size than ${bytes} bytes`),
  )
}

function inspect<T>(path: string, describe: (region: Region) => T, otherwise: () => T): T {
  let region: Region
  try {
    region = openReadOnlyRegion(path)
  } catch (error) {
    if (error instanceof XkError) return otherwise()
    throw error
  }
  try {
    return describe(region)
  } finally {
    closeRegion(region)
  }
}

/**
 * Maps the region of another process for reading.
 * @throws HostError when there is none yet
 * @throws RegionLayoutError when it is none of this build, or not written yet
 */
export function openReadOnlyRegion(path: string): Region {
  const mapping = mapReadOnlyRegion(path)
  try {
    const region = Region.open(mapping.buffer, path)
    mappings.set(region, mapping)
    return region
  } catch (error) {
    unmapRegion(mapping)
    throw error
  }
}

/**
 * Ends the mapping of a region that one of the functions above returned, and the ownership of an owned one. Every view of
 * it becomes empty. The file stays.
 */
export function closeRegion(region: Region): void {
  const mapping = mappings.get(region)
  if (mapping === undefined) throw new RangeError(`${region.label} is no open region of shared memory`)
  mappings.delete(region)
  unmapRegion(mapping)
}
