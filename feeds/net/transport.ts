import { readI32, readU16 } from '../itch50/wire.ts'
import { PacketField, TRANSPORT_TCP } from './packet-fields.ts'
import { Undecoded } from './undecoded.ts'

/*
 * UDP   0 source u16  2 target u16  4 length u16  6 checksum u16  8 …                                        RFC 768
 * TCP   0 source u16  2 target u16  4 sequence u32  8 acknowledged u32  12 header words << 4  13 flags
 *       14 window u16  16 checksum u16  18 urgent u16  20 options …                                           RFC 9293, 3.1
 */
export enum Udp {
  Length = 4,
  Checksum = 6,
  Bytes = 8,
}

export enum Tcp {
  Sequence = 4,
  HeaderWords = 12,
  Flags = 13,
  Checksum = 16,
  Bytes = 20,
}

export enum TcpFlag {
  Fin = 1,
  Syn = 2,
  Reset = 4,
}

/** Assigned protocol numbers (IANA). */
export enum IpProtocol {
  Icmp = 1,
  Igmp = 2,
  Tcp = 6,
  Udp = 17,
  Icmpv6 = 58,
}

/**
 * Parses what lies behind the IP headers.
 * @param wireEnd of the IP datagram on the wire, and `end` of what the capture holds of it
 * @param fields `Transport` tells the IP version; bit 1 is set here for TCP
 */
export function parseTransport(
  bytes: Uint8Array,
  at: number,
  wireEnd: number,
  end: number,
  protocol: number,
  fields: Int32Array,
): Undecoded {
  fields[PacketField.HeaderAt] = at
  fields[PacketField.IpProtocol] = protocol
  if (protocol === IpProtocol.Udp) return parseUdp(bytes, at, wireEnd, end, fields)
  if (protocol === IpProtocol.Tcp) return parseTcp(bytes, at, wireEnd, end, fields)
  if (protocol === IpProtocol.Igmp) return Undecoded.Igmp
  return protocol === IpProtocol.Icmp || protocol === IpProtocol.Icmpv6 ? Undecoded.Icmp : Undecoded.OtherIpProtocol
}

function parseUdp(bytes: Uint8Array, at: number, wireEnd: number, end: number, fields: Int32Array): Undecoded {
  if (at + Udp.Bytes > wireEnd) return Undecoded.BadUdpLength
  if (at + Udp.Bytes > end) return Undecoded.ShortFrame
  const udpBytes = readU16(bytes, at + Udp.Length)
  const udpEnd = at + udpBytes
  if (udpBytes < Udp.Bytes || udpEnd > wireEnd) return Undecoded.BadUdpLength
  return notePayload(bytes, at, at + Udp.Bytes, udpEnd, Math.min(udpEnd, end), fields)
}

function parseTcp(bytes: Uint8Array, at: number, wireEnd: number, end: number, fields: Int32Array): Undecoded {
  if (at + Tcp.Bytes > wireEnd) return Undecoded.BadTcpHeader
  if (at + Tcp.Bytes > end) return Undecoded.ShortFrame
  const headerBytes = (bytes[at + Tcp.HeaderWords]! >> 4) << 2
  const payloadAt = at + headerBytes
  if (headerBytes < Tcp.Bytes || payloadAt > wireEnd) return Undecoded.BadTcpHeader
  fields[PacketField.Transport] = fields[PacketField.Transport]! | TRANSPORT_TCP
  fields[PacketField.TcpSequence] = readI32(bytes, at + Tcp.Sequence)
  fields[PacketField.TcpFlags] = bytes[at + Tcp.Flags]!
  return notePayload(bytes, at, payloadAt, wireEnd, end, fields)
}

function notePayload(
  bytes: Uint8Array,
  at: number,
  payloadAt: number,
  wireEnd: number,
  end: number,
  fields: Int32Array,
): Undecoded {
  fields[PacketField.SourcePort] = readU16(bytes, at)
  fields[PacketField.TargetPort] = readU16(bytes, at + 2)
  fields[PacketField.PayloadAt] = Math.min(payloadAt, end)
  fields[PacketField.PayloadLength] = Math.max(0, end - payloadAt)
  fields[PacketField.WireLength] = wireEnd - payloadAt
  fields[PacketField.IsCut] = end < wireEnd ? 1 : 0
  return Undecoded.None
}
