import { readI32 } from '../itch50/wire.ts'
import { type FileProtocol, Sureness } from '../protocol/protocol.ts'
import { FILE_PROTOCOLS } from '../protocol/registry.ts'

/** What a file is, by its first bytes; its name says nothing. */
export enum CaptureKind {
  Unknown = 0,
  Pcap = 1,
  PcapNg = 2,
  /** Messages or records of one protocol, without packets around them. */
  Messages = 3,
}

/** A file's kind, and the protocol of its messages where it holds no packets. */
export type RecognisedKind =
  | { readonly kind: CaptureKind.Unknown | CaptureKind.Pcap | CaptureKind.PcapNg }
  | { readonly kind: CaptureKind.Messages; readonly protocol: FileProtocol; readonly sureness: Sureness }

/** Name of a kind in reports. */
export function nameKind(recognised: RecognisedKind): string {
  if (recognised.kind === CaptureKind.Messages) return recognised.protocol.name
  return recognised.kind === CaptureKind.Pcap ? 'pcap' : recognised.kind === CaptureKind.PcapNg ? 'pcapng' : 'unknown'
}

/** How sure a file's kind is, by its name in reports; containers of packets have magic numbers. */
export function nameKindSureness(recognised: RecognisedKind): 'certain' | 'likely' | 'possible' {
  if (recognised.kind !== CaptureKind.Messages || recognised.sureness === Sureness.Certain) return 'certain'
  return recognised.sureness === Sureness.Likely ? 'likely' : 'possible'
}

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
export const RECOGNISE_BYTES = 4096

/**
 * Recognises an uncompressed capture by its first bytes.
 * @param protocols those that a file without packets may be of
 */
export function recogniseCapture(
  head: Uint8Array,
  protocols: readonly FileProtocol[] = FILE_PROTOCOLS,
): RecognisedKind {
  if (head.length >= 4) {
    const magic = readI32(head, 0)
    if (magic === PCAPNG_SECTION) return { kind: CaptureKind.PcapNg }
    if (
      magic === PcapMagic.BigMicros ||
      magic === PcapMagic.LittleMicros ||
      magic === PcapMagic.BigNanos ||
      magic === PcapMagic.LittleNanos
    ) {
      return { kind: CaptureKind.Pcap }
    }
  }
  let best: RecognisedKind = { kind: CaptureKind.Unknown }
  let most = Sureness.No
  for (const protocol of protocols) {
    const sureness = protocol.recogniseHead(head, head.length < RECOGNISE_BYTES)
    if (sureness <= most) continue
    most = sureness
    best = { kind: CaptureKind.Messages, protocol, sureness }
  }
  return best
}
