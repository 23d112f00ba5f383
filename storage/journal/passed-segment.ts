import { RecordDigest } from '../../kernels/records/canonical.ts'
import { BatchWindow } from './batch-window.ts'
import { JournalUsageError } from './errors.ts'
import { BatchHeader, JournalStream, SEGMENT_HEADER_BYTES } from './layout.ts'
import { readFully } from './read-fully.ts'
import { SegmentHash } from './seal.ts'
import { openForRead } from './segment-list.ts'
import type { SegmentStorage } from './segment-storage.ts'

const CHUNK_BYTES = 64 * 1024

/** What a scan has found sound in a segment and leaves to be hashed. Plain data. */
export interface PassedSegment {
  readonly name: string
  readonly segmentBytes: number
  /** Where the hash of what lies before is wanted, ascending: the places of seals. */
  readonly sealsAt: readonly number[]
  /** Where the batches end that the digests of the streams go over; 0 for none. */
  readonly digestedBytes: number
}

/** Reads a segment and hashes it up to each of its seals. @returns the hashes in hexadecimal @throws JournalIoError */
export function hashSeals(storage: SegmentStorage, { name, sealsAt }: PassedSegment): string[] {
  const file = openForRead(storage, name)
  try {
    const hash = new SegmentHash()
    const chunk = new Uint8Array(CHUNK_BYTES)
    let at = 0
    return sealsAt.map((sealAt) => {
      while (at < sealAt) {
        const count = readFully(file, chunk, 0, Math.min(CHUNK_BYTES, sealAt - at), at)
        if (count === 0) throw new JournalUsageError(`hashing ${name}: it ends at ${at}, before its seal`)
        hash.update(chunk.subarray(0, count))
        at += count
      }
      return hash.digest().toString('hex')
    })
  } finally {
    file.close()
  }
}

/** The digests of both streams over one segment after the other, whose batches somebody else has found sound. */
export class StreamDigests {
  readonly #inbound = new RecordDigest()
  readonly #outbound = new RecordDigest()
  readonly #storage: SegmentStorage
  #window: BatchWindow | undefined

  constructor(storage: SegmentStorage) {
    this.#storage = storage
  }

  /** @throws JournalIoError, JournalUsageError when the segment is not what was passed any more */
  add({ name, segmentBytes, digestedBytes }: PassedSegment): void {
    if (digestedBytes === 0) return
    this.#window ??= new BatchWindow(segmentBytes)
    const window = this.#window
    const file = openForRead(this.#storage, name)
    try {
      window.open(file, segmentBytes)
      for (let at = SEGMENT_HEADER_BYTES; at < digestedBytes; at += BatchHeader.Bytes + window.payloadBytes()) {
        window.at = window.load(at, BatchHeader.Bytes)
        if (window.at >= 0) window.at = window.load(at, BatchHeader.Bytes + window.payloadBytes())
        if (window.at < 0) throw new JournalUsageError(`hashing ${name}: it ends at ${at}, inside a batch`)
        this.#update(window)
      }
    } finally {
      file.close()
    }
  }

  /** Of the inbound and of the outbound stream. */
  hex(): [string, string] {
    return [this.#inbound.hex(), this.#outbound.hex()]
  }

  #update(window: BatchWindow): void {
    const stream = window.stream()
    if (stream === JournalStream.Mark) return
    const digest = stream === JournalStream.Inbound ? this.#inbound : this.#outbound
    digest.updateRun(window.views, window.payloadAt(), window.payloadBytes(), window.recordCount())
  }
}
