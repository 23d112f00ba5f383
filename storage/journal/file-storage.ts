import fs from 'node:fs'
import { join } from 'node:path'
import { reserveFile } from '../../kernels/host/file.ts'
import { COMPRESSED_SUFFIX } from './compressed-layout.ts'
import { CompressedSegment } from './compressed-segment.ts'
import { makeFolder, syncFolder } from './durable-file.ts'
import { errnoNameOf, JournalIoError, JournalOperation } from './errors.ts'
import type { SegmentFile, SegmentStorage } from './segment-storage.ts'
import { adoptSpare } from './spare-segment.ts'

/** Reserves disk blocks from `offset` on and extends the file, as posix_fallocate(3) does. */
export type Preallocate = (fd: number, offset: number, lengthBytes: number) => void

function reserve(fd: number, offset: number, lengthBytes: number): void {
  if (lengthBytes > 0) reserveFile(fd, offset, lengthBytes, `journal segment, descriptor ${fd}`)
}

class FileSegment implements SegmentFile {
  readonly name: string
  readonly descriptor: number
  readonly #preallocate: Preallocate

  constructor(name: string, fd: number, preallocate: Preallocate) {
    this.name = name
    this.descriptor = fd
    this.#preallocate = preallocate
  }

  write(bytes: Uint8Array, offset: number, length: number, positionBytes: number): number {
    return fs.writeSync(this.descriptor, bytes, offset, length, positionBytes)
  }

  read(bytes: Uint8Array, offset: number, length: number, positionBytes: number): number {
    return fs.readSync(this.descriptor, bytes, offset, length, positionBytes)
  }

  sync(): void {
    fs.fdatasyncSync(this.descriptor)
  }

  sizeBytes(): number {
    return fs.fstatSync(this.descriptor).size
  }

  truncate(keepBytes: number, sizeBytes: number): void {
    fs.ftruncateSync(this.descriptor, keepBytes)
    this.#preallocate(this.descriptor, keepBytes, sizeBytes - keepBytes)
  }

  close(): void {
    fs.closeSync(this.descriptor)
  }
}

/** A journal folder on a real file system. */
export class FileStorage implements SegmentStorage {
  readonly label: string
  readonly #preallocate: Preallocate

  /** @param path an existing folder */
  constructor(path: string, preallocate: Preallocate = reserve) {
    this.label = path
    this.#preallocate = preallocate
  }

  /** Makes the folder where there is none. @throws JournalIoError */
  static create(path: string, preallocate?: Preallocate): FileStorage {
    try {
      makeFolder(path)
    } catch (error) {
      throw new JournalIoError(JournalOperation.Create, errnoNameOf(error), path, error)
    }
    return new FileStorage(path, preallocate)
  }

  /** A compressed segment is listed, and opened, by the name of the segment. */
  list(): string[] {
    const names = new Set<string>()
    for (const name of fs.readdirSync(this.label)) {
      names.add(name.endsWith(COMPRESSED_SUFFIX) ? name.slice(0, -COMPRESSED_SUFFIX.length) : name)
    }
    return [...names]
  }

  /** Whether any segment is compressed. */
  hasCompressed(): boolean {
    return fs.readdirSync(this.label).some((name) => name.endsWith(COMPRESSED_SUFFIX))
  }

  create(name: string, sizeBytes: number): SegmentFile {
    const path = join(this.label, name)
    if (adoptSpare(this.label, path, sizeBytes)) return this.open(name, 'write')
    const fd = fs.openSync(path, 'wx+', 0o644)
    try {
      this.#preallocate(fd, 0, sizeBytes)
    } catch (error) {
      fs.closeSync(fd)
      fs.unlinkSync(path)
      throw error
    }
    return new FileSegment(name, fd, this.#preallocate)
  }

  open(name: string, access: 'read' | 'write'): SegmentFile {
    const path = join(this.label, name)
    // The original first: while both are there, the compressed one is being put in its place.
    if (access === 'write' || fs.existsSync(path)) {
      const fd = fs.openSync(path, access === 'read' ? 'r' : 'r+')
      return new FileSegment(name, fd, this.#preallocate)
    }
    return openCompressed(name, path)
  }

  remove(name: string): void {
    fs.unlinkSync(join(this.label, name))
  }

  syncFolder(): void {
    syncFolder(this.label)
  }
}

function openCompressed(name: string, path: string): SegmentFile {
  const fd = fs.openSync(fs.existsSync(path + COMPRESSED_SUFFIX) ? path + COMPRESSED_SUFFIX : path, 'r')
  try {
    return new CompressedSegment(name, fd)
  } catch (error) {
    fs.closeSync(fd)
    throw error
  }
}
