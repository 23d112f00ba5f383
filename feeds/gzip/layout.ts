/**
 * A member of a gzip file. Source: RFC 1952, section 2.3 "Member format". Numbers are little-endian.
 *
 *      0        2        3       4          8     9    10
 *     ┌────────┬────────┬───────┬──────────┬─────┬────┬─────────────────────────────┬──────────┬───────────┬──────────┐
 *     │ 1f 8b  │ method │ flags │ time u32 │ xfl │ OS │ extra, name, comment, CRC16 │ deflated │ CRC32 u32 │ size u32 │
 *     └────────┴────────┴───────┴──────────┴─────┴────┴─────────────────────────────┴──────────┴───────────┴──────────┘
 *                                                       each where its flag is set              0          4      8
 */
export enum GzipMember {
  Method = 2,
  Flags = 3,
  HeaderBytes = 10,
  TrailerBytes = 8,
}

/** Offsets in the trailer: of the decompressed bytes, their checksum and their number modulo 2³². */
export enum GzipTrailer {
  Checksum = 0,
  Size = 4,
}

/** RFC 1952, section 2.3.1 "FLG"; `Reserved` bits must be zero. */
export enum GzipFlag {
  HeaderChecksum = 0x02,
  Extra = 0x04,
  Name = 0x08,
  Comment = 0x10,
  Reserved = 0xe0,
}

export const GZIP_MAGIC = [0x1f, 0x8b] as const
export const METHOD_DEFLATE = 8

/** Kinds of deflate blocks (RFC 1951, section 3.2.3). */
export enum DeflateBlock {
  Stored = 0,
  FixedCodes = 1,
  OwnCodes = 2,
}
