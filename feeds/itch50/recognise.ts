import { BLOCK_HEADER_BYTES, MoldCount, MoldHeader } from '../moldudp64/layout.ts'
import { Sureness } from '../protocol/protocol.ts'
import { ITCH50_LENGTH } from './layout.ts'
import { readU16 } from './wire.ts'

/** Messages looked at: damage to the first one alone does not hide what a file is. */
const MESSAGES_LOOKED_AT = 4
const MESSAGE_BYTES_MAX = 256

/**
 * How much a MoldUDP64 packet looks like TotalView-ITCH 5.0: a packet without messages may be of any protocol; where the
 * types and lengths agree, of this one; where none does, the transport alone speaks for it.
 */
export function looksLikeItch50InMold(bytes: Uint8Array, at: number, length: number): Sureness {
  const count = readU16(bytes, at + MoldHeader.Count)
  if (count === MoldCount.Heartbeat || count === MoldCount.EndOfSession) return Sureness.Possible
  const end = at + length
  let from = at + MoldHeader.Bytes
  let matching = 0
  let looked = 0
  for (; looked < count && looked < MESSAGES_LOOKED_AT && from + BLOCK_HEADER_BYTES < end; looked++) {
    const messageBytes = readU16(bytes, from)
    if (ITCH50_LENGTH[bytes[from + BLOCK_HEADER_BYTES]!] === messageBytes) matching++
    from += BLOCK_HEADER_BYTES + messageBytes
  }
  if (matching === 0) return Sureness.Possible
  return matching === looked && looked > 1 ? Sureness.Certain : Sureness.Likely
}

/** How much the beginning of a file looks like raw ITCH 5.0: messages behind big-endian u16 lengths. */
export function looksLikeRawItch50(head: Uint8Array): Sureness {
  let at = 0
  let matching = 0
  for (let i = 0; i < MESSAGES_LOOKED_AT && at + 3 <= head.length; i++) {
    const length = readU16(head, at)
    if (length === 0 || length > MESSAGE_BYTES_MAX) break
    if (ITCH50_LENGTH[head[at + 2]!] === length) matching++
    at += 2 + length
  }
  if (matching === 0) return Sureness.No
  return matching >= 2 ? Sureness.Certain : Sureness.Likely
}
