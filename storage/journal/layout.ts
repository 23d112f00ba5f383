/**
 * The layout of a journal on disk, format version 2.
 *
 * A journal is a folder of segments `0000000001.xkj`, `0000000002.xkj`, …, each preallocated to the same size.
 *
 *     0               4096                                                                    segmentBytes
 *     ┌───────────────┬──────────────┬─────────────┬──────────────┬─────────────┬─────┬────────────┐
 *     │ segment header│ batch header │ records …   │ batch header │ records …   │  …  │ zeros      │
 *     │ (192 used)    │ 80 bytes     │ payload     │              │             │     │            │
 *     └───────────────┴──────────────┴─────────────┴──────────────┴─────────────┴─────┴────────────┘
 *
 * A payload is whole catalogue records of one stream, exactly as they lay on the ring, without the ring's padding.
 * Every batch begins at a multiple of 8. All fields are little-endian; checksums are CRC32C (RFC 3720, appendix B.4).
 *
 * Batch header:
 *
 *      0      4          8      12            16          20           24      26     28
 *     ┌──────┬──────────┬──────┬─────────────┬───────────┬────────────┬───────┬──────┬─────────┐
 *     │magic │headerCrc │chain │payloadBytes │payloadCrc │recordCount │stream │flags │ segment │
 *     ├──────┴──────────┼──────┴─────────────┼───────────┴────────────┼───────┴──────┴─────────┤ 32
 *     │ ordinal f64     │ firstSequence f64  │ lastSequence f64       │ durableBatches f64     │
 *     ├─────────────────┼────────────────────┼────────────────────────┴────────────────────────┘ 64
 *     │ journal id u64  │ recordBytes, spare │
 *     └─────────────────┴────────────────────┘ 80
 *
 * `headerCrc` covers bytes 8 to 80; `chain` is the CRC of bytes 12 to 80 seeded with the chain of the batch before, so that
 * a batch is only valid behind the batches that it was written behind. `ordinal` counts batches from 0 over the whole journal.
 * `durableBatches` is how many batches were durable when this one was written: it lets recovery tell a batch that a power
 * cut may have taken from one that it cannot have taken (recovery.ts).
 *
 * Batches of stream 0 are marks of the journal itself. A *seal* is the mark with which a segment ends, and the closing mark is
 * one too; its payload is
 *
 *      0       4           8             16                    48                     112                    128
 *     ┌───────┬───────────┬─────────────┬─────────────────────┬──────────────────────┬──────────────────────┐
 *     │version│ signature │ sealedBytes │ SHA-256             │ Ed25519 signature    │ key fingerprint      │
 *     │       │ kind      │ f64         │ of the segment      │ or zeros             │ or zeros             │
 *     └───────┴───────────┴─────────────┴─────────────────────┴──────────────────────┴──────────────────────┘
 *
 * The SHA-256 is over the segment's bytes from 0 up to the seal's own batch header: over the segment header, which holds the seal
 * of the segment before, and over all batches. So one seal vouches for everything before it. The signature is over
 * `SEAL_SIGNED_PREFIX` and the SHA-256 (RFC 8032, Ed25519); the fingerprint is the first half of the SHA-256 of the public
 * key's SubjectPublicKeyInfo.
 */

/** "XKJOURNL" as two little-endian words. */
export const SEGMENT_MAGIC_LOW = 0x4f4a4b58
export const SEGMENT_MAGIC_HIGH = 0x4c4e5255
export const JOURNAL_FORMAT_VERSION = 3
/** The oldest that is read: version 2 has zeros where version 3 has the digest of the session. */
export const JOURNAL_FORMAT_OLDEST = 2

/** Byte offsets of the segment header. */
export enum SegmentHeader {
  MagicLow = 0,
  MagicHigh = 4,
  FormatVersion = 8,
  CatalogueVersion = 12,
  /** Over the whole header block except this field. */
  HeaderCrc = 16,
  HeaderBytes = 20,
  SegmentNumber = 24,
  /** Batches begin at multiples of this. */
  AlignmentBytes = 28,
  SegmentBytes = 32,
  JournalIdLow = 40,
  JournalIdHigh = 44,
  ConfigLow = 48,
  ConfigHigh = 52,
  /** Ordinal of the segment's first batch. */
  BatchesBefore = 56,
  /** Last sequence of each stream in the segments before; 0 for none. */
  LastInboundBefore = 64,
  LastOutboundBefore = 72,
  InboundRecordsBefore = 80,
  OutboundRecordsBefore = 88,
  /** Chain of the last batch before; 0 in the first segment. */
  ChainBefore = 96,
  /** Counts the writers that have opened this journal, from 1. */
  WriterEpoch = 100,
  /** Zero-padded ASCII, for people. */
  Label = 104,
  /** SHA-256 of the seal with which the segment before ends; zeros in the first segment. */
  SealBefore = 128,
  /** SHA-256 of what the session was begun with (session-proof.ts), the same in all segments; zeros where nothing was told. */
  SessionDigest = 160,
  End = 192,
}

/** The header's block: a page, so that batches start aligned for direct I/O. */
export const SEGMENT_HEADER_BYTES = 4096
export const LABEL_BYTES = SegmentHeader.SealBefore - SegmentHeader.Label
/** Bytes of a seal's SHA-256. */
export const SEAL_DIGEST_BYTES = 32

/** "XKB1" as a little-endian word. */
export const BATCH_MAGIC = 0x31424b58

/** Byte offsets of the batch header. */
export enum BatchHeader {
  Magic = 0,
  HeaderCrc = 4,
  Chain = 8,
  PayloadBytes = 12,
  PayloadCrc = 16,
  RecordCount = 20,
  Stream = 24,
  Flags = 26,
  SegmentNumber = 28,
  Ordinal = 32,
  FirstSequence = 40,
  LastSequence = 48,
  DurableBatches = 56,
  JournalIdLow = 64,
  JournalIdHigh = 68,
  RecordBytes = 72,
  Reserved = 76,
  Bytes = 80,
}

/** Which ring a batch's records crossed. */
export enum JournalStream {
  /** A mark of the journal itself: no records. */
  Mark = 0,
  Inbound = 1,
  Outbound = 2,
}

/** Batch flag of a mark: the writer closed the journal in order, everything before is durable. */
export const FLAG_CLOSED = 1
/** Batch flag of a mark that carries a seal as its payload. */
export const FLAG_SEALED = 2

/** Byte offsets within a seal's payload. */
export enum Seal {
  Version = 0,
  /** A SealSignature. */
  SignatureKind = 4,
  /** Bytes of the segment that the SHA-256 covers: the offset of the seal's batch header. */
  SealedBytes = 8,
  Digest = 16,
  Signature = 48,
  KeyFingerprint = 112,
  Bytes = 128,
}

export enum SealSignature {
  None = 0,
  Ed25519 = 1,
}

export const SEAL_VERSION = 1
/** Keeps a signature of a seal from being taken for one of anything else. */
export const SEAL_SIGNED_PREFIX = 'XKSEAL1\0'
/** What every segment keeps free for its last batch. */
export const SEAL_MARK_BYTES = BatchHeader.Bytes + Seal.Bytes

export const BATCH_ALIGNMENT_BYTES = 8
/** Bound of a payload: what a reader must hold in memory at once. */
export const BATCH_PAYLOAD_BYTES_MAX = 1 << 20
export const SEGMENT_BYTES_DEFAULT = 64 * 1024 * 1024
/** A header and a few batches: small segments are for tests. */
export const SEGMENT_BYTES_MIN = 2 * SEGMENT_HEADER_BYTES
/** Positions within a segment stay small integers. */
export const SEGMENT_BYTES_MAX = 1 << 30

const NAME_DIGITS = 10
const NAME_PATTERN = /^(\d{10})\.xkj$/

/** File name of a segment, numbered from 1. */
export function segmentName(segmentNumber: number): string {
  return `${String(segmentNumber).padStart(NAME_DIGITS, '0')}.xkj`
}

/** Segment number of a file name, or 0 when it is none. */
export function parseSegmentName(name: string): number {
  const match = NAME_PATTERN.exec(name)
  return match === null ? 0 : Number(match[1])
}

if (Seal.Digest + SEAL_DIGEST_BYTES !== Seal.Signature || Seal.Bytes % BATCH_ALIGNMENT_BYTES !== 0) {
  throw new Error('journal layout: the parts of a seal overlap')
}
if (BatchHeader.Bytes % BATCH_ALIGNMENT_BYTES !== 0 || SegmentHeader.End > SEGMENT_HEADER_BYTES) {
  throw new Error('journal layout: the headers do not keep their alignment')
}
