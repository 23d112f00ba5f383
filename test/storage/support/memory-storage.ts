/**
 * A storage in memory that keeps apart what was written and what is durable, logs every call, and can refuse or stop at any
 * of them: the ground on which crashes are enumerated.
 */
import type { SegmentFile, SegmentStorage } from '../../../storage/journal/segment-storage.ts'

/** Thrown in place of a call at which the machine stops. */
export class PowerCut extends Error {}

/** A refusal with an errno name, as node:fs would throw it. */
export function refusal(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code })
}

interface PendingWrite {
  readonly at: number
  readonly bytes: Uint8Array
}

/** One file: the image that reads see, the image that survives a power cut, and the writes between the two. */
export interface MemoryFile {
  seen: Uint8Array
  durable: Uint8Array
  pending: PendingWrite[]
}

export type CallName = 'create' | 'open' | 'write' | 'sync' | 'truncate' | 'remove' | 'syncFolder'

export const SECTOR_BYTES = 512

export class MemoryStorage implements SegmentStorage {
  readonly label = 'memory'
  files = new Map<string, MemoryFile>()
  /** Names that survive a power cut. */
  durableNames = new Set<string>()
  /** Removed, the removal not durable yet. */
  removed = new Map<string, MemoryFile>()
  calls = 0
  /** The next write goes to another place, and the device reports success. */
  misdirectNext: 'beside' | 'over an earlier write' | 'nowhere' | undefined
  #earlierWriteAt = 0
  /** Called before every call that changes something; may throw. Answers the most bytes a write takes. */
  onCall: (call: CallName, index: number, bytes: number) => number = (_call, _index, bytes) => bytes

  enter(call: CallName, bytes = 0): number {
    return this.onCall(call, this.calls++, bytes)
  }

  /** @returns where a write meant for `at` goes, or -1 for nowhere */
  placeOf(at: number, atMax: number): number {
    const how = this.misdirectNext
    const earlier = this.#earlierWriteAt
    this.misdirectNext = undefined
    this.#earlierWriteAt = at
    if (how === 'nowhere') return -1
    if (how === 'beside') return Math.min(at + SECTOR_BYTES, atMax)
    return how === undefined ? at : Math.min(earlier, atMax)
  }

  list(): string[] {
    return [...this.files.keys()]
  }

  create(name: string, sizeBytes: number): SegmentFile {
    this.enter('create')
    if (this.files.has(name)) throw refusal('EEXIST')
    this.files.set(name, { seen: new Uint8Array(sizeBytes), durable: new Uint8Array(sizeBytes), pending: [] })
    return new MemorySegment(this, name)
  }

  open(name: string): SegmentFile {
    this.enter('open')
    if (!this.files.has(name)) throw refusal('ENOENT')
    return new MemorySegment(this, name)
  }

  remove(name: string): void {
    this.enter('remove')
    this.removed.set(name, this.files.get(name)!)
    this.files.delete(name)
  }

  syncFolder(): void {
    this.enter('syncFolder')
    this.durableNames = new Set(this.files.keys())
    this.removed.clear()
  }

  /** The storage after the process died: everything that was written is there. */
  afterKill(): MemoryStorage {
    const copy = new MemoryStorage()
    for (const [name, file] of this.files) copy.put(name, file.seen)
    return copy
  }

  put(name: string, bytes: Uint8Array): void {
    this.files.set(name, { seen: bytes.slice(), durable: bytes.slice(), pending: [] })
    this.durableNames.add(name)
  }

  /** All sectors whose fate a power cut now would decide. */
  pendingSectors(): { name: string; at: number; bytes: Uint8Array }[] {
    const sectors: { name: string; at: number; bytes: Uint8Array }[] = []
    for (const [name, file] of this.files) {
      for (const write of file.pending) {
        for (let at = write.at; at < write.at + write.bytes.length; ) {
          const end = Math.min((Math.floor(at / SECTOR_BYTES) + 1) * SECTOR_BYTES, write.at + write.bytes.length)
          sectors.push({ name, at, bytes: write.bytes.subarray(at - write.at, end - write.at) })
          at = end
        }
      }
    }
    return sectors
  }

  /** What may become of files whose name or removal is not durable. */
  newFileFates(): ('gone' | 'empty' | 'sized')[] {
    const isAllDurable = this.removed.size === 0 && this.list().every((name) => this.durableNames.has(name))
    return isAllDurable ? ['sized'] : ['gone', 'empty', 'sized']
  }

  /**
   * The storage after a power cut.
   * @param survives whether a pending sector, by its index, reached the disk
   * @param newFiles what became of files whose name was not durable: gone, there but empty, there in full size
   */
  afterPowerCut(survives: (index: number) => boolean, newFiles: 'gone' | 'empty' | 'sized'): MemoryStorage {
    const copy = new MemoryStorage()
    for (const [name, file] of this.files) {
      if (this.durableNames.has(name) || newFiles === 'sized') copy.put(name, file.durable)
      else if (newFiles === 'empty') copy.put(name, new Uint8Array(0))
    }
    for (const name of this.durableNames) {
      const removed = this.removed.get(name)
      if (removed !== undefined && newFiles !== 'gone') copy.put(name, removed.durable)
    }
    this.pendingSectors().forEach((sector, index) => {
      const file = copy.files.get(sector.name)
      if (file === undefined || file.seen.length === 0 || !survives(index)) return
      file.seen.set(sector.bytes, sector.at)
      file.durable.set(sector.bytes, sector.at)
    })
    return copy
  }
}

class MemorySegment implements SegmentFile {
  readonly name: string
  readonly #storage: MemoryStorage

  constructor(storage: MemoryStorage, name: string) {
    this.#storage = storage
    this.name = name
  }

  #file(): MemoryFile {
    const file = this.#storage.files.get(this.name)
    if (file === undefined) throw refusal('EBADF')
    return file
  }

  write(bytes: Uint8Array, offset: number, length: number, positionBytes: number): number {
    const taken = Math.min(length, this.#storage.enter('write', length))
    const file = this.#file()
    const copy = bytes.slice(offset, offset + taken)
    if (positionBytes + taken > file.seen.length) throw refusal('EFBIG')
    const at = this.#storage.placeOf(positionBytes, file.seen.length - taken)
    if (at < 0) return taken
    file.seen.set(copy, at)
    file.pending.push({ at, bytes: copy })
    return taken
  }

  read(bytes: Uint8Array, offset: number, length: number, positionBytes: number): number {
    const part = this.#file().seen.subarray(positionBytes, positionBytes + length)
    bytes.set(part, offset)
    return part.length
  }

  sync(): void {
    const file = this.#file()
    try {
      this.#storage.enter('sync')
    } catch (error) {
      // What a refused fdatasync(2) leaves behind: pages that count as clean and never reached the disk.
      if (!(error instanceof PowerCut)) file.pending = []
      throw error
    }
    for (const write of file.pending) file.durable.set(write.bytes, write.at)
    file.pending = []
  }

  sizeBytes(): number {
    return this.#file().seen.length
  }

  truncate(keepBytes: number, sizeBytes: number): void {
    this.#storage.enter('truncate')
    const file = this.#file()
    const before = file.seen
    file.seen = new Uint8Array(sizeBytes)
    file.seen.set(before.subarray(0, keepBytes))
    file.pending = [{ at: keepBytes, bytes: file.seen.slice(keepBytes) }]
    if (file.durable.length < sizeBytes) {
      const durable = new Uint8Array(sizeBytes)
      durable.set(file.durable)
      file.durable = durable
    }
  }

  close(): void {}
}
