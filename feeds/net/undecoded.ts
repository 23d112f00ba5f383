/** Why a frame, or a datagram in it, was not decoded. */
export enum Undecoded {
  /** It was. */
  None = 0,
  UnknownLinkType = 1,
  /** Fewer bytes than its headers need, on the wire or because the capture cut it. */
  ShortFrame = 2,
  /** Ethernet with a length instead of a type (802.2): spanning tree and the like. */
  Llc = 3,
  Arp = 4,
  Ipv6 = 5,
  OtherEtherType = 6,
  /** An IPv4 header whose version or lengths cannot be. */
  BadIpHeader = 7,
  /** A fragment of a datagram: they are not put together. */
  IpFragment = 8,
  Tcp = 9,
  Igmp = 10,
  Icmp = 11,
  OtherIpProtocol = 12,
  /** A UDP length that cannot be. */
  BadUdpLength = 13,
  /** UDP, of no protocol that was recognised. */
  UnknownProtocol = 14,
  Count = 15,
}

/** Names in reports, by `Undecoded`. */
export const UNDECODED_NAMES: readonly string[] = [
  'none',
  'unknownLinkType',
  'shortFrame',
  'llc',
  'arp',
  'ipv6',
  'otherEtherType',
  'badIpHeader',
  'ipFragment',
  'tcp',
  'igmp',
  'icmp',
  'otherIpProtocol',
  'badUdpLength',
  'unknownProtocol',
]
