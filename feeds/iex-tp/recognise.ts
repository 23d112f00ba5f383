import { Sureness } from '../protocol/protocol.ts'
import { BLOCK_HEADER_BYTES, IEX_TP_VERSION, IexTpHeader } from './layout.ts'
import { readU16 } from './wire.ts'

/**
 * How much a datagram looks like an IEX-TP segment of a messaging protocol: version, reserved byte and protocol id must be
 * right; then it is certain where the message blocks fill the payload exactly, and likely for a heartbeat.
 * @param isCut the capture holds less than was on the wire
 */
export function looksLikeIexTp(
  bytes: Uint8Array,
  at: number,
  length: number,
  isCut: boolean,
  protocol: number,
): Sureness {
  if (length < IexTpHeader.Bytes) return Sureness.No
  if (bytes[at + IexTpHeader.Version] !== IEX_TP_VERSION || bytes[at + IexTpHeader.Reserved] !== 0) return Sureness.No
  if (readU16(bytes, at + IexTpHeader.Protocol) !== protocol) return Sureness.No
  const count = readU16(bytes, at + IexTpHeader.MessageCount)
  const payloadBytes = readU16(bytes, at + IexTpHeader.PayloadBytes)
  const isWhole = length === IexTpHeader.Bytes + payloadBytes
  if (!isWhole && !isCut) return Sureness.Possible
  if (count === 0) return isWhole && payloadBytes === 0 ? Sureness.Likely : Sureness.Possible
  const end = at + length
  let from = at + IexTpHeader.Bytes
  for (let i = 0; i < count; i++) {
    if (from + BLOCK_HEADER_BYTES > end) return isCut ? Sureness.Likely : Sureness.Possible
    from += BLOCK_HEADER_BYTES + readU16(bytes, from)
    if (from > end) return isCut ? Sureness.Likely : Sureness.Possible
  }
  return from === end ? Sureness.Certain : Sureness.Possible
}
