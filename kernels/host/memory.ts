import { closeSync, constants, fstatSync, ftruncateSync, openSync, statfsSync, statSync, unlinkSync } from 'node:fs'
import { dirname } from 'node:path'
import { hostAddon } from './addon.ts'
import { requireInteger } from './arguments.ts'
import { HostError, requireSuccess } from './errors.ts'
import { ExitCode } from './xk-error.ts'

/** A mapped region file. Its memory stays mapped until `unmapRegion` or the end of the process. */
export interface RegionMapping {
  readonly path: string
  /** The shared memory itself. In a read-only mapping a store through a view ends the process with SIGSEGV. */
  readonly buffer: ArrayBuffer
  readonly bytes: number
  readonly inode: number
  /** The number by which the fault handler names it. */
  readonly mappingIndex: number
  readonly writable: boolean
}

/** A region that this process owns: it holds the lock as long as the mapping lives. */
export interface OwnedRegionMapping extends RegionMapping {
  /** False when the file of a dead owner was taken over: its content is as that one left it. */
  readonly created: boolean
  readonly fd: number
}

/** Unit of `st_blocks` (stat(2)). */
const BLOCK_BYTES = 512
/** 2 GiB: offsets within a region stay small integers. */
const REGION_BYTES_MAX = 2 ** 31 - 4096

/**
 * Creates the file of a region and maps it for reading and writing: zeroed, its blocks reserved and its pages faulted
 * in, locked against every other owner. With `takeOver` an existing file that nobody holds is taken as it is.
 * @param bytes a multiple of 4096
 * @throws HostError EEXIST: the file exists and is not to be taken over. EAGAIN (exit code Busy): a live process owns it.
 *   EINVAL: the file to take over has another size. ENOSPC: the file system is too small. And whatever open, mmap return.
 */
export function mapOwnedRegion(
  path: string,
  bytes: number,
  { takeOver = false }: { readonly takeOver?: boolean } = {},
): OwnedRegionMapping {
  requireInteger('bytes', bytes, 4096, REGION_BYTES_MAX)
  if (bytes % 4096 !== 0) throw new RangeError(`bytes must be a multiple of 4096, not ${bytes}`)
  const { fd, created } = openOwned(path, takeOver)
  try {
    const { size: existingBytes, blocks } = fstatSync(fd)
    if (existingBytes !== 0 && existingBytes !== bytes) throw sizeError(path, existingBytes, bytes)
    // What a dead owner left has its blocks already; going through them again takes milliseconds.
    if (existingBytes === 0 || blocks * BLOCK_BYTES < bytes) reserve(fd, path, bytes)
    return { ...mapDescriptor(fd, path, bytes, true), created: existingBytes === 0, fd }
  } catch (error) {
    if (created) unlinkSync(path)
    closeSync(fd)
    throw error
  }
}

/**
 * Maps an existing region for reading, with its pages faulted in.
 * @throws HostError ENOENT: no such region. EINVAL: the file is empty, its owner has only begun. And what mmap returns.
 */
export function mapReadOnlyRegion(path: string): RegionMapping {
  const fd = openRegion(path, constants.O_RDONLY)
  try {
    const bytes = fstatSync(fd).size
    if (bytes === 0) {
      const next = 'its owner is starting or died while starting; try again'
      throw new HostError({ call: 'mmap', errno: 'EINVAL', attempted: 'map an empty region', where: path, next })
    }
    return mapDescriptor(fd, path, bytes, false)
  } finally {
    closeSync(fd)
  }
}

/**
 * Ends a mapping and, for an owned region, its lock. All views of it become empty; registered stamps and words in it are
 * forgotten. The file stays.
 * @throws HostError
 */
export function unmapRegion(mapping: RegionMapping | OwnedRegionMapping): void {
  const explain = () => ({ call: 'munmap', attempted: 'unmap a region', where: mapping.path })
  requireSuccess(hostAddon().unmapFile(mapping.buffer), explain)
  if ('fd' in mapping) closeSync(mapping.fd)
}

/**
 * Asks for huge pages (2 MiB) under a large buffer, before it is written: a random access to it then rarely waits for the
 * page tables. What the buffer holds does not change.
 * @returns the bytes that lie on whole huge pages; 0 for a small buffer, and where the host has no huge pages
 */
export function preferHugePages(buffer: ArrayBuffer): number {
  return Math.max(0, hostAddon().adviseHugePages(buffer))
}

/**
 * Whether a live process (this one too) owns the region.
 * @throws HostError ENOENT and whatever open returns
 */
export function regionLockHeld(path: string): boolean {
  const fd = openRegion(path, constants.O_RDONLY)
  try {
    const explain = () => ({ call: 'fcntl', attempted: 'look at the lock of a region', where: path })
    return requireSuccess(hostAddon().isFileLocked(fd), explain) === 1
  } finally {
    closeSync(fd)
  }
}

/**
 * Removes the file of a region, unless a live process owns it. Whoever has it mapped keeps that memory.
 * @returns false when it is owned
 * @throws HostError
 */
export function removeRegion(path: string): boolean {
  const fd = openRegion(path, constants.O_RDWR)
  try {
    // Taken, not only looked at: an owner that starts meanwhile must not lose its file.
    if (hostAddon().lockFile(fd) < 0) return false
    if (isStillAt(path, fd)) unlinkSync(path)
    return true
  } finally {
    closeSync(fd)
  }
}

function openOwned(path: string, takeOver: boolean): { fd: number; created: boolean } {
  for (;;) {
    const flags = constants.O_RDWR | constants.O_CREAT
    let fd: number
    let created = true
    try {
      fd = openRegion(path, flags | constants.O_EXCL)
    } catch (error) {
      if (!takeOver || !(error instanceof HostError) || error.errno !== 'EEXIST') throw error
      created = false
      fd = openRegion(path, flags)
    }
    const outcome = hostAddon().lockFile(fd)
    if (outcome < 0) {
      closeSync(fd)
      requireSuccess(outcome, (errno) => lockFailure(path, errno))
    }
    if (isStillAt(path, fd)) return { fd, created }
    // Removed between open and lock: what we hold has no name any more.
    closeSync(fd)
  }
}

function lockFailure(path: string, errno: string) {
  const owned = errno === 'EAGAIN' || errno === 'EACCES'
  return {
    call: 'fcntl(F_OFD_SETLK)',
    attempted: owned ? 'take a region that a live process owns' : 'lock a region',
    where: path,
    ...(owned ? { next: 'stop that instance or use another name', exitCode: ExitCode.Busy } : {}),
  }
}

function isStillAt(path: string, fd: number): boolean {
  const named = statSync(path, { throwIfNoEntry: false })
  const held = fstatSync(fd)
  return named !== undefined && named.ino === held.ino && named.dev === held.dev
}

function openRegion(path: string, flags: number): number {
  try {
    return openSync(path, flags, 0o644)
  } catch (cause) {
    const errno = cause instanceof Error && 'code' in cause ? String(cause.code) : 'EIO'
    throw new HostError({ call: 'open', errno, attempted: 'open a region', where: path, ...adviseOnOpen(errno) })
  }
}

function adviseOnOpen(errno: string): { next?: string } {
  if (errno === 'EEXIST') return { next: 'another instance of this name is running, or one died: see xk regions' }
  if (errno === 'ENOENT') return { next: 'no instance of this name has run: see xk regions' }
  if (errno === 'EACCES' || errno === 'EPERM') return { next: 'it belongs to another user' }
  return {}
}

function reserve(fd: number, path: string, bytes: number): void {
  try {
    ftruncateSync(fd, bytes)
  } catch (cause) {
    const errno = cause instanceof Error && 'code' in cause ? String(cause.code) : 'EIO'
    throw new HostError({ call: 'ftruncate', errno, attempted: `size a region to ${bytes} bytes`, where: path })
  }
  requireSuccess(hostAddon().reserveFile(fd, 0, bytes), (errno) => ({
    call: 'posix_fallocate',
    attempted: `reserve ${bytes} bytes for a region`,
    where: path,
    ...(errno === 'ENOSPC' ? { next: adviseOnSpace(path, bytes) } : {}),
  }))
}

function adviseOnSpace(path: string, bytes: number): string {
  const folder = dirname(path)
  const { bavail, bsize } = statfsSync(folder)
  return (
    `${bavail * bsize} of ${bytes} bytes are free there; remove what dead instances left (xk regions --clean), ` +
    `make the rings smaller, or enlarge the file system (df -h ${folder})`
  )
}

function sizeError(path: string, existingBytes: number, bytes: number): HostError {
  return new HostError({
    call: 'ftruncate',
    errno: 'EINVAL',
    attempted: `take over a region of ${existingBytes} bytes as one of ${bytes}`,
    where: path,
    next: 'it was left by an instance with other sizes; remove it with xk regions --clean',
  })
}

function mapDescriptor(fd: number, path: string, bytes: number, writable: boolean): RegionMapping {
  const addon = hostAddon()
  const mapped = addon.mapFile(fd, bytes, writable)
  if (typeof mapped === 'number') {
    requireSuccess(mapped, () => ({ call: 'mmap', attempted: `map a region of ${bytes} bytes`, where: path }))
    throw new TypeError('the addon returned a number for a mapping')
  }
  const mappingIndex = addon.mappingIndex(mapped)
  return { path, buffer: mapped, bytes, inode: fstatSync(fd).ino, mappingIndex, writable }
}
