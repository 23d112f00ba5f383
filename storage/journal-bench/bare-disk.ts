/**
 * The yardsticks: what the disk does for a loop that keeps no journal, with the same sizes and as many syncs. Also the ways of
 * making a write durable beside each other, from which the journal's was chosen.
 */
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32c } from '../../kernels/host/crc32c.ts'
import { reserveFile } from '../../kernels/host/file.ts'
import { CallTimes } from './percentile.ts'

export type NowNs = () => number

const { O_DSYNC, O_DIRECT } = fs.constants
const ZERO_CHUNK_BYTES = 1 << 20
/** O_DIRECT wants memory on a boundary of the device's blocks. */
const PAGE_BYTES = 4096
/**
 * Read at once. Into the beginning of a page: a few bytes behind it, where malloc(3) puts large buffers, some processors copy from the page
 * cache at a quarter of the speed.
 */
const READ_BYTES = 256 * 1024

/** Memory filled with what does not compress; `at` is where in it a page begins. */
export function pagedBytes(bytes: number): { memory: Uint8Array; at: number } {
  const memory = new Uint8Array(bytes + PAGE_BYTES)
  for (let i = 0; i < memory.length; i++) memory[i] = Math.imul(i, 0x9e3779b1) >>> 24
  return { memory, at: findPage(memory) }
}

/** Tries where a direct write is taken: the address of a buffer is not told. */
function findPage(memory: Uint8Array): number {
  const path = join(tmpdir(), `xk-page-${process.pid}`)
  try {
    const fd = fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_CREAT | O_DIRECT)
    try {
      for (let at = 0; at < PAGE_BYTES; at += 8) if (isTaken(fd, memory, at)) return at
    } finally {
      fs.closeSync(fd)
    }
  } catch {
    return 0 // a file system without O_DIRECT: there is nothing to align for
  } finally {
    fs.rmSync(path, { force: true })
  }
  return 0
}

function isTaken(fd: number, memory: Uint8Array, at: number): boolean {
  try {
    return fs.writeSync(fd, memory, at, PAGE_BYTES, 0) === PAGE_BYTES
  } catch {
    return false
  }
}

/** A file of which the blocks are reserved, or written with zeros as well. @returns its path */
export function makeFile(folder: string, bytes: number, isZeroed: boolean): string {
  const path = join(folder, 'yardstick.bin')
  fs.rmSync(path, { force: true })
  const fd = fs.openSync(path, 'w', 0o644)
  reserveFile(fd, 0, bytes, path)
  const zeros = new Uint8Array(ZERO_CHUNK_BYTES)
  for (let at = 0; isZeroed && at < bytes; at += zeros.length)
    fs.writeSync(fd, zeros, 0, Math.min(zeros.length, bytes - at), at)
  fs.fsyncSync(fd)
  fs.closeSync(fd)
  return path
}

export interface BareWrites {
  readonly bytes: number
  readonly writeBytes: number
  readonly bytesPerSync: number
}

/** Writes one after the other into a reserved file, with an fdatasync now and then. @returns nanoseconds in those calls */
export function writeBare(folder: string, { bytes, writeBytes, bytesPerSync }: BareWrites, nowNs: NowNs): number {
  const fd = fs.openSync(makeFile(folder, bytes, false), 'r+')
  const { memory, at: page } = pagedBytes(writeBytes)
  const start = nowNs()
  for (let at = 0, unsynced = 0; at + writeBytes <= bytes; at += writeBytes) {
    fs.writeSync(fd, memory, page, writeBytes, at)
    unsynced += writeBytes
    if (unsynced < bytesPerSync) continue
    fs.fdatasyncSync(fd)
    unsynced = 0
  }
  fs.fdatasyncSync(fd)
  const took = nowNs() - start
  fs.closeSync(fd)
  return took
}

/** A way of making a write durable. */
export interface DurableWay {
  readonly name: string
  readonly flags: number
  readonly syncs: boolean
  readonly isZeroed: boolean
}

const WAYS = [
  ['buffered + fdatasync', 0, true],
  ['O_DSYNC', O_DSYNC, false],
  ['O_DIRECT | O_DSYNC', O_DIRECT | O_DSYNC, false],
  ['O_DIRECT + fdatasync', O_DIRECT, true],
] as const

export const DURABLE_WAYS: readonly DurableWay[] = [false, true].flatMap((isZeroed) =>
  WAYS.map(([name, flags, syncs]) => ({ name, flags, syncs, isZeroed })),
)

/** Durable writes of one size, each timed. A file system without O_DIRECT (tmpfs) has no times there. */
export function timeDurableWrites(
  folder: string,
  way: DurableWay,
  writeBytes: number,
  count: number,
  nowNs: NowNs,
): CallTimes {
  const times = new CallTimes()
  const path = makeFile(folder, writeBytes * count, way.isZeroed)
  const { memory, at: page } = pagedBytes(writeBytes)
  let fd: number
  try {
    fd = fs.openSync(path, fs.constants.O_RDWR | way.flags)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EINVAL') return times
    throw error
  }
  for (let i = 0; i < count; i++) {
    const start = nowNs()
    fs.writeSync(fd, memory, page, writeBytes, i * writeBytes)
    if (way.syncs) fs.fdatasyncSync(fd)
    times.add(nowNs() - start)
  }
  fs.closeSync(fd)
  return times
}

/** Reads files from beginning to end and checksums what was read. @returns nanoseconds */
export function readBare(paths: readonly string[], nowNs: NowNs): number {
  const { memory, at: chunkAt } = pagedBytes(READ_BYTES)
  let crc = 0
  const start = nowNs()
  for (const path of paths) {
    const fd = fs.openSync(path, 'r')
    for (let at = 0; ; ) {
      const count = fs.readSync(fd, memory, chunkAt, READ_BYTES, at)
      if (count === 0) break
      crc = crc32c(memory, chunkAt, count, crc)
      at += count
    }
    fs.closeSync(fd)
  }
  return nowNs() - start
}
