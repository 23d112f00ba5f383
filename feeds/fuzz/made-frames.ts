import { MoldHeader } from '../moldudp64/layout.ts'

const ETHERNET = Buffer.from('01005e360c6f0200000000010800', 'hex')
const SOURCE = [192, 0, 2, 18]
const TARGET = [233, 54, 12, 111]
const MORE_FRAGMENTS = 0x2000
const SYN = 2
const ACK = 16

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

function udp(payload: Uint8Array): Buffer {
  const header = Buffer.alloc(8)
  header.writeUInt16BE(4000, 0)
  header.writeUInt16BE(26_477, 2)
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
  const whole = udp(datagrams[0]!)
  const pieceBytes = Math.max(MoldHeader.Bytes + 4, whole.length >> 1) & ~7
  const segmentBytes = 100
  const segments = Array.from({ length: Math.min(8, Math.ceil(stream.length / segmentBytes)) }, (_, i) =>
    tcp(1 + i * segmentBytes, ACK, stream.subarray(i * segmentBytes, (i + 1) * segmentBytes)),
  )
  return [
    ...datagrams.map((datagram) => ipv4(17, udp(datagram))),
    ipv4(17, whole.subarray(0, pieceBytes), MORE_FRAGMENTS),
    ipv4(17, whole.subarray(pieceBytes), pieceBytes >> 3),
    tcp(0, SYN, new Uint8Array(0)),
    ...segments,
  ]
}
