import type { BatchWindow } from './batch-window.ts'
import { BatchHeader, SEGMENT_HEADER_BYTES } from './layout.ts'
import { readSeal, type SealFacts, SegmentHash, signedMessage } from './seal.ts'
import type { SealVerifier } from './seal-key.ts'
import type { SegmentFile } from './segment-storage.ts'

/**
 * Recomputes the seals of a journal as a scan passes over it, one segment after the other. Checksums show what a device did;
 * seals show what somebody did who could recompute checksums.
 */
export class SealCheck {
  /** The last seal of the segment. */
  seal: SealFacts | undefined
  #hash: SegmentHash | undefined
  readonly #verifier: SealVerifier | undefined

  /** @param verifier checks signatures as well, and demands them */
  constructor(verifier: SealVerifier | undefined) {
    this.#verifier = verifier
  }

  /** Begins with a segment. @throws JournalIoError */
  begin(file: SegmentFile): void {
    this.seal = undefined
    this.#hash = SegmentHash.over(file, SEGMENT_HEADER_BYTES)
  }

  /** The segment is damaged: its seals cannot agree, and what is wrong is reported already. */
  abandon(): void {
    this.#hash = undefined
  }

  /** Passes over the batch at the window. */
  pass(window: BatchWindow): void {
    this.#hash?.update(window.views.u8.subarray(window.at, window.at + BatchHeader.Bytes + window.payloadBytes()))
  }

  /** Compares the seal at the window with what lies before it. @returns what is wrong with it, or nothing */
  compare(window: BatchWindow, offsetBytes: number): string | undefined {
    const seal = readSeal(window.views, window.payloadAt())
    this.seal = seal
    if (this.#hash === undefined) return undefined
    if (seal.sealedBytes !== offsetBytes || this.#hash.digest().toString('hex') !== seal.digest) {
      return 'the bytes before the seal are not those that were sealed'
    }
    return this.#checkSignature(seal)
  }

  #checkSignature(seal: SealFacts): string | undefined {
    const verifier = this.#verifier
    if (verifier === undefined) return undefined
    if (seal.signature === null) return 'the seal is not signed'
    if (seal.keyFingerprint !== verifier.fingerprint) return `the seal is signed by another key, ${seal.keyFingerprint}`
    const message = signedMessage(Buffer.from(seal.digest, 'hex'))
    return verifier.isSignedBy(message, Buffer.from(seal.signature, 'hex'))
      ? undefined
      : 'the signature of the seal is not of this key'
  }
}
