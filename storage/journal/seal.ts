import { createHash, type Hash } from 'node:crypto'
import type { RecordViews } from '../../kernels/records/views.ts'
import { SEAL_DIGEST_BYTES, SEAL_SIGNED_PREFIX, SEAL_VERSION, Seal, SealSignature } from './layout.ts'
import { readFully } from './read-fully.ts'
import type { SealSigner } from './seal-key.ts'
import type { SegmentFile } from './segment-storage.ts'

const CHUNK_BYTES = 64 * 1024

/** What a seal says; hexadecimal text. */
export interface SealFacts {
  readonly digest: string
  readonly sealedBytes: number
  /** Null without a signature. */
  readonly signature: string | null
  readonly keyFingerprint: string | null
}

/** The SHA-256 of a segment as it grows; asked for in between, without ending it. */
export class SegmentHash {
  readonly #hash: Hash = createHash('sha256')

  /** Takes the next bytes of the segment. */
  update(bytes: Uint8Array): void {
    this.#hash.update(bytes)
  }

  /** Hash of all bytes so far. */
  digest(): Buffer {
    return this.#hash.copy().digest()
  }

  /** Reads the first `lengthBytes` bytes of a segment that somebody else wrote. @throws JournalIoError */
  static over(file: SegmentFile, lengthBytes: number): SegmentHash {
    const hash = new SegmentHash()
    const chunk = new Uint8Array(Math.min(CHUNK_BYTES, lengthBytes))
    for (let at = 0; at < lengthBytes; ) {
      const count = readFully(file, chunk, 0, Math.min(chunk.length, lengthBytes - at), at)
      if (count === 0) break
      hash.update(chunk.subarray(0, count))
      at += count
    }
    return hash
  }
}

/** What a signature of a seal is over. */
export function signedMessage(digest: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(SEAL_SIGNED_PREFIX, 'latin1'), digest])
}

/** Writes a seal's payload at `at`; `sealedBytes` is the offset of its batch header in the segment. */
export function encodeSeal(
  views: RecordViews,
  at: number,
  sealedBytes: number,
  digest: Buffer,
  signer: SealSigner | undefined,
): void {
  views.u8.fill(0, at, at + Seal.Bytes)
  views.u32[(at + Seal.Version) >> 2] = SEAL_VERSION
  views.f64[(at + Seal.SealedBytes) >> 3] = sealedBytes
  views.u8.set(digest, at + Seal.Digest)
  if (signer === undefined) return
  views.u32[(at + Seal.SignatureKind) >> 2] = SealSignature.Ed25519
  views.u8.set(signer.sign(signedMessage(digest)), at + Seal.Signature)
  views.u8.set(signer.fingerprint, at + Seal.KeyFingerprint)
}

function hexAt(views: RecordViews, at: number, bytes: number): string {
  return Buffer.from(views.u8.subarray(at, at + bytes)).toString('hex')
}

/** The SHA-256 in a seal's payload, as hexadecimal text. */
export function readSealDigest(views: RecordViews, at: number): string {
  return hexAt(views, at + Seal.Digest, SEAL_DIGEST_BYTES)
}

/** Reads a seal's payload. */
export function readSeal(views: RecordViews, at: number): SealFacts {
  const isSigned = views.u32[(at + Seal.SignatureKind) >> 2] === SealSignature.Ed25519
  return {
    digest: readSealDigest(views, at),
    sealedBytes: views.f64[(at + Seal.SealedBytes) >> 3]!,
    signature: isSigned ? hexAt(views, at + Seal.Signature, Seal.KeyFingerprint - Seal.Signature) : null,
    keyFingerprint: isSigned ? hexAt(views, at + Seal.KeyFingerprint, Seal.Bytes - Seal.KeyFingerprint) : null,
  }
}
