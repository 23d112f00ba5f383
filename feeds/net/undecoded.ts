/** Why a frame, or a datagram or segment in it, was not decoded. */
export enum Undecoded {
  /** It was. */
  None = 0,
  UnknownLinkType = 1,
  /** Fewer bytes than its headers need, on the wire or because the capture cut it. */
  ShortFrame = 2,
  /** Ethernet with a length instead of a type (802.2): spanning tree and the like. */
  Llc = 3,
  Arp = 4,
  OtherEtherType = 5,
  /** An IPv4 or IPv6 header whose version or lengths cannot be, or with too many extension headers. */
  BadIpHeader = 6,
  /** A fragment of a datagram that never became whole; see `fragments` in the report. */
  IpFragment = 7,
  Igmp = 8,
  /** ICMP, ICMPv6. */
  Icmp = 9,
  OtherIpProtocol = 10,
  /** A UDP length that cannot be. */
  BadUdpLength = 11,
  BadTcpHeader = 12,
  /** Only where checksums are verified. Policy: the datagram is not used. */
  BadUdpChecksum = 13,
  BadTcpChecksum = 14,
  /** UDP of no protocol that was recognised. */
  UnknownProtocol = 15,
  /** TCP: pieces of streams of no protocol that was recognised; a stream that waits for more bytes to tell is one. */
  UnknownStream = 16,
  /** Datagrams, and pieces of streams, of a protocol that is known and not among those that were chosen. */
  FeedLeftOut = 17,
  Count = 18,
}

/** Names in reports, by `Undecoded`. */
export const UNDECODED_NAMES: readonly string[] = [
  'none',
  'unknownLinkType',
  'shortFrame',
  'llc',
  'arp',
  'otherEtherType',
  'badIpHeader',
  'ipFragment',
  'igmp',
  'icmp',
  'otherIpProtocol',
  'badUdpLength',
  'badTcpHeader',
  'badUdpChecksum',
  'badTcpChecksum',
  'unknownProtocol',
  'unknownStream',
  'feedLeftOut',
]
