import { Sureness } from '../protocol/protocol.ts'
import { MDP3_SCHEMA_ID, MessageAt, PacketAt, TimeHigh } from './layout.ts'
import { kindOf, MessageKind } from './templates.ts'

/** Schemas that will come: the newest known is 13. */
const VERSION_MAX = 64

/**
 * How much a datagram looks like MDP 3.0: its messages fill it exactly, each of CME's schema, with a block that fits into it.
 * Templates that are not known make it Likely only.
 */
export function looksLikeMdp3(bytes: Uint8Array, at: number, length: number, isCut: boolean): Sureness {
  if (length < PacketAt.Bytes + MessageAt.Bytes) return Sureness.No
  const high =
    readU16(bytes, at + PacketAt.SendingTimeHigh) + readU16(bytes, at + PacketAt.SendingTimeHigh + 2) * 65_536
  if (high < TimeHigh.Min || high >= TimeHigh.Max) return Sureness.No
  const end = at + length
  let from = at + PacketAt.Bytes
  let known = 0
  let unknown = 0
  while (from < end) {
    if (from + MessageAt.Bytes > end) return isCut ? rate(known, unknown, true) : Sureness.No
    const size = readU16(bytes, from + MessageAt.Size)
    const version = readU16(bytes, from + MessageAt.Version)
    if (readU16(bytes, from + MessageAt.SchemaId) !== MDP3_SCHEMA_ID) return Sureness.No
    if (version === 0 || version > VERSION_MAX) return Sureness.No
    if (size < MessageAt.Bytes + readU16(bytes, from + MessageAt.BlockLength)) return Sureness.No
    if (kindOf(readU16(bytes, from + MessageAt.TemplateId)) === MessageKind.Unknown) unknown++
    else known++
    from += size
    if (from > end) return isCut ? rate(known, unknown, true) : Sureness.No
  }
  return rate(known, unknown, false)
}

function rate(known: number, unknown: number, isCut: boolean): Sureness {
  if (known === 0) return unknown === 0 ? Sureness.No : Sureness.Possible
  return unknown === 0 && !isCut ? Sureness.Certain : Sureness.Likely
}

function readU16(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8)
}
