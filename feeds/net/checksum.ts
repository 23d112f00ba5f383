import { readU16 } from '../itch50/wire.ts'
import { ADDRESS_WORDS, PacketField, TRANSPORT_TCP, TRANSPORT_V6 } from './packet-fields.ts'
import { IpProtocol, Udp } from './transport.ts'
import { Undecoded } from './undecoded.ts'

/**
 * Verifies the checksum of a UDP datagram or TCP segment over its pseudo header (RFC 768, RFC 9293 section 3.1, RFC 8200
 * section 8.1). What the capture cut cannot be verified and passes, as does UDP over IPv4 without a checksum.
 * @param fields as filled by the parsers for this frame
 */
export function verifyChecksum(bytes: Uint8Array, fields: Int32Array): Undecoded {
  if (fields[PacketField.IsCut] === 1) return Undecoded.None
  const transport = fields[PacketField.Transport]!
  const isTcp = (transport & TRANSPORT_TCP) !== 0
  const isV6 = (transport & TRANSPORT_V6) !== 0
  const from = fields[PacketField.HeaderAt]!
  const end = fields[PacketField.PayloadAt]! + fields[PacketField.PayloadLength]!
  if (!isTcp && !isV6 && readU16(bytes, from + Udp.Checksum) === 0) return Undecoded.None
  let sum = (isTcp ? IpProtocol.Tcp : IpProtocol.Udp) + (end - from)
  for (let word = 0; word < (isV6 ? ADDRESS_WORDS : 1); word++) {
    sum += sumWord(fields[PacketField.SourceAddress + word]!) + sumWord(fields[PacketField.TargetAddress + word]!)
  }
  // At most 32,768 words of 16 bits: the sum stays below 2^31.
  let at = from
  for (; at + 1 < end; at += 2) sum += readU16(bytes, at)
  if (at < end) sum += bytes[at]! << 8
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  const isZeroInV6 = !isTcp && isV6 && readU16(bytes, from + Udp.Checksum) === 0
  if (sum === 0xffff && !isZeroInV6) return Undecoded.None
  return isTcp ? Undecoded.BadTcpChecksum : Undecoded.BadUdpChecksum
}

function sumWord(word: number): number {
  return (word >>> 16) + (word & 0xffff)
}
