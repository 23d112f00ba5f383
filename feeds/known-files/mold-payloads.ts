import { readI32, readU16 } from '../itch50/wire.ts'
import { BLOCK_HEADER_BYTES, MoldCount, MoldHeader, SEQUENCE_HIGH_END } from '../moldudp64/layout.ts'

const MESSAGES_LOOKED_AT = 4
const MESSAGE_BYTES_MAX = 1500

/** Whether bytes begin with a MoldUDP64 packet that has messages: behind its length each begins with a letter. */
export function looksLikeMoldPayloads(head: Uint8Array): boolean {
  if (head.length < MoldHeader.Bytes) return false
  const high = readI32(head, MoldHeader.SequenceHigh)
  const count = readU16(head, MoldHeader.Count)
  if (high < 0 || high >= SEQUENCE_HIGH_END || count === MoldCount.Heartbeat || count === MoldCount.EndOfSession) {
    return false
  }
  let at = MoldHeader.Bytes
  let seen = 0
  for (; seen < Math.min(count, MESSAGES_LOOKED_AT) && at + BLOCK_HEADER_BYTES < head.length; seen++) {
    const length = readU16(head, at)
    const letter = head[at + BLOCK_HEADER_BYTES]! | 0x20
    if (length === 0 || length > MESSAGE_BYTES_MAX || letter < 0x61 || letter > 0x7a) return false
    at += BLOCK_HEADER_BYTES + length
  }
  return seen >= 2
}
