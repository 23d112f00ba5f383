/** LINKTYPE_ values of capture files that are decoded. Source: the registry of link-layer header types of libpcap. */
export enum LinkType {
  Ethernet = 1,
  /** Raw IP as two systems write it; the registered value is RawIp. */
  RawIpBsd = 12,
  RawIpOpenBsd = 14,
  RawIp = 101,
  /** Linux cooked capture, version 1: what the `any` device gives. */
  LinuxCooked = 113,
  RawIpv4 = 228,
  RawIpv6 = 229,
  LinuxCooked2 = 276,
}
