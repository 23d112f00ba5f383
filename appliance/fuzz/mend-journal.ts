import { crc32c } from '../../kernels/host/crc32c.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { BATCH_MAGIC, BatchHeader, SEGMENT_HEADER_BYTES, SegmentHeader } from '../../storage/journal/layout.ts'

/**
 * Puts the checksums of a segment right, as far as its batches follow each other: damage that they would give away is read like
 * what a writer with a defect has written.
 * @param end behind the segment's last byte
 */
export function mendSegment(views: RecordViews, start: number, end: number): void {
  const { u32, u8 } = views
  if (end - start < SEGMENT_HEADER_BYTES) return
  const crcAt = start + SegmentHeader.HeaderCrc
  const head = crc32c(u8, start, SegmentHeader.HeaderCrc, 0)
  u32[crcAt >> 2] = crc32c(u8, crcAt + 4, SEGMENT_HEADER_BYTES - SegmentHeader.HeaderCrc - 4, head)
  let chain = u32[(start + SegmentHeader.ChainBefore) >> 2]!
  let at = start + SEGMENT_HEADER_BYTES
  while (at + BatchHeader.Bytes <= end && u32[(at + BatchHeader.Magic) >> 2] === BATCH_MAGIC) {
    const payloadBytes = u32[(at + BatchHeader.PayloadBytes) >> 2]! & ~7
    const payloadAt = at + BatchHeader.Bytes
    if (payloadBytes < 0 || payloadAt + payloadBytes > end) return
    chain = mendBatch(views, at, payloadBytes, chain)
    at = payloadAt + payloadBytes
  }
}

/** @returns the batch's chain */
function mendBatch({ u32, u8 }: RecordViews, at: number, payloadBytes: number, chain: number): number {
  const payloadAt = at + BatchHeader.Bytes
  u32[(at + BatchHeader.PayloadBytes) >> 2] = payloadBytes
  u32[(at + BatchHeader.RecordBytes) >> 2] = payloadBytes
  u32[(at + BatchHeader.PayloadCrc) >> 2] = crc32c(u8, payloadAt, payloadBytes, 0)
  const chained = at + BatchHeader.PayloadBytes
  u32[(at + BatchHeader.Chain) >> 2] = crc32c(u8, chained, payloadAt - chained, chain)
  const covered = at + BatchHeader.Chain
  u32[(at + BatchHeader.HeaderCrc) >> 2] = crc32c(u8, covered, payloadAt - covered, 0)
  return u32[(at + BatchHeader.Chain) >> 2]!
}
