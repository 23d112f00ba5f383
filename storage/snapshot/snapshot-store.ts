import { crc32c } from '../../kernels/host/crc32c.ts'
import type { SegmentFile, SegmentStorage } from '../journal/segment-storage.ts'
import {
  parseSnapshotName,
  SNAPSHOT_MAGIC_HIGH,
  SNAPSHOT_MAGIC_LOW,
  SNAPSHOT_VERSION,
  SnapshotHeader,
  type SnapshotKernel,
  snapshotName,
} from './layout.ts'

/** A snapshot that was read and found sound. */
export interface Snapshot {
  readonly inboundSequence: number
  readonly outboundSequence: number
  /** What a StateSaver wrote. */
  readonly payload: Uint8Array
}

/** Where a snapshot stands in the two streams. */
export interface SnapshotPlace {
  readonly inboundSequence: number
  readonly outboundSequence: number
}

/** Of a payload that is written at once: some 50 µs, in which a kernel handles nothing. */
const CHUNK_BYTES = 1 << 16
/** The newest, and one before it: a death while a snapshot is written leaves the older one. */
const KEPT = 2

/**
 * The snapshots of a kernel, in the folder of its journal. They are a short cut and never the only copy: what is missing or not
 * sound is passed over, and the journal is handled from further back. So they are written without a sync.
 */
export class SnapshotStore {
  readonly #storage: SegmentStorage
  readonly #kernel: SnapshotKernel
  readonly #identity: number

  /** @param identity 32 bits that differ where the state of one kernel would not fit another */
  constructor(storage: SegmentStorage, kernel: SnapshotKernel, identity: number) {
    this.#storage = storage
    this.#kernel = kernel
    this.#identity = identity
  }

  /**
   * Writes one snapshot, whole.
   * @throws the storage's error when the system refuses
   */
  write(place: SnapshotPlace, payload: Uint8Array): void {
    const writing = this.begin(place, payload)
    while (!writing.proceed());
  }

  /**
   * Begins to write one snapshot; whoever does that goes on with `proceed` until it is done.
   * @param payload stays as it is until then
   * @throws the storage's error when the system refuses
   */
  begin(place: SnapshotPlace, payload: Uint8Array): SnapshotWriting {
    const name = this.#nameOf(place.inboundSequence)
    // A predecessor may have died while it wrote this one.
    if (this.#storage.list().includes(name)) this.#storage.remove(name)
    const file = this.#storage.create(name, SnapshotHeader.Bytes + payload.length)
    return new SnapshotWriting({ file, place, payload, identity: this.#identity, onDone: () => this.#removeOld() })
  }

  #removeOld(): void {
    for (const sequence of this.#sequences().slice(KEPT)) this.#storage.remove(this.#nameOf(sequence))
  }

  /**
   * @param onPassedOver told the name of each newer one that is not sound, or of another identity; not of one that a death left unfinished
   * @returns the newest sound snapshot of this identity, if there is one
   */
  findLatest(onPassedOver?: (name: string) => void): Snapshot | undefined {
    for (const sequence of this.#sequences()) {
      const bytes = this.#read(this.#nameOf(sequence))
      const snapshot = bytes && this.#check(bytes)
      if (snapshot?.inboundSequence === sequence) return snapshot
      if (bytes === undefined || !isUnfinished(bytes)) onPassedOver?.(this.#nameOf(sequence))
    }
    return undefined
  }

  #nameOf(sequence: number): string {
    return snapshotName(this.#kernel, sequence)
  }

  /** Newest first. */
  #sequences(): number[] {
    return this.#storage
      .list()
      .map((name) => parseSnapshotName(this.#kernel, name))
      .filter((sequence) => sequence > 0)
      .sort((a, b) => b - a)
  }

  /** @returns undefined where it cannot be read, which is as good as missing */
  #read(name: string): Uint8Array | undefined {
    let file: SegmentFile | undefined
    try {
      file = this.#storage.open(name, 'read')
      const bytes = new Uint8Array(file.sizeBytes())
      return readFully(file, bytes) ? bytes : undefined
    } catch {
      return undefined
    } finally {
      file?.close()
    }
  }

  #check(bytes: Uint8Array): Snapshot | undefined {
    if (bytes.length < SnapshotHeader.Bytes) return undefined
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const word = (at: SnapshotHeader) => view.getUint32(at, true)
    const isOurs =
      word(SnapshotHeader.MagicLow) === SNAPSHOT_MAGIC_LOW &&
      word(SnapshotHeader.MagicHigh) === SNAPSHOT_MAGIC_HIGH &&
      word(SnapshotHeader.Version) === SNAPSHOT_VERSION &&
      word(SnapshotHeader.Identity) === this.#identity
    if (!isOurs || word(SnapshotHeader.HeaderCrc) !== crc32c(bytes, 0, SnapshotHeader.HeaderCrc)) return undefined
    const payload = bytes.subarray(SnapshotHeader.Bytes)
    if (view.getFloat64(SnapshotHeader.PayloadBytes, true) !== payload.length) return undefined
    if (word(SnapshotHeader.PayloadCrc) !== crc32c(payload, 0, payload.length)) return undefined
    return {
      inboundSequence: view.getFloat64(SnapshotHeader.InboundSequence, true),
      outboundSequence: view.getFloat64(SnapshotHeader.OutboundSequence, true),
      payload,
    }
  }
}

interface WritingParts {
  readonly file: SegmentFile
  readonly place: SnapshotPlace
  readonly payload: Uint8Array
  readonly identity: number
  readonly onDone: () => void
}

/**
 * A snapshot that is being written, piece by piece; the header comes last, so that a file without one was never finished. When it is
 * whole, what is older than the one before it is removed.
 */
export class SnapshotWriting {
  readonly #parts: WritingParts
  #writtenBytes = 0
  #crc = 0

  constructor(parts: WritingParts) {
    this.#parts = parts
  }

  /**
   * Writes the next piece, or the last and the header.
   * @returns whether that was all
   * @throws the storage's error when the system refuses; the file is closed then
   */
  proceed(): boolean {
    const { file, payload, onDone } = this.#parts
    const from = this.#writtenBytes
    const length = Math.min(CHUNK_BYTES, payload.length - from)
    try {
      writeFully(file, payload.subarray(from, from + length), SnapshotHeader.Bytes + from)
      this.#crc = crc32c(payload, from, length, this.#crc)
      this.#writtenBytes = from + length
      if (this.#writtenBytes < payload.length) return false
      writeFully(file, this.#buildHeader(), 0)
    } catch (error) {
      file.close()
      throw error
    }
    file.close()
    onDone()
    return true
  }

  #buildHeader(): Uint8Array {
    const { place, payload, identity } = this.#parts
    const header = new Uint8Array(SnapshotHeader.Bytes)
    const view = new DataView(header.buffer)
    view.setUint32(SnapshotHeader.MagicLow, SNAPSHOT_MAGIC_LOW, true)
    view.setUint32(SnapshotHeader.MagicHigh, SNAPSHOT_MAGIC_HIGH, true)
    view.setUint32(SnapshotHeader.Version, SNAPSHOT_VERSION, true)
    view.setUint32(SnapshotHeader.PayloadCrc, this.#crc, true)
    view.setUint32(SnapshotHeader.Identity, identity, true)
    view.setFloat64(SnapshotHeader.InboundSequence, place.inboundSequence, true)
    view.setFloat64(SnapshotHeader.OutboundSequence, place.outboundSequence, true)
    view.setFloat64(SnapshotHeader.PayloadBytes, payload.length, true)
    view.setUint32(SnapshotHeader.HeaderCrc, crc32c(header, 0, SnapshotHeader.HeaderCrc), true)
    return header
  }
}

/** Whether its header was never written. */
function isUnfinished(bytes: Uint8Array): boolean {
  return bytes.subarray(0, SnapshotHeader.Bytes).every((byte) => byte === 0)
}

function writeFully(file: SegmentFile, bytes: Uint8Array, positionBytes: number): void {
  for (let done = 0; done < bytes.length; ) {
    const written = file.write(bytes, done, bytes.length - done, positionBytes + done)
    if (written <= 0) throw new RangeError('the system took nothing of a write')
    done += written
  }
}

function readFully(file: SegmentFile, bytes: Uint8Array): boolean {
  for (let done = 0; done < bytes.length; ) {
    const read = file.read(bytes, done, bytes.length - done, done)
    if (read <= 0) return false
    done += read
  }
  return true
}
