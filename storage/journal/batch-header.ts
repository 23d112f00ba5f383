import { crc32c } from '../../kernels/host/crc32c.ts'
import { Header } from '../../kernels/records/catalogue.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { isBlank } from './blank.ts'
import { BATCH_MAGIC, BATCH_PAYLOAD_BYTES_MAX, BatchHeader, FLAG_SEALED, JournalStream, Seal } from './layout.ts'
import type { JournalIdentity } from './segment-header.ts'
import type { JournalTail } from './tail.ts'

/** Why the bytes at a place are no valid batch. The order is the order of the checks, and of the table in recovery.ts. */
export enum BatchFault {
  None = 0,
  /** Less than a header is left in the segment. */
  SegmentFull = 1,
  /** The file ends before the header or payload does. */
  ShortFile = 2,
  /** Zeros where the header would be: nothing was written here, or it did not reach the disk. */
  Blank = 3,
  /** Magic or header checksum. */
  Header = 4,
  /** A whole header, of another journal or segment. */
  Foreign = 5,
  /** A whole header, not the successor of the batch before (ordinal or chain). */
  Order = 6,
  /** A whole header with lengths that cannot be. */
  Bounds = 7,
  /** Payload checksum. */
  Payload = 8,
  /** Checksums agree but the records do not fill the payload or are out of sequence: a defect of the writer. */
  Records = 9,
}

const FAULT_TEXT: Record<BatchFault, string> = {
  [BatchFault.None]: 'valid',
  [BatchFault.SegmentFull]: 'end of segment',
  [BatchFault.ShortFile]: 'the file ends inside a batch',
  [BatchFault.Blank]: 'zeros where a batch should begin',
  [BatchFault.Header]: 'a batch header with a wrong magic or checksum',
  [BatchFault.Foreign]: 'a batch of another journal or segment',
  [BatchFault.Order]: 'a batch that does not follow the one before it',
  [BatchFault.Bounds]: 'a batch header with impossible lengths',
  [BatchFault.Payload]: 'a payload whose checksum is wrong',
  [BatchFault.Records]: 'a batch whose records do not fill it in sequence',
}

/** The fault in words. */
export function describeBatchFault(fault: BatchFault): string {
  return FAULT_TEXT[fault]
}

/**
 * Completes the header before a payload that lies at `at + BatchHeader.Bytes`, as the successor of `tail`.
 * @param lastAt offset of the last record; ignored for a mark
 */
export function sealBatch(
  views: RecordViews,
  at: number,
  stream: JournalStream,
  flags: number,
  payloadBytes: number,
  recordCount: number,
  lastAt: number,
  identity: JournalIdentity,
  durableBatches: number,
  tail: JournalTail,
): void {
  const { u32, u16, f64, u8 } = views
  const payloadAt = at + BatchHeader.Bytes
  u32[(at + BatchHeader.Magic) >> 2] = BATCH_MAGIC
  u32[(at + BatchHeader.PayloadBytes) >> 2] = payloadBytes
  u32[(at + BatchHeader.PayloadCrc) >> 2] = crc32c(u8, payloadAt, payloadBytes, 0)
  u32[(at + BatchHeader.RecordCount) >> 2] = recordCount
  u16[(at + BatchHeader.Stream) >> 1] = stream
  u16[(at + BatchHeader.Flags) >> 1] = flags
  u32[(at + BatchHeader.SegmentNumber) >> 2] = tail.segmentNumber
  f64[(at + BatchHeader.Ordinal) >> 3] = tail.batches
  const isMark = stream === JournalStream.Mark
  f64[(at + BatchHeader.FirstSequence) >> 3] = isMark ? 0 : f64[(payloadAt + Header.Sequence) >> 3]!
  f64[(at + BatchHeader.LastSequence) >> 3] = isMark ? 0 : f64[(lastAt + Header.Sequence) >> 3]!
  f64[(at + BatchHeader.DurableBatches) >> 3] = durableBatches
  u32[(at + BatchHeader.JournalIdLow) >> 2] = identity.idLow
  u32[(at + BatchHeader.JournalIdHigh) >> 2] = identity.idHigh
  u32[(at + BatchHeader.RecordBytes) >> 2] = payloadBytes
  u32[(at + BatchHeader.Reserved) >> 2] = 0
  const chained = at + BatchHeader.PayloadBytes
  u32[(at + BatchHeader.Chain) >> 2] = crc32c(u8, chained, payloadAt - chained, tail.chain)
  const covered = at + BatchHeader.Chain
  u32[(at + BatchHeader.HeaderCrc) >> 2] = crc32c(u8, covered, payloadAt - covered, 0)
}

/** Checks a header on its own: blank, then magic, checksum, whose it is. The header's 80 bytes are in the views. */
export function checkBatchHeader(
  views: RecordViews,
  at: number,
  identity: JournalIdentity,
  segmentNumber: number,
): BatchFault {
  const { u32, u8 } = views
  if (u32[at >> 2] !== BATCH_MAGIC) return isBlank(views, at, BatchHeader.Bytes) ? BatchFault.Blank : BatchFault.Header
  const covered = at + BatchHeader.Chain
  const crc = crc32c(u8, covered, BatchHeader.Bytes - BatchHeader.Chain, 0)
  if (u32[(at + BatchHeader.HeaderCrc) >> 2] !== crc) return BatchFault.Header
  const isOurs =
    u32[(at + BatchHeader.JournalIdLow) >> 2] === identity.idLow &&
    u32[(at + BatchHeader.JournalIdHigh) >> 2] === identity.idHigh &&
    u32[(at + BatchHeader.SegmentNumber) >> 2] === segmentNumber
  return isOurs ? BatchFault.None : BatchFault.Foreign
}

/** Whether a sound header is the successor of `tail`. */
export function isSuccessor(views: RecordViews, at: number, tail: JournalTail): boolean {
  const chained = at + BatchHeader.PayloadBytes
  const chain = crc32c(views.u8, chained, BatchHeader.Bytes - BatchHeader.PayloadBytes, tail.chain)
  return (
    views.f64[(at + BatchHeader.Ordinal) >> 3] === tail.batches && views.u32[(at + BatchHeader.Chain) >> 2] === chain
  )
}

/** Whether a sound header's lengths can be, with `roomBytes` left in the segment behind it. */
export function hasSoundBounds(views: RecordViews, at: number, roomBytes: number): boolean {
  const payloadBytes = views.u32[(at + BatchHeader.PayloadBytes) >> 2]!
  const stream = views.u16[(at + BatchHeader.Stream) >> 1]!
  const records = views.u32[(at + BatchHeader.RecordCount) >> 2]!
  if (payloadBytes > roomBytes || payloadBytes > BATCH_PAYLOAD_BYTES_MAX || payloadBytes % 8 !== 0) return false
  if (views.u32[(at + BatchHeader.RecordBytes) >> 2] !== payloadBytes) return false
  if (stream === JournalStream.Mark) {
    const isSealed = (views.u16[(at + BatchHeader.Flags) >> 1]! & FLAG_SEALED) !== 0
    return payloadBytes === (isSealed ? Seal.Bytes : 0) && records === 0
  }
  if (stream !== JournalStream.Inbound && stream !== JournalStream.Outbound) return false
  return records > 0 && records <= payloadBytes / Header.Bytes
}

/** Whether the payload's checksum agrees. */
export function hasSoundPayload(views: RecordViews, at: number): boolean {
  const payloadBytes = views.u32[(at + BatchHeader.PayloadBytes) >> 2]!
  return views.u32[(at + BatchHeader.PayloadCrc) >> 2] === crc32c(views.u8, at + BatchHeader.Bytes, payloadBytes, 0)
}

/** Whether the records fill the payload, ascend in sequence behind `after`, and are those that the header names. */
export function hasSoundRecords(views: RecordViews, at: number, after: number): boolean {
  const { u32, f64 } = views
  const count = u32[(at + BatchHeader.RecordCount) >> 2]!
  if (count === 0) return true
  const end = at + BatchHeader.Bytes + u32[(at + BatchHeader.PayloadBytes) >> 2]!
  let recordAt = at + BatchHeader.Bytes
  let sequence = after
  if (f64[(recordAt + Header.Sequence) >> 3] !== f64[(at + BatchHeader.FirstSequence) >> 3]) return false
  for (let i = 0; i < count; i++) {
    const length = u32[(recordAt + Header.Length) >> 2]!
    if (length < Header.Bytes || length % 8 !== 0 || recordAt + length > end) return false
    const next = f64[(recordAt + Header.Sequence) >> 3]!
    if (!(next > sequence)) return false
    sequence = next
    recordAt += length
  }
  return recordAt === end && sequence === f64[(at + BatchHeader.LastSequence) >> 3]
}
