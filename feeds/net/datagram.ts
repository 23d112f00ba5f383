import { readI32, readU16 } from '../itch50/wire.ts'
import { LinkType } from './link-types.ts'
import { Undecoded } from './undecoded.ts'

/** Slots of the array that `parseDatagram` fills. */
export enum DatagramField {
  /** Offset of the UDP payload. */
  PayloadAt = 0,
  /** Captured bytes of it. */
  PayloadLength = 1,
  /** IPv4 addresses as int32 of their four bytes in wire order. */
  SourceAddress = 2,
  TargetAddress = 3,
  SourcePort = 4,
  TargetPort = 5,
  /** Innermost VLAN id, −1 without a tag. */
  Vlan = 6,
  /** 1 where the capture holds less of the payload than the wire did. */
  IsCut = 7,
  Count = 8,
}

/*
 * Ethernet II   0 target 6  6 source 6  12 type u16  14 …                                          IEEE 802.3
 * VLAN tag      (in place of the type) 0x8100, 0x88a8  tag control u16  type u16                   IEEE 802.1Q
 * cooked        0 packet type  2 hardware  4 address length  6 address 8  14 protocol  16 …        LINKTYPE_LINUX_SLL
 * cooked 2      0 protocol  2 reserved  4 interface  8 hardware  10 …  20 …                        LINKTYPE_LINUX_SLL2
 * IPv4          0 version, words  2 length u16  6 flags, fragment  9 protocol  12 source  16 target RFC 791, 3.1
 * UDP           0 source u16  2 target u16  4 length u16  6 checksum  8 …                           RFC 768
 */
enum Ether {
  Type = 12,
  Bytes = 14,
}

enum Cooked {
  Protocol = 14,
  Bytes = 16,
}

enum Ip {
  Length = 2,
  Fragment = 6,
  Protocol = 9,
  Source = 12,
  Target = 16,
  Bytes = 20,
}

enum Udp {
  Length = 4,
  Bytes = 8,
}

const COOKED2_BYTES = 20
const VLAN_BYTES = 4

enum EtherType {
  Ipv4 = 0x0800,
  Arp = 0x0806,
  Vlan = 0x8100,
  Ipv6 = 0x86dd,
  ServiceVlan = 0x88a8,
  OldServiceVlan = 0x9100,
}

enum IpProtocol {
  Icmp = 1,
  Igmp = 2,
  Tcp = 6,
  Udp = 17,
}

/** Below it, the type field of an Ethernet frame is a length. */
const ETHER_TYPE_MIN = 0x600
/** More fragments, or an offset: all but the bits "reserved" and "don't fragment". */
const FRAGMENT_MASK = 0x3fff
const VLAN_ID_MASK = 0x0fff

/**
 * Finds the UDP payload of a captured frame. Reads every header within the frame's bytes only; padding behind the IP
 * datagram is left out.
 * @param fields is filled, by `DatagramField`, when the result is None
 */
export function parseDatagram(
  bytes: Uint8Array,
  at: number,
  length: number,
  linkType: number,
  fields: Int32Array,
): Undecoded {
  const end = at + length
  fields[DatagramField.Vlan] = -1
  switch (linkType) {
    case LinkType.Ethernet:
      if (length < Ether.Bytes) return Undecoded.ShortFrame
      return parseEtherType(bytes, at + Ether.Bytes, end, readU16(bytes, at + Ether.Type), fields)
    case LinkType.LinuxCooked:
      if (length < Cooked.Bytes) return Undecoded.ShortFrame
      return parseEtherType(bytes, at + Cooked.Bytes, end, readU16(bytes, at + Cooked.Protocol), fields)
    case LinkType.LinuxCooked2:
      if (length < COOKED2_BYTES) return Undecoded.ShortFrame
      return parseEtherType(bytes, at + COOKED2_BYTES, end, readU16(bytes, at), fields)
    case LinkType.RawIp:
    case LinkType.RawIpv4:
    case LinkType.RawIpBsd:
    case LinkType.RawIpOpenBsd:
      if (length < 1) return Undecoded.ShortFrame
      return bytes[at]! >> 4 === 6 ? Undecoded.Ipv6 : parseIpv4(bytes, at, end, fields)
    default:
      return Undecoded.UnknownLinkType
  }
}

function parseEtherType(bytes: Uint8Array, from: number, end: number, first: number, fields: Int32Array): Undecoded {
  let at = from
  let type = first
  while (type === EtherType.Vlan || type === EtherType.ServiceVlan || type === EtherType.OldServiceVlan) {
    if (at + VLAN_BYTES > end) return Undecoded.ShortFrame
    fields[DatagramField.Vlan] = readU16(bytes, at) & VLAN_ID_MASK
    type = readU16(bytes, at + 2)
    at += VLAN_BYTES
  }
  if (type === EtherType.Ipv4) return parseIpv4(bytes, at, end, fields)
  if (type === EtherType.Arp) return Undecoded.Arp
  if (type === EtherType.Ipv6) return Undecoded.Ipv6
  return type < ETHER_TYPE_MIN ? Undecoded.Llc : Undecoded.OtherEtherType
}

function parseIpv4(bytes: Uint8Array, at: number, end: number, fields: Int32Array): Undecoded {
  if (at + Ip.Bytes > end) return Undecoded.ShortFrame
  const headerBytes = (bytes[at]! & 15) << 2
  const totalBytes = readU16(bytes, at + Ip.Length)
  if (bytes[at]! >> 4 !== 4 || headerBytes < Ip.Bytes || totalBytes < headerBytes) return Undecoded.BadIpHeader
  if ((readU16(bytes, at + Ip.Fragment) & FRAGMENT_MASK) !== 0) return Undecoded.IpFragment
  const protocol = bytes[at + Ip.Protocol]!
  if (protocol !== IpProtocol.Udp) return nameProtocol(protocol)
  fields[DatagramField.SourceAddress] = readI32(bytes, at + Ip.Source)
  fields[DatagramField.TargetAddress] = readI32(bytes, at + Ip.Target)
  const ipEnd = at + totalBytes
  return parseUdp(bytes, at + headerBytes, ipEnd, Math.min(ipEnd, end), fields)
}

function parseUdp(bytes: Uint8Array, at: number, wireEnd: number, end: number, fields: Int32Array): Undecoded {
  if (at + Udp.Bytes > wireEnd) return Undecoded.BadUdpLength
  if (at + Udp.Bytes > end) return Undecoded.ShortFrame
  const udpBytes = readU16(bytes, at + Udp.Length)
  const udpEnd = at + udpBytes
  if (udpBytes < Udp.Bytes || udpEnd > wireEnd) return Undecoded.BadUdpLength
  const payloadEnd = Math.min(udpEnd, end)
  fields[DatagramField.SourcePort] = readU16(bytes, at)
  fields[DatagramField.TargetPort] = readU16(bytes, at + 2)
  fields[DatagramField.PayloadAt] = at + Udp.Bytes
  fields[DatagramField.PayloadLength] = payloadEnd - at - Udp.Bytes
  fields[DatagramField.IsCut] = payloadEnd < udpEnd ? 1 : 0
  return Undecoded.None
}

function nameProtocol(protocol: number): Undecoded {
  if (protocol === IpProtocol.Tcp) return Undecoded.Tcp
  if (protocol === IpProtocol.Igmp) return Undecoded.Igmp
  return protocol === IpProtocol.Icmp ? Undecoded.Icmp : Undecoded.OtherIpProtocol
}
