import { FieldKind, type FieldList } from './field-list.ts'
import { readBig } from './walk-fields.ts'

const ETHERNET_BYTES = 14
const VLAN_BYTES = 4
const TYPE_VLAN = 0x8100
const TYPE_IPV4 = 0x0800
const TYPE_IPV6 = 0x86dd
const UDP = 17
const TCP = 6
const FRAGMENT_HEADER = 44
const FRAGMENT_BYTES = 8

/** Offsets in an IPv4 header (RFC 791, 3.1). */
enum Ipv4 {
  VersionAndLength = 0,
  TotalLength = 2,
  Identification = 4,
  Fragment = 6,
  Protocol = 9,
}

/** Offsets in an IPv6 header (RFC 8200, 3). */
enum Ipv6 {
  PayloadLength = 4,
  NextHeader = 6,
  Bytes = 40,
}

/** Offsets in a TCP header (RFC 9293, 3.1). */
enum Tcp {
  Sequence = 4,
  Offset = 12,
  Flags = 13,
  Bytes = 20,
}

/** Offset of the length in a UDP header (RFC 768). */
const UDP_LENGTH_AT = 4

/** Fields of the headers of an Ethernet frame. */
export function findFrameFields(input: Uint8Array, fields: FieldList): void {
  let at = ETHERNET_BYTES
  while (at + VLAN_BYTES <= input.length && readBig(input, at - 2, 2) === TYPE_VLAN) {
    fields.add(FieldKind.Code, at - 2, 2, false)
    at += VLAN_BYTES
  }
  if (at + Ipv6.Bytes > input.length) return
  fields.add(FieldKind.Code, at - 2, 2, false)
  const type = readBig(input, at - 2, 2)
  if (type === TYPE_IPV4) findIpv4Fields(input, at, fields)
  else if (type === TYPE_IPV6) findIpv6Fields(input, at, fields)
}

function findIpv4Fields(input: Uint8Array, at: number, fields: FieldList): void {
  fields.add(FieldKind.Code, at + Ipv4.VersionAndLength, 1, false)
  fields.add(FieldKind.Length, at + Ipv4.TotalLength, 2, false)
  fields.add(FieldKind.Number, at + Ipv4.Identification, 2, false)
  fields.add(FieldKind.Length, at + Ipv4.Fragment, 2, false)
  fields.add(FieldKind.Code, at + Ipv4.Protocol, 1, false)
  findTransportFields(input, at + 4 * (input[at]! & 15), input[at + Ipv4.Protocol]!, fields)
}

function findIpv6Fields(input: Uint8Array, at: number, fields: FieldList): void {
  fields.add(FieldKind.Length, at + Ipv6.PayloadLength, 2, false)
  fields.add(FieldKind.Code, at + Ipv6.NextHeader, 1, false)
  let next = input[at + Ipv6.NextHeader]!
  let from = at + Ipv6.Bytes
  if (next === FRAGMENT_HEADER && from + FRAGMENT_BYTES <= input.length) {
    fields.add(FieldKind.Code, from, 1, false)
    fields.add(FieldKind.Length, from + 2, 2, false)
    fields.add(FieldKind.Number, from + 4, 4, false)
    next = input[from]!
    from += FRAGMENT_BYTES
  }
  findTransportFields(input, from, next, fields)
}

function findTransportFields(input: Uint8Array, at: number, protocol: number, fields: FieldList): void {
  if (at + Tcp.Bytes > input.length) return
  if (protocol === UDP) fields.add(FieldKind.Length, at + UDP_LENGTH_AT, 2, false)
  if (protocol !== TCP) return
  fields.add(FieldKind.Number, at + Tcp.Sequence, 4, false)
  fields.add(FieldKind.Length, at + Tcp.Offset, 1, false)
  fields.add(FieldKind.Code, at + Tcp.Flags, 1, false)
}
