import { existsSync, readdirSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { mapReadOnlyRegion, regionLockHeld, removeRegion, unmapRegion } from '../../kernels/host/memory.ts'
import { XkError } from '../../kernels/host/xk-error.ts'
import { RegionState } from '../../kernels/region/layout.ts'
import { Region } from '../../kernels/region/region.ts'

const FOLDER_PREFIX = 'xk-'
const REGION_SUFFIX = '.region'
/** What a kernel leaves beside its region: what it was told at its start. */
const LAUNCH_SUFFIX = '.launch.json'

/** One region file. What its header says is null where it cannot be read. */
export interface RegionFacts {
  readonly kernel: string
  readonly path: string
  readonly bytes: number
  /** Whether a live process owns it. */
  readonly isLive: boolean
  readonly ownerPid: number | null
  readonly epoch: number | null
  readonly state: string | null
  /** Why the header cannot be read, or null. */
  readonly problem: string | null
}

/** The shared memory of one instance. */
export interface InstanceFacts {
  readonly instance: string
  readonly path: string
  /** Whether any of its regions has a live owner. */
  readonly isLive: boolean
  readonly bytes: number
  readonly regions: readonly RegionFacts[]
}

/** The instances whose shared memory lies under a folder, by name. */
export function listInstances(root: string): InstanceFacts[] {
  if (!existsSync(root)) return []
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.startsWith(FOLDER_PREFIX))
    .map((entry) => describeInstance(join(root, entry.name), entry.name.slice(FOLDER_PREFIX.length)))
    .sort((left, right) => (left.instance < right.instance ? -1 : 1))
}

function describeInstance(path: string, instance: string): InstanceFacts {
  const regions = readdirSync(path)
    .filter((name) => name.endsWith(REGION_SUFFIX))
    .sort()
    .map((name) => describeRegion(join(path, name), name.slice(0, -REGION_SUFFIX.length)))
  const bytes = regions.reduce((sum, region) => sum + region.bytes, 0)
  return { instance, path, isLive: regions.some((region) => region.isLive), bytes, regions }
}

function describeRegion(path: string, kernel: string): RegionFacts {
  const facts = { kernel, path, bytes: statSync(path).size, isLive: regionLockHeld(path) }
  try {
    const mapping = mapReadOnlyRegion(path)
    try {
      const { ownerPid, epoch, state } = Region.open(mapping.buffer, path)
      return { ...facts, ownerPid, epoch, state: RegionState[state] ?? `${state}`, problem: null }
    } finally {
      unmapRegion(mapping)
    }
  } catch (error) {
    if (!(error instanceof XkError)) throw error
    return { ...facts, ownerPid: null, epoch: null, state: null, problem: error.what }
  }
}

/**
 * Removes what dead instances left. An instance of which any process lives is not touched, and neither is a folder that
 * holds anything but regions and launch files.
 * @returns the instances that were removed
 */
export function cleanInstances(instances: readonly InstanceFacts[]): InstanceFacts[] {
  return instances.filter((instance) => !instance.isLive && removeInstance(instance))
}

function removeInstance(instance: InstanceFacts): boolean {
  for (const region of instance.regions) {
    // The removal looks at the lock again, under the lock: an owner may have started meanwhile.
    if (existsSync(region.path) && !removeRegion(region.path)) return false
  }
  for (const name of readdirSync(instance.path)) {
    if (name.endsWith(LAUNCH_SUFFIX)) rmSync(join(instance.path, name), { force: true })
  }
  if (readdirSync(instance.path).length > 0) return false
  rmdirSync(instance.path)
  return true
}
