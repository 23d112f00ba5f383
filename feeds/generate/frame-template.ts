/**
 * Ethernet, IPv4 and UDP around a payload, from one sender to one multicast group.
 * Sources: RFC 791 (IPv4 header), RFC 768 (UDP), RFC 1071 (checksum), RFC 1112 section 6.4 (group to Ethernet address).
 *
 *      0         6        12       14                     34                  42
 *     ┌─────────┬────────┬────────┬──────────────────────┬───────────────────┬───────────
 *     │ dst MAC │ src    │ 0x0800 │ IPv4, 20 bytes       │ UDP, 8 bytes      │ payload …
 *     └─────────┴────────┴────────┴──────────────────────┴───────────────────┴───────────
 */
const IP_AT = 14
const UDP_AT = 34
const PAYLOAD_AT = 42
const IP_BYTES = 20
const UDP_BYTES = 8

export interface FrameAddress {
  /** Multicast group and sender as dotted IPv4 addresses. */
  readonly group: string
  readonly source: string
  readonly port: number
}

/** The constant headers of a session's frames, ready to be completed with lengths, identification and checksums. */
export class FrameTemplate {
  private readonly header = new Uint8Array(PAYLOAD_AT)
  private identification = 0

  constructor(address: FrameAddress) {
    const group = address.group.split('.').map(Number)
    const source = address.source.split('.').map(Number)
    this.header.set([0x01, 0x00, 0x5e, group[1]! & 0x7f, group[2]!, group[3]!], 0)
    this.header.set([0x02, 0x00, ...source], 6)
    this.header.set([0x08, 0x00], 12)
    // Version 4, header of five words; not to be fragmented, 15 hops, protocol 17 (UDP).
    this.header.set([0x45, 0, 0, 0, 0, 0, 0x40, 0, 15, 17, 0, 0, ...source, ...group], IP_AT)
    const sourcePort = 49_152 + (address.port & 0x3fff)
    this.header.set([sourcePort >> 8, sourcePort & 0xff, address.port >> 8, address.port & 0xff], UDP_AT)
  }

  /** Writes the whole frame at `at`; returns its length. */
  write(target: Uint8Array, at: number, payload: Uint8Array, payloadBytes: number): number {
    target.set(this.header, at)
    for (let i = 0; i < payloadBytes; i++) target[at + PAYLOAD_AT + i] = payload[i]!
    const udpBytes = UDP_BYTES + payloadBytes
    putU16(target, at + IP_AT + 2, IP_BYTES + udpBytes)
    putU16(target, at + IP_AT + 4, this.identification)
    this.identification = (this.identification + 1) & 0xffff
    putU16(target, at + IP_AT + 10, checksum(target, at + IP_AT, IP_BYTES, 0))
    putU16(target, at + UDP_AT + 4, udpBytes)
    // The pseudo header: both addresses (the twelfth to the last byte of the IPv4 header), protocol and length.
    const pseudo = 17 + udpBytes + sumWords(target, at + IP_AT + 12, 8)
    const sum = checksum(target, at + UDP_AT, udpBytes, pseudo)
    // RFC 768: a computed zero is sent as all ones, since zero means "none".
    putU16(target, at + UDP_AT + 6, sum === 0 ? 0xffff : sum)
    return PAYLOAD_AT + payloadBytes
  }
}

function putU16(target: Uint8Array, at: number, value: number): void {
  target[at] = value >>> 8
  target[at + 1] = value
}

function sumWords(bytes: Uint8Array, at: number, length: number): number {
  let sum = 0
  for (let i = 0; i + 1 < length; i += 2) sum += (bytes[at + i]! << 8) | bytes[at + i + 1]!
  if (length & 1) sum += bytes[at + length - 1]! << 8
  return sum
}

function checksum(bytes: Uint8Array, at: number, length: number, start: number): number {
  let sum = start + sumWords(bytes, at, length)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}
