import { MoldHeader } from '../moldudp64/layout.ts'

const ETHERNET = Buffer.from('01005e360c6f0200000000010800', 'hex')
const SOURCE = [192, 0, 2, 18]
const TARGET = [233, 54, 12, 111]
const MORE_FRAGMENTS = 0x2000
const SYN = 2
const ACK = 16
const PORT = 26_477
/** Datagrams of one protocol lie next to each other: a flow stays with the protocol that it began with. */
const DATAGRAMS_EACH_PORT = 4

/** An Ethernet frame of IPv4 (RFC 791, 3.1); checksums are left zero, as they are not verified. */
function ipv4(protocol: number, payload: Uint8Array, fragment = 0): Buffer {
  const header = Buffer.alloc(20)
  header[0] = 0x45
  header.writeUInt16BE(header.length + payload.length, 2)
  header.writeUInt16BE(7, 4)
  header.writeUInt16BE(fragment, 6)
  header[8] = 16
  header[9] = protocol
  header.set(SOURCE, 12)
  header.set(TARGET, 16)
  return Buffer.concat([ETHERNET, header, payload])
}

/** The same with a tag of IEEE 802.1Q. */
function withVlan(frame: Buffer): Buffer {
  return Buffer.concat([frame.subarray(0, 12), Buffer.from('81000005', 'hex'), frame.subarray(12)])
}

/** A frame of IPv6 (RFC 8200, section 3). */
function ipv6(next: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(40)
  header[0] = 0x60
  header.writeUInt16BE(payload.length, 4)
  header[6] = next
  header[7] = 16
  header.set([0x20, 0x01, 0x0d, 0xb8], 8)
  header.set([0xff, 0x0e], 24)
  header[39] = 1
  return Buffer.concat([ETHERNET.subarray(0, 12), Buffer.from('86dd', 'hex'), header, payload])
}

function udp(payload: Uint8Array, port: number): Buffer {
  const header = Buffer.alloc(8)
  header.writeUInt16BE(4000, 0)
  header.writeUInt16BE(port, 2)
  header.writeUInt16BE(header.length + payload.length, 4)
  return Buffer.concat([header, payload])
}

function tcp(sequence: number, flags: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(20)
  header.writeUInt16BE(18_000, 0)
  header.writeUInt16BE(40_001, 2)
  header.writeUInt32BE(sequence, 4)
  header[12] = 0x50
  header[13] = flags
  return ipv4(6, Buffer.concat([header, payload]))
}

/** Frames of whole datagrams, of fragments of one, and of segments of a stream. */
export function makeFrames(datagrams: readonly Uint8Array[], stream: Uint8Array): Buffer[] {
  const whole = udp(datagrams[0]!, PORT)
  const pieceBytes = Math.max(MoldHeader.Bytes + 4, whole.length >> 1) & ~7
  const segmentBytes = 100
  const segments = Array.from({ length: Math.min(8, Math.ceil(stream.length / segmentBytes)) }, (_, i) =>
    tcp(1 + i * segmentBytes, ACK, stream.subarray(i * segmentBytes, (i + 1) * segmentBytes)),
  )
  return [
    ...datagrams.map((datagram, index) => ipv4(17, udp(datagram, PORT + Math.trunc(index / DATAGRAMS_EACH_PORT)))),
    withVlan(ipv4(17, whole)),
    ipv6(17, whole),
    ipv6(44, Buffer.concat([Buffer.from([17, 0, 0, 1, 0, 0, 0, 9]), whole.subarray(0, pieceBytes)])),
    ipv6(
      44,
      Buffer.concat([Buffer.from([17, 0, pieceBytes >> 8, pieceBytes & 0xf8, 0, 0, 0, 9]), whole.subarray(pieceBytes)]),
    ),
    ipv4(17, whole.subarray(0, pieceBytes), MORE_FRAGMENTS),
    ipv4(17, whole.subarray(pieceBytes), pieceBytes >> 3),
    tcp(0, SYN, new Uint8Array(0)),
    ...segments,
  ]
}
