import fs from 'node:fs'
import { join } from 'node:path'
import { KeeperWord, viewSealDigest } from './keeper-control.ts'
import { segmentName } from './layout.ts'
import { SegmentHash } from './seal.ts'
import type { SegmentSealer } from './segment-sealer.ts'

/** A keeper that has not answered by then is taken for dead or stuck behind its disk: the writer hashes by itself. */
const ANSWER_TIMEOUT_MS = 2_000
const CHUNK_BYTES = 64 * 1024
/** The keeper is woken for so much: it then has little left to hash when it is asked at a segment's end. */
const WAKE_BYTES = 1024 * 1024

/**
 * Lets the keeper hash: it reads what was written back from the page cache, while the journal thread waits for the disk. Both
 * look at the same words (`KeeperWord`); the answer is waited for, and done without where it does not come.
 */
export class KeeperSealer implements SegmentSealer {
  readonly #control: Int32Array
  readonly #digest: Uint8Array
  #asks: number
  #segment = 0
  #wokenAtBytes = 0

  constructor(control: SharedArrayBuffer) {
    this.#control = new Int32Array(control)
    this.#digest = viewSealDigest(control)
    this.#asks = Atomics.load(this.#control, KeeperWord.Asked)
  }

  begin(segmentNumber: number, header: Uint8Array): void {
    this.wrote(segmentNumber, header, header.length)
  }

  /** Whoever sees the new segment sees no bytes of the old one any more. */
  wrote(segmentNumber: number, _bytes: Uint8Array, endBytes: number): void {
    const control = this.#control
    if (segmentNumber !== this.#segment) {
      this.#segment = segmentNumber
      this.#wokenAtBytes = 0
      Atomics.store(control, KeeperWord.EndBytes, 0)
      Atomics.store(control, KeeperWord.Segment, segmentNumber)
    }
    Atomics.store(control, KeeperWord.EndBytes, endBytes)
    if (endBytes - this.#wokenAtBytes < WAKE_BYTES) return
    this.#wokenAtBytes = endBytes
    this.#wake()
  }

  #wake(): void {
    Atomics.add(this.#control, KeeperWord.Wake, 1)
    Atomics.notify(this.#control, KeeperWord.Wake)
  }

  digest(segmentNumber: number, lengthBytes: number, readBack: () => SegmentHash): Buffer {
    const control = this.#control
    const isThere = Atomics.load(control, KeeperWord.Ready) === 1 && Atomics.load(control, KeeperWord.Ended) === 0
    if (!isThere) return readBack().digest()
    this.wrote(segmentNumber, this.#digest, lengthBytes)
    this.#asks = (this.#asks + 1) | 0
    Atomics.store(control, KeeperWord.Asked, this.#asks)
    this.#wake()
    const before = (this.#asks - 1) | 0
    if (Atomics.load(control, KeeperWord.Answered) !== this.#asks) {
      Atomics.wait(control, KeeperWord.Answered, before, ANSWER_TIMEOUT_MS)
    }
    if (Atomics.load(control, KeeperWord.Answered) !== this.#asks) {
      // Nobody answers this, nor is asked again: an answer that comes late must not be taken for another's.
      Atomics.store(control, KeeperWord.Ended, 1)
      return readBack().digest()
    }
    return Buffer.from(this.#digest)
  }
}

/** The keeper's side: follows the segment that is being written, and answers. */
export class SealFollower {
  readonly #folder: string
  readonly #control: Int32Array
  readonly #digest: Uint8Array
  readonly #chunk = new Uint8Array(CHUNK_BYTES)
  #segment = 0
  #fd = -1
  #hash = new SegmentHash()
  #hashedBytes = 0

  constructor(folder: string, control: SharedArrayBuffer) {
    this.#folder = folder
    this.#control = new Int32Array(control)
    this.#digest = viewSealDigest(control)
  }

  /** Hashes a chunk, or answers. @returns whether there was something to do */
  step(): boolean {
    const control = this.#control
    const asked = Atomics.load(control, KeeperWord.Asked)
    const isAsked = asked !== Atomics.load(control, KeeperWord.Answered)
    const segment = Atomics.load(control, KeeperWord.Segment)
    const endBytes = Atomics.load(control, KeeperWord.EndBytes)
    if (segment !== Atomics.load(control, KeeperWord.Segment) || segment === 0) return isAsked
    if (segment !== this.#segment) this.#open(segment)
    if (this.#hashedBytes < endBytes) return this.#hashChunk(endBytes)
    if (!isAsked) return false
    this.#digest.set(this.#hash.digest())
    Atomics.store(control, KeeperWord.Answered, asked)
    Atomics.notify(control, KeeperWord.Answered)
    return true
  }

  close(): void {
    if (this.#fd >= 0) fs.closeSync(this.#fd)
    this.#fd = -1
  }

  #open(segment: number): void {
    this.close()
    this.#fd = fs.openSync(join(this.#folder, segmentName(segment)), 'r')
    this.#segment = segment
    this.#hash = new SegmentHash()
    this.#hashedBytes = 0
  }

  #hashChunk(endBytes: number): boolean {
    const length = Math.min(CHUNK_BYTES, endBytes - this.#hashedBytes)
    const count = fs.readSync(this.#fd, this.#chunk, 0, length, this.#hashedBytes)
    this.#hash.update(this.#chunk.subarray(0, count))
    this.#hashedBytes += count
    return count > 0
  }
}
