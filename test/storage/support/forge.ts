/** Alters a journal as somebody would who knows its format: every checksum and chain is made to agree again. */
import { crc32c } from '../../../kernels/host/crc32c.ts'
import { RecordViews } from '../../../kernels/records/views.ts'
import { BatchHeader, SEGMENT_HEADER_BYTES, SegmentHeader } from '../../../storage/journal/layout.ts'
import type { MemoryStorage } from './memory-storage.ts'

function viewsOf(image: Uint8Array): RecordViews {
  return new RecordViews(image.buffer as ArrayBuffer, image.byteOffset)
}

/** Makes the checksums of a segment's header agree with it. */
export function fixHeader(image: Uint8Array): void {
  const { u32, u8 } = viewsOf(image)
  const rest = SegmentHeader.HeaderCrc + 4
  const head = crc32c(u8, 0, SegmentHeader.HeaderCrc, 0)
  u32[SegmentHeader.HeaderCrc >> 2] = crc32c(u8, rest, SEGMENT_HEADER_BYTES - rest, head)
}

/** Makes payload checksums, chains and header checksums of all batches agree with their bytes. @returns the last chain */
export function fixBatches(image: Uint8Array): number {
  const { u32, u8 } = viewsOf(image)
  let chain = u32[SegmentHeader.ChainBefore >> 2]!
  for (let at = SEGMENT_HEADER_BYTES; at + BatchHeader.Bytes <= image.length && u32[at >> 2] !== 0; ) {
    const payloadBytes = u32[(at + BatchHeader.PayloadBytes) >> 2]!
    u32[(at + BatchHeader.PayloadCrc) >> 2] = crc32c(u8, at + BatchHeader.Bytes, payloadBytes, 0)
    const chained = at + BatchHeader.PayloadBytes
    chain = crc32c(u8, chained, at + BatchHeader.Bytes - chained, chain)
    u32[(at + BatchHeader.Chain) >> 2] = chain
    u32[(at + BatchHeader.HeaderCrc) >> 2] = crc32c(
      u8,
      at + BatchHeader.Chain,
      BatchHeader.Bytes - BatchHeader.Chain,
      0,
    )
    at += BatchHeader.Bytes + payloadBytes
  }
  return chain
}

/** Makes a whole journal's checksums agree after somebody changed bytes of it; seals stay as they are. */
export function fixChecksums(storage: MemoryStorage): void {
  let chain = 0
  for (const name of [...storage.files.keys()].sort()) {
    const image = storage.files.get(name)!.seen
    viewsOf(image).u32[SegmentHeader.ChainBefore >> 2] = chain
    fixHeader(image)
    chain = fixBatches(image)
  }
}
