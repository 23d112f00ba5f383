import type { BatchWindow } from './batch-window.ts'
import type { JournalDamage, LostSequences } from './facts.ts'
import { SEGMENT_HEADER_BYTES } from './layout.ts'
import { readFully } from './read-fully.ts'
import type { ScanHasher } from './scan-hasher.ts'
import { readSeal, type SealFacts, signedMessage } from './seal.ts'
import type { SealVerifier } from './seal-key.ts'
import type { SegmentFile } from './segment-storage.ts'

/** A seal that was passed and is yet to be compared. */
interface SealClaim {
  readonly seal: SealFacts
  /** The hasher's number of the question what lies before it. */
  readonly question: number
  readonly file: string
  readonly offsetBytes: number
  /** Sequences of the segment so far: what cannot be trusted if the seal does not agree. */
  readonly lost: readonly LostSequences[]
  /** Damage listed before it. */
  readonly damageBefore: number
}

/**
 * Recomputes the seals of a journal as a scan passes over it, one segment after the other. Checksums show what a device did;
 * seals show what somebody did who could recompute checksums. They are compared at the end, so that hashing may lag behind.
 */
export class SealCheck {
  /** The last seal of the segment. */
  seal: SealFacts | undefined
  /** Whether the bytes of the segment go to the hasher. */
  isHashing = false
  readonly #hasher: ScanHasher
  readonly #verifier: SealVerifier | undefined
  readonly #header = new Uint8Array(SEGMENT_HEADER_BYTES)
  readonly #claims: SealClaim[] = []

  /** @param verifier checks signatures as well, and demands them */
  constructor(hasher: ScanHasher, verifier: SealVerifier | undefined) {
    this.#hasher = hasher
    this.#verifier = verifier
  }

  /** Begins with a segment. @throws JournalIoError */
  begin(file: SegmentFile, segmentBytes: number): void {
    this.seal = undefined
    this.isHashing = true
    const count = readFully(file, this.#header, 0, SEGMENT_HEADER_BYTES, 0)
    this.#hasher.begin(file.name, segmentBytes, this.#header.subarray(0, count))
  }

  /** The segment is damaged: its seals cannot agree, and what is wrong is reported already. */
  abandon(): void {
    this.isHashing = false
  }

  /** Notes the seal at the window, for `settle`. */
  note(window: BatchWindow, place: Omit<SealClaim, 'seal' | 'question'>): void {
    this.seal = readSeal(window.views, window.payloadAt())
    if (!this.isHashing) return
    this.#claims.push({ ...place, seal: this.seal, question: this.#hasher.ask(place.offsetBytes) })
  }

  /** Compares all seals with what lies before them. @param damage completed, in the order of the scan */
  settle(damage: JournalDamage[]): void {
    const found: [number, JournalDamage][] = []
    for (const claim of this.#claims) {
      const { file, offsetBytes, lost } = claim
      const what = this.#findFault(claim)
      // What lies behind a seal that does not agree is under doubt already.
      if (what === undefined || found.at(-1)?.[1].file === file) continue
      found.push([claim.damageBefore, { code: 'seal', what, file, offsetBytes, resumesAtBytes: null, lost }])
    }
    for (const [index, entry] of found.reverse()) damage.splice(index, 0, entry)
  }

  #findFault({ seal, question, offsetBytes }: SealClaim): string | undefined {
    if (seal.sealedBytes !== offsetBytes || this.#hasher.answer(question) !== seal.digest) {
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
