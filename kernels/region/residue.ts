import { existsSync, readdirSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type FaultReport, readFaultSlot } from '../host/fault.ts'
import { regionLockHeld } from '../host/memory.ts'
import { RegionLock } from '../host/region-lock.ts'
import { XkError } from '../host/xk-error.ts'
import { type FlightEntry, readFlightRecorder } from './flight-recorder.ts'
import { FAULT_SLOT_AT, RegionState } from './layout.ts'
import type { Region } from './region.ts'
import { closeRegion, openReadOnlyRegion } from './shared.ts'

/** Where the shared memory of all instances lies. */
export const REGIONS_ROOT = '/dev/shm'
/** Of each instance's folder there. */
export const FOLDER_PREFIX = 'xk-'
const REGION_SUFFIX = '.region'
/** What may lie beside regions and goes with them: what a kernel was told at its start, where operators are heard. */
const COMPANION_SUFFIXES = ['.launch.json', '.sock']
/** Whoever starts an instance owns this one first: locked first, it keeps a start from overtaking a removal. */
const FIRST_REGION = `supervisor${REGION_SUFFIX}`
const FLIGHT_SECTION = 'flight'
const FLIGHT_ENTRIES = 16

/** A fault that the handler noted before the process died, and the region that it happened in. */
export interface RegionFault extends FaultReport {
  /** Name of the kernel whose region the address lies in, or null when in none of this instance. */
  readonly region: string | null
}

/** What a region's header and black box say. */
export interface RegionBox {
  readonly ownerPid: number
  readonly epoch: number
  /** Name of the `RegionState`. */
  readonly state: string
  readonly heartbeat: number
  /** The newest entries of the flight recorder, oldest first. */
  readonly flight: readonly FlightEntry[]
  readonly fault: RegionFault | null
}

/** One region file. */
export interface RegionResidue {
  readonly kernel: string
  readonly path: string
  readonly bytes: number
  /** Whether a live process owns it: by its lock, whatever the header says. */
  readonly isLive: boolean
  /** Null where it cannot be read: `problem` says why. */
  readonly box: RegionBox | null
  readonly problem: string | null
}

/** The shared memory of one instance. */
export interface InstanceResidue {
  readonly instance: string
  readonly path: string
  /** Whether any of its regions has a live owner. */
  readonly isLive: boolean
  readonly bytes: number
  readonly regions: readonly RegionResidue[]
}

/** The instances whose shared memory lies under a folder, by name; read-only. */
export function listRegions(root = REGIONS_ROOT, prefix = FOLDER_PREFIX): InstanceResidue[] {
  if (!existsSync(root)) return []
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.startsWith(prefix))
    .map((entry) => describeInstance(join(root, entry.name), entry.name.slice(prefix.length)))
    .sort((left, right) => (left.instance < right.instance ? -1 : 1))
}

function describeInstance(path: string, instance: string): InstanceResidue {
  const paths = regionPathsIn(path)
  const kernelByInode = new Map<number, string>()
  for (const region of paths) {
    const inode = statSync(region, { throwIfNoEntry: false })?.ino
    if (inode !== undefined) kernelByInode.set(inode, kernelOf(region))
  }
  const regions = paths.flatMap((region) => describeRegion(region, kernelByInode) ?? [])
  const bytes = regions.reduce((sum, region) => sum + region.bytes, 0)
  return { instance, path, isLive: regions.some((region) => region.isLive), bytes, regions }
}

/** @returns undefined when it was removed meanwhile */
function describeRegion(path: string, kernelByInode: ReadonlyMap<number, string>): RegionResidue | undefined {
  const bytes = statSync(path, { throwIfNoEntry: false })?.size
  if (bytes === undefined) return undefined
  const facts = { kernel: kernelOf(path), path, bytes }
  try {
    const isLive = regionLockHeld(path)
    return { ...facts, isLive, ...readBox(path, kernelByInode) }
  } catch (error) {
    if (!(error instanceof XkError)) throw error
    // What may not even be looked at is not touched: it counts as live.
    return existsSync(path) ? { ...facts, isLive: true, box: null, problem: error.what } : undefined
  }
}

function readBox(path: string, kernelByInode: ReadonlyMap<number, string>): Pick<RegionResidue, 'box' | 'problem'> {
  let region: Region
  try {
    region = openReadOnlyRegion(path)
  } catch (error) {
    if (!(error instanceof XkError)) throw error
    return { box: null, problem: error.what }
  }
  try {
    const { ownerPid, epoch, state, heartbeat } = region
    const flight = region.sections.find(({ name }) => name === FLIGHT_SECTION)
    const fault = readFaultSlot(region.buffer, FAULT_SLOT_AT)
    const box = {
      ownerPid,
      epoch,
      state: RegionState[state] ?? `${state}`,
      heartbeat,
      flight: flight === undefined ? [] : readFlightRecorder(region.buffer, flight.offset, FLIGHT_ENTRIES),
      fault: fault === undefined ? null : { ...fault, region: kernelByInode.get(fault.inode) ?? null },
    }
    return { box, problem: null }
  } finally {
    closeRegion(region)
  }
}

/**
 * Removes what dead instances left. An instance of which any process lives is not touched, and neither is a folder that
 * holds anything but regions and launch files. All locks of an instance are held before the first file goes, so that one
 * that starts meanwhile either keeps everything or finds nothing; it may be told that its region is owned, and try again.
 * @returns the instances that were removed
 */
export function cleanRegions(instances: readonly InstanceResidue[]): InstanceResidue[] {
  return instances.filter((instance) => !instance.isLive && removeInstance(instance.path))
}

function removeInstance(folder: string): boolean {
  const locks: RegionLock[] = []
  try {
    for (const path of regionPathsIn(folder)) {
      const lock = RegionLock.tryTake(path)
      if (lock === undefined) return false
      locks.push(lock)
    }
    const names = readdirSync(folder)
    const companions = names.filter((name) => COMPANION_SUFFIXES.some((suffix) => name.endsWith(suffix)))
    const isAllOurs = names.length === locks.length + companions.length
    if (!isAllOurs || regionPathsIn(folder).length !== locks.length) return false
    for (const name of companions) rmSync(join(folder, name), { force: true })
    for (const lock of locks.toReversed()) lock.removeFile()
    return removeFolder(folder)
  } finally {
    for (const lock of locks) lock.release()
  }
}

function removeFolder(folder: string): boolean {
  try {
    rmdirSync(folder)
    return true
  } catch (error) {
    // A new instance of the name has begun to fill it.
    if (error instanceof Error && 'code' in error && error.code === 'ENOTEMPTY') return true
    throw error
  }
}

/** The region files of a folder, the supervisor's first. */
function regionPathsIn(folder: string): string[] {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(REGION_SUFFIX)) : []
  return names
    .sort((left, right) => Number(right === FIRST_REGION) - Number(left === FIRST_REGION) || (left < right ? -1 : 1))
    .map((name) => join(folder, name))
}

function kernelOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1, -REGION_SUFFIX.length)
}
