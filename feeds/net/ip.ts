import { readI32, readU16 } from '../itch50/wire.ts'
import { ADDRESS_WORDS, PacketField, TRANSPORT_V6, Transport } from './packet-fields.ts'
import { parseTransport } from './transport.ts'
import { Undecoded } from './undecoded.ts'

/*
 * IPv4      0 version, words  2 length u16  4 id u16  6 flags, fragment offset u16  9 protocol  12 source 4  16 target 4
 *           20 options …                                                                             RFC 791, 3.1
 * IPv6      0 version  4 payload length u16  6 next header  8 source 16  24 target 16  40 …          RFC 8200, 3
 * extension 0 next header  1 length in 8 bytes, without the first 8  2 …                             RFC 8200, 4
 * fragment  0 next header  2 offset u13, reserved, more  4 id u32  8 …                               RFC 8200, 4.5
 * authentication  0 next header  1 length in 4 bytes, without 8  2 …                                 RFC 4302, 2
 */
enum Ipv4 {
  Length = 2,
  Id = 4,
  Fragment = 6,
  Protocol = 9,
  Source = 12,
  Target = 16,
  Bytes = 20,
}

enum Ipv6 {
  PayloadLength = 4,
  NextHeader = 6,
  Source = 8,
  Target = 24,
  Bytes = 40,
}

enum FragmentHeader {
  Offset = 2,
  Id = 4,
  Bytes = 8,
}

enum Extension {
  HopByHop = 0,
  Routing = 43,
  Fragment = 44,
  Authentication = 51,
  Destination = 60,
  Mobility = 135,
  HostIdentity = 139,
  Shim6 = 140,
}

const MORE_FRAGMENTS_V4 = 0x2000
const OFFSET_MASK_V4 = 0x1fff
const OFFSET_MASK_V6 = 0xfff8
/** Extension headers that are walked; no honest datagram has more. Policy: counted as a bad header. */
export const EXTENSION_HEADERS_MAX = 8

/** Parses a datagram of either version. */
export function parseIp(bytes: Uint8Array, at: number, end: number, fields: Int32Array): Undecoded {
  if (at >= end) return Undecoded.ShortFrame
  return bytes[at]! >> 4 === 6 ? parseIpv6(bytes, at, end, fields) : parseIpv4(bytes, at, end, fields)
}

/**
 * Parses an IPv4 datagram.
 * @param end of the captured bytes
 * @returns IpFragment, with the fields of the fragment, for a piece of a datagram
 */
export function parseIpv4(bytes: Uint8Array, at: number, end: number, fields: Int32Array): Undecoded {
  if (at + Ipv4.Bytes > end) return Undecoded.ShortFrame
  const headerBytes = (bytes[at]! & 15) << 2
  const totalBytes = readU16(bytes, at + Ipv4.Length)
  if (bytes[at]! >> 4 !== 4 || headerBytes < Ipv4.Bytes || totalBytes < headerBytes) return Undecoded.BadIpHeader
  const protocol = bytes[at + Ipv4.Protocol]!
  const ipEnd = at + totalBytes
  fields[PacketField.Transport] = Transport.UdpV4
  fields[PacketField.SourceAddress] = readI32(bytes, at + Ipv4.Source)
  fields[PacketField.TargetAddress] = readI32(bytes, at + Ipv4.Target)
  const fragment = readU16(bytes, at + Ipv4.Fragment)
  if ((fragment & (MORE_FRAGMENTS_V4 | OFFSET_MASK_V4)) !== 0) {
    fields[PacketField.FragmentOffset] = (fragment & OFFSET_MASK_V4) << 3
    fields[PacketField.FragmentHasMore] = (fragment & MORE_FRAGMENTS_V4) === 0 ? 0 : 1
    fields[PacketField.FragmentId] = readU16(bytes, at + Ipv4.Id)
    return describeFragment(at + headerBytes, ipEnd, end, protocol, fields)
  }
  return parseTransport(bytes, at + headerBytes, ipEnd, Math.min(ipEnd, end), protocol, fields)
}

/** Parses an IPv6 datagram; as `parseIpv4`. */
export function parseIpv6(bytes: Uint8Array, at: number, end: number, fields: Int32Array): Undecoded {
  if (at + Ipv6.Bytes > end) return Undecoded.ShortFrame
  if (bytes[at]! >> 4 !== 6) return Undecoded.BadIpHeader
  const ipEnd = at + Ipv6.Bytes + readU16(bytes, at + Ipv6.PayloadLength)
  fields[PacketField.Transport] = Transport.UdpV6
  for (let word = 0; word < ADDRESS_WORDS; word++) {
    fields[PacketField.SourceAddress + word] = readI32(bytes, at + Ipv6.Source + 4 * word)
    fields[PacketField.TargetAddress + word] = readI32(bytes, at + Ipv6.Target + 4 * word)
  }
  return parseIpv6Payload(bytes, at + Ipv6.Bytes, ipEnd, end, bytes[at + Ipv6.NextHeader]!, fields)
}

/**
 * What an IP datagram put together from fragments holds.
 * @param fields those of its last fragment: addresses and protocol
 */
export function parseReassembled(bytes: Uint8Array, length: number, fields: Int32Array): Undecoded {
  const protocol = fields[PacketField.IpProtocol]!
  if ((fields[PacketField.Transport]! & TRANSPORT_V6) === 0) {
    return parseTransport(bytes, 0, length, length, protocol, fields)
  }
  const reason = parseIpv6Payload(bytes, 0, length, length, protocol, fields)
  // A fragment within a datagram put together from fragments: nobody sends that in good faith.
  return reason === Undecoded.IpFragment ? Undecoded.BadIpHeader : reason
}

/** Walks the extension headers. */
function parseIpv6Payload(
  bytes: Uint8Array,
  from: number,
  ipEnd: number,
  capturedEnd: number,
  first: number,
  fields: Int32Array,
): Undecoded {
  const end = Math.min(ipEnd, capturedEnd)
  let at = from
  let next = first
  for (let headers = 0; headers <= EXTENSION_HEADERS_MAX; headers++) {
    if (!isExtension(next)) return parseTransport(bytes, at, ipEnd, end, next, fields)
    if (at + FragmentHeader.Bytes > ipEnd) return Undecoded.BadIpHeader
    if (at + FragmentHeader.Bytes > end) return Undecoded.ShortFrame
    if (next === Extension.Fragment) {
      const offset = readU16(bytes, at + FragmentHeader.Offset)
      // An atomic fragment is a whole datagram (RFC 6946).
      if ((offset & (OFFSET_MASK_V6 | 1)) !== 0) {
        fields[PacketField.FragmentOffset] = offset & OFFSET_MASK_V6
        fields[PacketField.FragmentHasMore] = offset & 1
        fields[PacketField.FragmentId] = readI32(bytes, at + FragmentHeader.Id)
        return describeFragment(at + FragmentHeader.Bytes, ipEnd, capturedEnd, bytes[at]!, fields)
      }
    }
    const headerBytes = measureExtension(next, bytes[at + 1]!)
    next = bytes[at]!
    at += headerBytes
  }
  return Undecoded.BadIpHeader
}

function isExtension(next: number): boolean {
  switch (next) {
    case Extension.HopByHop:
    case Extension.Routing:
    case Extension.Fragment:
    case Extension.Authentication:
    case Extension.Destination:
    case Extension.Mobility:
    case Extension.HostIdentity:
    case Extension.Shim6:
      return true
    default:
      return false
  }
}

function measureExtension(type: number, length: number): number {
  if (type === Extension.Fragment) return FragmentHeader.Bytes
  return type === Extension.Authentication ? (length + 2) << 2 : (length + 1) << 3
}

function describeFragment(
  at: number,
  ipEnd: number,
  capturedEnd: number,
  protocol: number,
  fields: Int32Array,
): Undecoded {
  const end = Math.min(ipEnd, capturedEnd)
  if (at > end) return Undecoded.ShortFrame
  fields[PacketField.IpProtocol] = protocol
  fields[PacketField.PayloadAt] = at
  fields[PacketField.PayloadLength] = end - at
  fields[PacketField.WireLength] = ipEnd - at
  fields[PacketField.IsCut] = end < ipEnd ? 1 : 0
  return Undecoded.IpFragment
}
