import { readU16 } from '../itch50/wire.ts'
import { parseIp, parseIpv4, parseIpv6 } from './ip.ts'
import { LinkType } from './link-types.ts'
import { PacketField } from './packet-fields.ts'
import { Undecoded } from './undecoded.ts'

/*
 * Ethernet II   0 target 6  6 source 6  12 type u16  14 …                                          IEEE 802.3
 * VLAN tag      (in place of the type) 0x8100, 0x88a8  tag control u16  type u16                   IEEE 802.1Q
 * cooked        0 packet type  2 hardware  4 address length  6 address 8  14 protocol  16 …        LINKTYPE_LINUX_SLL
 * cooked 2      0 protocol  2 reserved  4 interface  8 hardware  10 …  20 …                        LINKTYPE_LINUX_SLL2
 */
enum Ether {
  Type = 12,
  Bytes = 14,
}

enum Cooked {
  Protocol = 14,
  Bytes = 16,
}

const COOKED2_BYTES = 20
const VLAN_BYTES = 4
const VLAN_ID_MASK = 0x0fff

enum EtherType {
  Ipv4 = 0x0800,
  Arp = 0x0806,
  Vlan = 0x8100,
  Ipv6 = 0x86dd,
  ServiceVlan = 0x88a8,
  OldServiceVlan = 0x9100,
}

/** Below it, the type field of an Ethernet frame is a length. */
const ETHER_TYPE_MIN = 0x600

/**
 * Finds the UDP or TCP payload of a captured frame. Reads every header within the frame's bytes only; padding behind the IP
 * datagram is left out.
 * @param fields is filled, by `PacketField`, when the result is None (a payload) or IpFragment (a piece of a datagram)
 */
export function parseFrame(
  bytes: Uint8Array,
  at: number,
  length: number,
  linkType: number,
  fields: Int32Array,
): Undecoded {
  const end = at + length
  fields[PacketField.Vlan] = -1
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
    case LinkType.RawIpv6:
    case LinkType.RawIpBsd:
    case LinkType.RawIpOpenBsd:
      return parseIp(bytes, at, end, fields)
    default:
      return Undecoded.UnknownLinkType
  }
}

function parseEtherType(bytes: Uint8Array, from: number, end: number, first: number, fields: Int32Array): Undecoded {
  let at = from
  let type = first
  while (type === EtherType.Vlan || type === EtherType.ServiceVlan || type === EtherType.OldServiceVlan) {
    if (at + VLAN_BYTES > end) return Undecoded.ShortFrame
    fields[PacketField.Vlan] = readU16(bytes, at) & VLAN_ID_MASK
    type = readU16(bytes, at + 2)
    at += VLAN_BYTES
  }
  if (type === EtherType.Ipv4) return parseIpv4(bytes, at, end, fields)
  if (type === EtherType.Ipv6) return parseIpv6(bytes, at, end, fields)
  if (type === EtherType.Arp) return Undecoded.Arp
  return type < ETHER_TYPE_MIN ? Undecoded.Llc : Undecoded.OtherEtherType
}
