/**
 * What of the zstd format the frame walker reads; the blocks' contents are the library's.
 * Source: RFC 8878, sections 3.1.1 (frames), 3.1.1.2 (blocks) and 3.1.2 (skippable frames).
 *
 *      0       4            5             …            …
 *     ┌───────┬────────────┬─────────────┬────────────┬────────┬───┬──────────┐
 *     │ magic │ descriptor │ window,     │ block      │ block  │ … │ checksum │
 *     │ u32   │ u8         │ dictionary, │ header u24 │        │   │ u32, if  │
 *     │       │            │ size        │            │        │   │ declared │
 *     └───────┴────────────┴─────────────┴────────────┴────────┴───┴──────────┘
 *
 * Descriptor: bits 7–6 size of the content size field, 5 single segment, 3 reserved, 2 checksum, 1–0 dictionary id.
 * Block header: bit 0 last block, bits 2–1 type, bits 23–3 size; all little-endian.
 */
export const FRAME_MAGIC = 0xfd2fb528

/** Magic numbers 0x184D2A50 to 0x184D2A5F: a u32 length and as many bytes that are nothing to the reader. */
export function isSkippableMagic(magic: number): boolean {
  return magic >>> 4 === 0x184d2a5
}

/** The longest frame header: magic, descriptor, window, dictionary id, content size. */
export const FRAME_HEADER_BYTES_MAX = 18
/** A block's compressed and its decompressed size are at most this (Block_Maximum_Size). */
export const BLOCK_BYTES_MAX = 1 << 17
/** The largest window that is decoded, as zstd does unless it is told otherwise (ZSTD_WINDOWLOG_LIMIT_DEFAULT). */
export const WINDOW_BYTES_MAX = 1 << 27

export enum BlockType {
  Raw = 0,
  /** One byte, repeated. */
  Repeat = 1,
  Compressed = 2,
}

/** What a frame's header says. */
export interface FrameHeader {
  readonly headerBytes: number
  /** How far back its matches may reach, which is what must be kept. */
  readonly windowBytes: number
  readonly hasChecksum: boolean
  readonly needsDictionary: boolean
}

/**
 * Reads a frame's header behind its magic number.
 * @param bytes at least `FRAME_HEADER_BYTES_MAX` from `at`, or all that the file has
 * @returns undefined when it is none, or incomplete
 */
export function readFrameHeader(bytes: Uint8Array, at: number, length: number): FrameHeader | undefined {
  if (length < 6) return undefined
  const descriptor = bytes[at + 4]!
  if ((descriptor & 0x08) !== 0) return undefined
  const isSingle = (descriptor & 0x20) !== 0
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!
  const sizeCode = descriptor >> 6
  const sizeBytes = sizeCode === 0 ? (isSingle ? 1 : 0) : 1 << sizeCode
  const dictionaryAt = at + (isSingle ? 5 : 6)
  const headerBytes = dictionaryAt + dictionaryBytes + sizeBytes - at
  if (length < headerBytes) return undefined
  let dictionary = 0
  for (let i = 0; i < dictionaryBytes; i++) dictionary |= bytes[dictionaryAt + i]!
  let contentBytes = sizeCode === 1 ? 256 : 0
  for (let i = 0; i < sizeBytes; i++) contentBytes += bytes[dictionaryAt + dictionaryBytes + i]! * 2 ** (8 * i)
  const logarithm = 10 + (bytes[at + 5]! >> 3)
  const windowBytes = isSingle ? contentBytes : 2 ** logarithm + 2 ** (logarithm - 3) * (bytes[at + 5]! & 7)
  return { headerBytes, windowBytes, hasChecksum: (descriptor & 0x04) !== 0, needsDictionary: dictionary !== 0 }
}
