/**
 * A sealed segment, compressed: `0000000001.xkj.zst` in place of `0000000001.xkj`. It is a file of Zstandard frames (RFC 8878), each
 * of one stretch of the segment, in the Zstandard Seekable Format (facebook/zstd, contrib/seekable_format): the index of the
 * frames is a skippable frame at the end. So `zstd -d` gives the segment back, byte for byte, and a reader turns to any frame.
 *
 *     ┌─────────┬─────────┬─────┬─────────────────────────────────────────────────────────────────────┐
 *     │ frame 0 │ frame 1 │  …  │ skippable magic │ bytes │ entries: compressed u32, content u32 │ footer │
 *     └─────────┴─────────┴─────┴─────────────────────────────────────────────────────────────────────┘
 *
 * Footer: number of frames u32, descriptor u8 (0: no checksums, the batches have their own), seekable magic u32. Little-endian.
 */
export const COMPRESSED_SUFFIX = '.zst'
export const SKIPPABLE_MAGIC = 0x184d2a5e
export const SEEKABLE_MAGIC = 0x8f92eab1
export const SKIPPABLE_HEADER_BYTES = 8

/** Bytes of an entry of the index, and where its parts are. */
export enum SeekEntry {
  CompressedBytes = 0,
  ContentBytes = 4,
  Bytes = 8,
}

/** Offsets within the footer. */
export enum SeekFooter {
  Frames = 0,
  Descriptor = 4,
  Magic = 5,
  Bytes = 9,
}

/** Of the segment, in one frame: what a reader decompresses to get at any byte of it. */
export const FRAME_CONTENT_BYTES = 1 << 20

if (SeekFooter.Magic + 4 !== SeekFooter.Bytes || SeekEntry.ContentBytes + 4 !== SeekEntry.Bytes) {
  throw new Error('compressed segment layout: the index does not add up')
}
