import { ITCH50_LENGTH } from '../itch50/layout.ts'
import { readI32, readU16 } from '../itch50/wire.ts'

/** What a file is, by its first bytes; its name says nothing. */
export enum CaptureKind {
  Unknown = 0,
  Pcap = 1,
  PcapNg = 2,
  /** ITCH 5.0 messages, each behind a big-endian u16 length (Nasdaq BinaryFILE). */
  RawItch50 = 3,
}

/** Names in reports, by `CaptureKind`. */
export const CAPTURE_KIND_NAMES: readonly string[] = ['unknown', 'pcap', 'pcapng', 'itch50']

/** The first word of a pcap file read big-endian: either byte order, microseconds or nanoseconds. */
export enum PcapMagic {
  BigMicros = 0xa1b2c3d4 | 0,
  LittleMicros = 0xd4c3b2a1 | 0,
  BigNanos = 0xa1b23c4d | 0,
  LittleNanos = 0x4d3cb2a1 | 0,
}

/** The type of a section header block; the same in both byte orders. */
export const PCAPNG_SECTION = 0x0a0d0d0a

/** Bytes that `recogniseCapture` wants to see; fewer do when the file has no more. */
export const RECOGNISE_BYTES = 512
/** Messages looked at in a raw file: damage to the first one alone does not hide what the file is. */
const MESSAGES_LOOKED_AT = 4
const MESSAGE_BYTES_MAX = 256

/** Whether the bytes begin a gzip member (RFC 1952, section 2.3.1). */
export function isGzip(head: Uint8Array): boolean {
  return head.length >= 2 && head[0] === 0x1f && head[1] === 0x8b
}

/** Recognises an uncompressed capture by its first bytes. */
export function recogniseCapture(head: Uint8Array): CaptureKind {
  if (head.length >= 4) {
    const magic = readI32(head, 0)
    if (magic === PCAPNG_SECTION) return CaptureKind.PcapNg
    if (
      magic === PcapMagic.BigMicros ||
      magic === PcapMagic.LittleMicros ||
      magic === PcapMagic.BigNanos ||
      magic === PcapMagic.LittleNanos
    ) {
      return CaptureKind.Pcap
    }
  }
  return looksLikeRawItch50(head) ? CaptureKind.RawItch50 : CaptureKind.Unknown
}

function looksLikeRawItch50(head: Uint8Array): boolean {
  let at = 0
  for (let i = 0; i < MESSAGES_LOOKED_AT && at + 3 <= head.length; i++) {
    const length = readU16(head, at)
    if (length === 0 || length > MESSAGE_BYTES_MAX) return false
    if (ITCH50_LENGTH[head[at + 2]!] === length) return true
    at += 2 + length
  }
  return false
}
