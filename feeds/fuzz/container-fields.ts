import { Block, BlockType, ByteOrder, InterfaceBlock, PacketBlock, SectionHeader } from '../capture/pcapng-layout.ts'
import { FRAME_MAGIC, isSkippableMagic, readFrameHeader, BlockType as ZstdBlock } from '../capture/zstd-layout.ts'
import { GzipMember } from '../gzip/layout.ts'
import { FieldKind, type FieldList } from './field-list.ts'
import { readBig, readLittle } from './walk-fields.ts'

/** Offsets in a pcap file header and in a record (draft-ietf-opsawg-pcap, sections 4 and 5). */
enum Pcap {
  Magic = 0,
  SnapLength = 16,
  LinkType = 20,
  HeaderBytes = 24,
  CapturedLength = 8,
  OriginalLength = 12,
}

const PCAP_RECORD_BYTES = 16

const PCAP_BIG_FIRST = 0xa1
const ZSTD_BLOCK_HEADER_BYTES = 3
const FRAME_HEADER_BYTES_MIN = 6

/** pcap of either byte order: the header, and each record's times and lengths. */
export function findPcapFields(input: Uint8Array, fields: FieldList): void {
  if (input.length < Pcap.HeaderBytes) return
  const isLittle = input[0] !== PCAP_BIG_FIRST
  fields.add(FieldKind.Code, Pcap.Magic, 4, isLittle)
  fields.add(FieldKind.Length, Pcap.SnapLength, 4, isLittle)
  fields.add(FieldKind.Code, Pcap.LinkType, 4, isLittle)
  for (let at: number = Pcap.HeaderBytes; at + PCAP_RECORD_BYTES <= input.length; ) {
    fields.add(FieldKind.Number, at, 4, isLittle)
    fields.add(FieldKind.Number, at + 4, 4, isLittle)
    fields.add(FieldKind.Length, at + Pcap.CapturedLength, 4, isLittle)
    fields.add(FieldKind.Length, at + Pcap.OriginalLength, 4, isLittle)
    const captured = at + Pcap.CapturedLength
    const end = at + PCAP_RECORD_BYTES + (isLittle ? readLittle(input, captured, 4) : readBig(input, captured, 4))
    fields.addPart(at, Math.min(input.length, end))
    at = end
  }
}

/** pcapng of either byte order: each block's type and lengths, an interface's options, a packet's lengths. */
export function findPcapNgFields(input: Uint8Array, fields: FieldList): void {
  const isLittle = readBig(input, SectionHeader.ByteOrder, 4) !== ByteOrder.Big
  for (let at = 0; at + Block.Bytes <= input.length; ) {
    const type = isLittle ? readLittle(input, at, 4) : readBig(input, at, 4)
    const length = isLittle ? readLittle(input, at + Block.Length, 4) : readBig(input, at + Block.Length, 4)
    const end = Math.min(input.length, at + Math.max(Block.Bytes, length))
    fields.add(FieldKind.Code, at + Block.Type, 4, isLittle)
    fields.add(FieldKind.Length, at + Block.Length, 4, isLittle)
    fields.add(FieldKind.Length, end - 4, 4, isLittle)
    if (type === BlockType.Interface && at + InterfaceBlock.Bytes <= end) {
      fields.add(FieldKind.Code, at + InterfaceBlock.LinkType, 2, isLittle)
      fields.add(FieldKind.Length, at + InterfaceBlock.SnapLength, 4, isLittle)
      fields.add(FieldKind.Code, at + InterfaceBlock.Options, 2, isLittle)
      fields.add(FieldKind.Length, at + InterfaceBlock.Options + 2, 2, isLittle)
    } else if (type !== BlockType.SectionHeader && at + PacketBlock.Bytes <= end) {
      fields.add(FieldKind.Number, at + PacketBlock.Interface, 4, isLittle)
      fields.add(FieldKind.Number, at + PacketBlock.TimeHigh, 4, isLittle)
      fields.add(FieldKind.Length, at + PacketBlock.CapturedLength, 4, isLittle)
      fields.add(FieldKind.Length, at + PacketBlock.OriginalLength, 4, isLittle)
    }
    fields.addPart(at, end)
    at = end
  }
}

/** A gzip member without options: method, flags, the first bits of its data, checksum and length. */
export function findGzipFields(input: Uint8Array, fields: FieldList): void {
  if (input.length < GzipMember.HeaderBytes + GzipMember.TrailerBytes) return
  fields.add(FieldKind.Code, GzipMember.Method, 1, true)
  fields.add(FieldKind.Code, GzipMember.Flags, 1, true)
  // Kind of the first deflate block and the lengths of its code tables (RFC 1951, sections 3.2.3 and 3.2.7).
  for (let i = 0; i < 4; i++) fields.add(FieldKind.Code, GzipMember.HeaderBytes + i, 1, true)
  fields.add(FieldKind.Number, input.length - GzipMember.TrailerBytes, 4, true)
  fields.add(FieldKind.Length, input.length - 4, 4, true)
  fields.addPart(0, input.length)
}

/** zstd frames: descriptor and window, and of each block its header and the first bytes of its sections. */
export function findZstdFields(input: Uint8Array, fields: FieldList): void {
  let at = 0
  while (at + FRAME_HEADER_BYTES_MIN <= input.length) {
    const magic = readLittle(input, at, 4)
    fields.add(FieldKind.Code, at, 4, true)
    if (isSkippableMagic(magic)) {
      fields.add(FieldKind.Length, at + 4, 4, true)
      at += 8 + readLittle(input, at + 4, 4)
      continue
    }
    const header = magic === FRAME_MAGIC ? readFrameHeader(input, at, input.length - at) : undefined
    if (header === undefined) return
    fields.add(FieldKind.Code, at + 4, 1, true)
    fields.add(FieldKind.Length, at + 5, 1, true)
    at = findZstdBlocks(input, at + header.headerBytes, header.hasChecksum, fields)
  }
}

/** @returns behind the frame */
function findZstdBlocks(input: Uint8Array, from: number, hasChecksum: boolean, fields: FieldList): number {
  let at = from
  for (let isLast = false; !isLast && at + ZSTD_BLOCK_HEADER_BYTES <= input.length; ) {
    const word = readLittle(input, at, ZSTD_BLOCK_HEADER_BYTES)
    isLast = (word & 1) === 1
    const type = (word >> 1) & 3
    const end = at + ZSTD_BLOCK_HEADER_BYTES + (type === ZstdBlock.Repeat ? 1 : word >> 3)
    fields.add(FieldKind.Length, at, ZSTD_BLOCK_HEADER_BYTES, true)
    if (type === ZstdBlock.Compressed) {
      for (let i = 3; i < 8 && at + i < Math.min(end, input.length); i++) fields.add(FieldKind.Code, at + i, 1, true)
    }
    fields.addPart(at, Math.min(end, input.length))
    at = end
  }
  return at + (hasChecksum ? 4 : 0)
}
