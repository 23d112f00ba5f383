import type { RecordDigest } from '../../kernels/records/canonical.ts'
import type { BatchWindow } from './batch-window.ts'
import { BatchHeader, JournalStream } from './layout.ts'
import { SegmentHash } from './seal.ts'

/** Computes the hashes of what a scan passes over: one over each segment for its seals, one over the records of each stream. */
export interface ScanHasher {
  /** A segment begins. @param header its first block */
  begin(name: string, segmentBytes: number, header: Uint8Array): void
  /**
   * The batch at the window comes next.
   * @param isSealed whether the hash of the segment goes over it
   * @param isDigested whether the digest of its stream goes over it
   */
  pass(window: BatchWindow, isSealed: boolean, isDigested: boolean): void
  /** Asks for the hash of the segment up to here, where a seal lies. @returns the number of the question, for `answer` */
  ask(sealAt: number): number
  /** Once all is passed. @returns the hash in hexadecimal */
  answer(question: number): string
}

/** Hashes in the thread of the scan. */
export class InlineHasher implements ScanHasher {
  readonly #inbound: RecordDigest
  readonly #outbound: RecordDigest
  readonly #answers: string[] = []
  #segment = new SegmentHash()

  constructor(inbound: RecordDigest, outbound: RecordDigest) {
    this.#inbound = inbound
    this.#outbound = outbound
  }

  begin(_name: string, _segmentBytes: number, header: Uint8Array): void {
    this.#segment = new SegmentHash()
    this.#segment.update(header)
  }

  pass(window: BatchWindow, isSealed: boolean, isDigested: boolean): void {
    const payloadBytes = window.payloadBytes()
    if (isSealed) {
      this.#segment.update(window.views.u8.subarray(window.at, window.at + BatchHeader.Bytes + payloadBytes))
    }
    if (!isDigested) return
    const digest = window.stream() === JournalStream.Inbound ? this.#inbound : this.#outbound
    digest.updateRun(window.views, window.payloadAt(), payloadBytes, window.recordCount())
  }

  ask(): number {
    return this.#answers.push(this.#segment.digest().toString('hex')) - 1
  }

  answer(question: number): string {
    return this.#answers[question]!
  }
}
