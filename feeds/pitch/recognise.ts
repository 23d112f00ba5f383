import { Sureness } from '../protocol/protocol.ts'
import {
  AddLongAt,
  AddShortAt,
  ExecutedAt,
  ModifyLongAt,
  ModifyShortAt,
  PitchType,
  TimeAt,
  TradeLongAt,
  TradeShortAt,
} from './layout.ts'
import { PITCH_LENGTH_MIN } from './message-lengths.ts'
import { MessageHeader, UnitHeader } from './unit-layout.ts'
import { readU16 } from './unit-walker.ts'

/** Products that differ in their messages. */
export enum PitchProduct {
  /** Equities and options. */
  Securities = 1,
  Futures = 2,
}

/** Of a message that either product may have sent. */
const EITHER = PitchProduct.Securities | PitchProduct.Futures
/** Messages looked at in a datagram. */
const MESSAGES_LOOKED_AT = 8
/** Bytes by which a message may have grown since these lengths were written down. */
const GROWTH_MAX = 16

const SECURITIES_ONLY = [
  PitchType.ExecutedAtPrice,
  PitchType.SymbolMapping,
  PitchType.AddExpanded,
  PitchType.TradeExpanded,
  PitchType.AuctionUpdate,
  PitchType.AuctionSummary,
  PitchType.RetailInterest,
  PitchType.ComplexDefinition,
  PitchType.SoqStrikeRange,
  PitchType.ConstituentMapping,
  PitchType.DesignatedDefinition,
  PitchType.AuctionNotification,
  PitchType.AuctionCancel,
  PitchType.AuctionTrade,
  PitchType.OptionsAuctionUpdate,
  PitchType.WidthUpdate,
  PitchType.DefinitionRequest,
  PitchType.DefinitionResponse,
]
const FUTURES_ONLY = [
  PitchType.FuturesDefinition,
  PitchType.Settlement,
  PitchType.EndOfDaySummary,
  PitchType.PriceLimits,
  PitchType.OpenInterest,
  PitchType.VarianceMapping,
]

/** Lengths that only one of the products has. */
const TELLING_LENGTHS: readonly (readonly [type: PitchType, bytes: number, product: PitchProduct])[] = [
  [PitchType.Time, TimeAt.Bytes, PitchProduct.Securities],
  [PitchType.AddLong, AddLongAt.Bytes, PitchProduct.Futures],
  [PitchType.AddLong, AddLongAt.BytesWithFlags, PitchProduct.Securities],
  [PitchType.AddShort, AddShortAt.Bytes, PitchProduct.Futures],
  [PitchType.AddShort, AddShortAt.BytesWithFlags, PitchProduct.Securities],
  [PitchType.Executed, ExecutedAt.Bytes, PitchProduct.Securities],
  [PitchType.ModifyLong, ModifyLongAt.Bytes, PitchProduct.Futures],
  [PitchType.ModifyLong, ModifyLongAt.BytesWithFlags, PitchProduct.Securities],
  [PitchType.ModifyShort, ModifyShortAt.Bytes, PitchProduct.Futures],
  [PitchType.ModifyShort, ModifyShortAt.BytesWithFlags, PitchProduct.Securities],
  [PitchType.TradeLong, TradeLongAt.Bytes, PitchProduct.Securities],
  [PitchType.TradeShort, TradeShortAt.Bytes, PitchProduct.Securities],
]

/** Messages whose length depends on legs or on a market's kind. */
const GROWS_FREELY = new Set<number>([
  PitchType.ComplexDefinition,
  PitchType.DesignatedDefinition,
  PitchType.FuturesDefinition,
])

/** Products that may have sent a message of a type and length; 0 when none may. */
function productsOf(type: number, bytes: number): number {
  const least = PITCH_LENGTH_MIN[type]!
  if (least === 0 || bytes < least || (bytes > least + GROWTH_MAX && !GROWS_FREELY.has(type))) return 0
  if (SECURITIES_ONLY.includes(type)) return PitchProduct.Securities
  if (FUTURES_ONLY.includes(type)) return PitchProduct.Futures
  for (const [tellingType, tellingBytes, product] of TELLING_LENGTHS) {
    if (tellingType === type && tellingBytes === bytes) return product
  }
  return EITHER
}

/**
 * How much bytes look like a block of messages of a product: its length and count must agree with its messages, whose types
 * must be known. What either product may have sent is likely of both. A heartbeat is possible, no more.
 */
export function looksLikePitch(
  bytes: Uint8Array,
  at: number,
  length: number,
  isCut: boolean,
  product: PitchProduct,
): Sureness {
  if (length < UnitHeader.Bytes) return Sureness.No
  const blockBytes = readU16(bytes, at + UnitHeader.Length)
  const count = bytes[at + UnitHeader.Count]!
  if (blockBytes < UnitHeader.Bytes || (blockBytes > length && !isCut)) return Sureness.No
  if (count === 0) return blockBytes === UnitHeader.Bytes ? Sureness.Possible : Sureness.No
  const end = at + Math.min(length, blockBytes)
  let from = at + UnitHeader.Bytes
  let products = EITHER as number
  let looked = 0
  let hasTelling = false
  for (; looked < count && looked < MESSAGES_LOOKED_AT && from + MessageHeader.Bytes <= end; looked++) {
    const messageBytes = bytes[from]!
    const those = productsOf(bytes[from + MessageHeader.Type]!, messageBytes)
    if (those !== EITHER) hasTelling = true
    products &= those
    from += messageBytes
    if (products === 0 || (from > end && !isCut)) return Sureness.No
  }
  if (looked === 0) return isCut ? Sureness.Possible : Sureness.No
  if ((products & product) === 0) return Sureness.No
  if (looked === count && from !== at + blockBytes) return Sureness.No
  return hasTelling && looked === count ? Sureness.Certain : Sureness.Likely
}

/**
 * The same for the beginning of a stream, heartbeats aside, or for any place in it. A block that is not all there yet is
 * possible as long as what is there fits.
 */
export function looksLikePitchStream(bytes: Uint8Array, at: number, length: number, product: PitchProduct): Sureness {
  const end = at + length
  let from = at
  while (from + UnitHeader.Bytes <= end && isHeartbeat(bytes, from)) from += UnitHeader.Bytes
  const left = end - from
  if (left < UnitHeader.Bytes) return Sureness.Possible
  const isPartial = readU16(bytes, from + UnitHeader.Length) > left
  const sureness = looksLikePitch(bytes, from, left, isPartial, product)
  if (!isPartial || sureness === Sureness.No) return sureness
  return Sureness.Possible
}

function isHeartbeat(bytes: Uint8Array, at: number): boolean {
  return readU16(bytes, at + UnitHeader.Length) === UnitHeader.Bytes && bytes[at + UnitHeader.Count] === 0
}
