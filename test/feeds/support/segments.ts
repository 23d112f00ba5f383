import { u8, u16, u32 } from './bytes.ts'
import { ethernet, type TestFrame } from './frames.ts'

/** Builders of TCP segments, IPv6 datagrams and fragments for tests, written from the RFCs. */

export interface Endpoints {
  readonly source: Buffer
  readonly target: Buffer
  readonly sourcePort: number
  readonly targetPort: number
}

export const V4: Endpoints = {
  source: Buffer.from([10, 0, 0, 1]),
  target: Buffer.from([10, 0, 0, 2]),
  sourcePort: 18_000,
  targetPort: 40_001,
}

export const V6: Endpoints = {
  source: Buffer.from('20010db8000000000000000000000001', 'hex'),
  target: Buffer.from('ff020000000000000000000000000001', 'hex'),
  sourcePort: 5,
  targetPort: 6,
}

function onesComplement(bytes: Buffer): number {
  let sum = 0
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i]! << 8) | (bytes[i + 1] ?? 0)
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 65_536)
  return ~sum & 0xffff
}

/** Fills in the checksum at `at` over pseudo header and bytes. */
function seal(bytes: Buffer, at: number, protocol: number, { source, target }: Endpoints): Buffer {
  const pseudo = Buffer.concat([source, target, u16(0), u16(protocol), u16(0), u16(bytes.length)])
  bytes.writeUInt16BE(onesComplement(Buffer.concat([pseudo, bytes])) || 0xffff, at)
  return bytes
}

export function udp(payload: Buffer, ends: Endpoints = V4): Buffer {
  const bytes = Buffer.concat([u16(ends.sourcePort), u16(ends.targetPort), u16(8 + payload.length), u16(0), payload])
  return seal(bytes, 6, 17, ends)
}

export const FIN = 1
export const SYN = 2
export const RST = 4
const ACK = 16

export function tcp(payload: Buffer, sequence: number, flags = 0, ends: Endpoints = V4): Buffer {
  const options = Buffer.from('0101080a0000000100000002', 'hex')
  const head = [u16(ends.sourcePort), u16(ends.targetPort), u32(sequence), u32(1), u8((5 + 3) << 4), u8(flags | ACK)]
  const bytes = Buffer.concat([...head, u16(0xffff), u16(0), u16(0), options, payload])
  return seal(bytes, 16, 6, ends)
}

/** An IP datagram of the version of the addresses. */
export function ip(payload: Buffer, protocol: number, ends: Endpoints = V4, fragment = 0, id = 1): Buffer {
  if (ends.source.length === 16) {
    return Buffer.concat([
      u32(0x6000_0000),
      u16(payload.length),
      u8(protocol),
      u8(64),
      ends.source,
      ends.target,
      payload,
    ])
  }
  const head = [u8(0x45), u8(0), u16(20 + payload.length), u16(id), u16(fragment), u8(64), u8(protocol), u16(0)]
  const header = Buffer.concat([...head, ends.source, ends.target])
  header.writeUInt16BE(onesComplement(header), 10)
  return Buffer.concat([header, payload])
}

export function frameOf(datagram: Buffer): Buffer {
  return ethernet(datagram, datagram[0]! >> 4 === 6 ? 0x86dd : 0x0800)
}

export function tcpFrame(payload: Buffer, sequence: number, flags = 0, ends: Endpoints = V4): Buffer {
  return frameOf(ip(tcp(payload, sequence, flags, ends), 6, ends))
}

/** One fragment: the payload's bytes from `from` (a multiple of 8) up to `to`. */
export function fragment(whole: Buffer, from: number, to: number, protocol: number, id: number, ends = V4): Buffer {
  const hasMore = to < whole.length
  const piece = whole.subarray(from, to)
  if (ends.source.length === 4) return ip(piece, protocol, ends, (from >> 3) | (hasMore ? 0x2000 : 0), id)
  const header = Buffer.concat([u8(protocol), u8(0), u16(from | (hasMore ? 1 : 0)), u32(id)])
  return ip(Buffer.concat([header, piece]), 44, ends)
}

/** All fragments of a payload, of at most `bytes` each (a multiple of 8). */
export function fragments(whole: Buffer, bytes: number, protocol: number, id: number, ends = V4): Buffer[] {
  const pieces: Buffer[] = []
  for (let from = 0; from < whole.length; from += bytes) {
    pieces.push(fragment(whole, from, Math.min(whole.length, from + bytes), protocol, id, ends))
  }
  return pieces
}

/** Frames at times a millisecond apart. */
export function timed(
  frames: readonly Buffer[],
  startNs = 1_692_711_000_000_000_000n,
  stepNs = 1_000_000n,
): TestFrame[] {
  return frames.map((bytes, i) => ({ bytes, timeNs: startNs + BigInt(i) * stepNs }))
}
