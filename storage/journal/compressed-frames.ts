/**
 * Finds the frames of a compressed segment without its index: for a file that was cut short, or whose index was damaged. What
 * lies where is RFC 8878, 3.1.1 (frame header) and 3.1.1.2 (blocks).
 */
import { FRAME_CONTENT_BYTES } from './compressed-layout.ts'

const FRAME_MAGIC = 0xfd2fb528
const FRAME_MAGIC_BYTES = 4
/** Magic, descriptor, window, dictionary, content size at their longest. */
const FRAME_HEADER_BYTES_MAX = 18
const BLOCK_HEADER_BYTES = 3
const CHECKSUM_BYTES = 4
const DICTIONARY_BYTES = [0, 1, 2, 4]
const RLE_BLOCK = 1

/** Reads at most `length` bytes at a place; fewer where the file ends. */
export type ReadAt = (position: number, length: number) => Buffer

export interface FoundFrames {
  /** Where each whole frame begins; one more for the end of the last. */
  readonly offsets: number[]
  /** Of the segment, in whole frames. */
  readonly contentBytes: number
}

interface FrameHeader {
  readonly bytes: number
  readonly contentBytes: number
  readonly hasChecksum: boolean
}

function readFrameHeader(bytes: Buffer): FrameHeader | undefined {
  if (bytes.length <= FRAME_MAGIC_BYTES || bytes.readUInt32LE(0) !== FRAME_MAGIC) return undefined
  const descriptor = bytes[FRAME_MAGIC_BYTES]!
  const isSingle = (descriptor & 0x20) !== 0
  const sizeCode = descriptor >> 6
  const sizeBytes = sizeCode === 0 ? Number(isSingle) : 1 << sizeCode
  const sizeAt = FRAME_MAGIC_BYTES + 1 + Number(!isSingle) + DICTIONARY_BYTES[descriptor & 3]!
  if (bytes.length < sizeAt + sizeBytes) return undefined
  // A content size of two bytes counts from 256; one of eight is beyond what a frame here holds in all but its low bytes.
  let contentBytes = FRAME_CONTENT_BYTES
  if (sizeBytes > 0) contentBytes = bytes.readUIntLE(sizeAt, Math.min(4, sizeBytes)) + (sizeBytes === 2 ? 256 : 0)
  if (contentBytes > FRAME_CONTENT_BYTES) return undefined
  return { bytes: sizeAt + sizeBytes, contentBytes, hasChecksum: (descriptor & 4) !== 0 }
}

/** @returns the end of the frame, or -1 where the file ends before */
function findFrameEnd(readAt: ReadAt, blocksAt: number, hasChecksum: boolean, fileBytes: number): number {
  for (let at = blocksAt; at < fileBytes; ) {
    const block = readAt(at, BLOCK_HEADER_BYTES)
    if (block.length < BLOCK_HEADER_BYTES) return -1
    const word = block.readUIntLE(0, BLOCK_HEADER_BYTES)
    at += BLOCK_HEADER_BYTES + (((word >> 1) & 3) === RLE_BLOCK ? 1 : word >> 3)
    if ((word & 1) === 0) continue
    const end = at + (hasChecksum ? CHECKSUM_BYTES : 0)
    return end <= fileBytes ? end : -1
  }
  return -1
}

/** Walks from frame to frame, up to the first that is not whole. Every step goes forward, so it ends. */
export function findFrames(readAt: ReadAt, fileBytes: number, framesMax: number): FoundFrames {
  const offsets = [0]
  let contentBytes = 0
  while (offsets.length <= framesMax) {
    const from = offsets.at(-1)!
    const header = readFrameHeader(readAt(from, FRAME_HEADER_BYTES_MAX))
    if (header === undefined) break
    const end = findFrameEnd(readAt, from + header.bytes, header.hasChecksum, fileBytes)
    if (end < 0) break
    offsets.push(end)
    contentBytes += header.contentBytes
    if (header.contentBytes < FRAME_CONTENT_BYTES) break
  }
  return { offsets, contentBytes }
}
