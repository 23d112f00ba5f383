/** Slots of the array that the parsers of headers fill: what they found in a frame. All are int32. */
export enum PacketField {
  /** Offset of the UDP or TCP payload; of a fragment, of what lies behind its IP headers. */
  PayloadAt = 0,
  /** Captured bytes of it. */
  PayloadLength = 1,
  /** Addresses, in wire order: one word for IPv4, four for IPv6. */
  SourceAddress = 2,
  TargetAddress = 6,
  SourcePort = 10,
  TargetPort = 11,
  /** A `Transport`. */
  Transport = 12,
  /** Innermost VLAN id, −1 without a tag. */
  Vlan = 13,
  /** 1 where the capture holds less of the payload than the wire did. */
  IsCut = 14,
  /** Bytes of the payload on the wire. */
  WireLength = 15,
  /** Offset of the UDP or TCP header. */
  HeaderAt = 16,
  /** TCP: the number of the payload's first byte (of the SYN itself where that is set), and the flags. */
  TcpSequence = 17,
  TcpFlags = 18,
  /** A fragment: where in its datagram it lies, whether others follow, which datagram, and the protocol of its contents. */
  FragmentOffset = 19,
  FragmentHasMore = 20,
  FragmentId = 21,
  IpProtocol = 22,
  Count = 24,
}

/** Words of an address. */
export const ADDRESS_WORDS = 4

/** What carries the payload. Bit 0: IPv6, bit 1: TCP. */
export enum Transport {
  UdpV4 = 0,
  UdpV6 = 1,
  TcpV4 = 2,
  TcpV6 = 3,
}

export const TRANSPORT_V6 = 1
export const TRANSPORT_TCP = 2
