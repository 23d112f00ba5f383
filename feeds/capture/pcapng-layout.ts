/**
 * pcapng. Source: IETF draft-ietf-opsawg-pcapng, sections 3.1 "General Block Structure" and 4 "Block Definition".
 *
 *     every block      0 type  4 total length  8 body …  (total length − 4) total length
 *     section header   8 byte-order magic  12 major u16  14 minor u16  16 section length i64  24 options
 *     interface        8 link type u16  10 reserved  12 snaplen  16 options
 *     enhanced packet  8 interface  12 time high  16 time low  20 captured  24 original  28 frame, options
 *     simple packet    8 original  12 frame
 *     packet (old)     8 interface u16  10 drops u16  12 time high  16 time low  20 captured  24 original  28 frame
 *
 * Lengths count the whole block and are multiples of 4; frames and options are padded to 4 bytes.
 */
export enum BlockType {
  SectionHeader = 0x0a0d0d0a,
  Interface = 1,
  Packet = 2,
  SimplePacket = 3,
  EnhancedPacket = 6,
}

export enum Block {
  Type = 0,
  Length = 4,
  /** Type and both lengths: the least block. */
  Bytes = 12,
}

export enum SectionHeader {
  ByteOrder = 8,
  Bytes = 28,
}

export enum InterfaceBlock {
  LinkType = 8,
  SnapLength = 12,
  Options = 16,
  Bytes = 20,
}

/** Enhanced packets and, but for the width of the interface, the old packet block. */
export enum PacketBlock {
  Interface = 8,
  TimeHigh = 12,
  TimeLow = 16,
  CapturedLength = 20,
  OriginalLength = 24,
  Frame = 28,
  Bytes = 32,
}

export enum SimplePacketBlock {
  OriginalLength = 8,
  Frame = 12,
  Bytes = 16,
}

/** The byte-order magic, read big-endian. */
export enum ByteOrder {
  Big = 0x1a2b3c4d,
  Little = 0x4d3c2b1a,
}

/** Interface options (section 4.2). */
export enum InterfaceOption {
  End = 0,
  /** Resolution of times: 10^−n, or 2^−n with the upper bit set; 10^−6 where absent. */
  TimeResolution = 9,
  /** Seconds to be added to all times, i64. */
  TimeOffset = 14,
}

/** No block is believed to be longer; what is not a packet is passed over without being held in memory. */
export const BLOCK_BYTES_MAX = 1 << 28
/** Interfaces of a section that are kept; packets of further ones are skipped and counted. */
export const INTERFACES_MAX = 1024
