import { readU16 } from '../itch50/wire.ts'
import { Sureness } from '../protocol/protocol.ts'
import { isSoupPacket, SOUP_LENGTH_BYTES, SoupHeader, SoupType } from './layout.ts'

/** Packets looked at: so many agree by no chance. */
const PACKETS_LOOKED_AT = 8
/** Offsets at which a packet is looked for after a hole. */
const SEARCH_BYTES_MAX = 4096
/** Packets that must follow each other where the bytes do not end with one. */
const CHAIN_LEAST = 2

/** Walks packets that lie back to back, without taking them. */
class SoupLook {
  /** Whole packets seen, and whether one of them was a login. */
  packets = 0
  hasLogin = false
  /** Whether the bytes end with a packet, or go on behind those looked at. */
  isWhole = false

  /** @returns false when something is no packet */
  walk(bytes: Uint8Array, from: number, end: number): boolean {
    this.packets = 0
    this.hasLogin = false
    this.isWhole = false
    let at = from
    while (at < end && this.packets < PACKETS_LOOKED_AT) {
      if (at + SoupHeader.Bytes > end) return true
      const length = readU16(bytes, at)
      const type = bytes[at + SoupHeader.Type]!
      if (!isSoupPacket(type, length)) return false
      at += SOUP_LENGTH_BYTES + length
      if (at > end) return true
      this.packets++
      this.hasLogin ||= type === SoupType.LoginAccepted || type === SoupType.LoginRequest
    }
    this.isWhole = this.packets > 0
    return true
  }
}

const look = new SoupLook()

/** How much the first bytes of a stream, or of a segment, look like SoupBinTCP packets back to back. */
export function looksLikeSoupBinTcp(bytes: Uint8Array, at: number, length: number): Sureness {
  if (!look.walk(bytes, at, at + length)) return Sureness.No
  if (look.packets >= CHAIN_LEAST || look.hasLogin) return Sureness.Certain
  return look.isWhole ? Sureness.Likely : Sureness.Possible
}

/**
 * Looks for the next packet in a stream that lost bytes: the first place from which packets follow each other to the end.
 * @returns its distance from `at`; −1 when there is none in the first SEARCH_BYTES_MAX bytes
 */
export function findSoupPacket(bytes: Uint8Array, at: number, length: number): number {
  const searched = Math.min(length, SEARCH_BYTES_MAX)
  for (let offset = 0; offset < searched; offset++) {
    if (!look.walk(bytes, at + offset, at + length)) continue
    if (look.packets >= CHAIN_LEAST || look.isWhole) return offset
  }
  return -1
}
