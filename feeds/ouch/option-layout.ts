/**
 * The appendage of a message of OUCH 5.0: options behind its fields, each once.
 * Source: Nasdaq OUCH 5.0 Order Entry Specification, revision 1.05, section 1.2 "Data Types" (TagValue) and appendix A.
 *
 *      0               2        3       4                     2 + length
 *     ┌───────────────┬────────┬───────┬──────────┬ … ───────┐
 *     │ length of all │ length │ tag   │ value    │ next     │
 *     │ that follows  │ u8     │ u8    │          │ option   │
 *     └───────────────┴────────┴───────┴──────────┴ … ───────┘
 *                      an option's length counts its tag and its value
 *
 *     tag  option                 value      tag  option                value
 *     1    secondary reference    u64        16   trade now             u8 code
 *     2    firm                   text:4     17   handling              u8 code
 *     3    minimum shares         u32        18   BBO weight            u8 code
 *     4    customer type          u8 code    19   reference price       u64
 *     5    max floor              u32        20   reference price type  u8 code
 *     6    price type             u8 code    22   display shares        u32
 *     7    peg offset             i32        23   display price         u64
 *     9    discretion price       u64        24   group id              u16
 *     10   discretion price type  u8 code    25   shares located        u8 code
 *     11   discretion peg offset  i32        26   locate broker         text:4
 *     12   post only              u8 code    27   side                  u8 code
 *     13   random reserve         u32        28   user reference index  u8
 *     14   route                  text:4     29   AIQ strategy          u8 code
 *     15   expire time, seconds   u32        30   AIQ group             text:2
 *
 * Tags 14, 19 and 20 were in earlier revisions (as in the dissector Nasdaq NsmEquities Orders Ouch 5.0 of
 * Open-Markets-Initiative/wireshark-lua) and are still read.
 */
import { FIRM_BYTES, OuchField, OuchText } from './message.ts'
import { FieldKind } from './message-layout.ts'

export enum OptionTag {
  SecondaryReference = 1,
  Firm = 2,
  MinimumShares = 3,
  CustomerType = 4,
  MaxFloor = 5,
  PriceType = 6,
  PegOffset = 7,
  DiscretionPrice = 9,
  DiscretionPriceType = 10,
  DiscretionPegOffset = 11,
  PostOnly = 12,
  RandomReserve = 13,
  Route = 14,
  ExpireSeconds = 15,
  TradeNow = 16,
  Handling = 17,
  BboWeight = 18,
  ReferencePrice = 19,
  ReferencePriceType = 20,
  DisplayShares = 22,
  DisplayPrice = 23,
  GroupId = 24,
  SharesLocated = 25,
  LocateBroker = 26,
  Side = 27,
  UserRefIndex = 28,
  AiqStrategy = 29,
  AiqGroup = 30,
  /** One more than the highest. */
  End = 31,
}

/** Bytes of the appendage's own length. */
export const APPENDAGE_LENGTH_BYTES = 2

/** Offsets within an option. */
export enum OptionAt {
  Length = 0,
  Tag = 1,
  Value = 2,
}

/** Of each tag: the kind of its value (−1: no such option), its slot, the bytes of its value. */
export const OPTION_KIND = new Int8Array(256).fill(-1)
export const OPTION_SLOT = new Uint8Array(256)
export const OPTION_BYTES = new Uint8Array(256)

for (const [tag, kind, slot, bytes] of [
  [OptionTag.SecondaryReference, FieldKind.Words, OuchField.SecondaryReferenceHigh, 8],
  [OptionTag.Firm, FieldKind.Text, OuchText.Firm, FIRM_BYTES],
  [OptionTag.MinimumShares, FieldKind.U32, OuchField.MinimumShares, 4],
  [OptionTag.CustomerType, FieldKind.U8, OuchField.CustomerType, 1],
  [OptionTag.MaxFloor, FieldKind.U32, OuchField.MaxFloor, 4],
  [OptionTag.PriceType, FieldKind.U8, OuchField.PriceType, 1],
  [OptionTag.PegOffset, FieldKind.I32, OuchField.PegOffset, 4],
  [OptionTag.DiscretionPrice, FieldKind.U64, OuchField.DiscretionPrice, 8],
  [OptionTag.DiscretionPriceType, FieldKind.U8, OuchField.DiscretionPriceType, 1],
  [OptionTag.DiscretionPegOffset, FieldKind.I32, OuchField.DiscretionPegOffset, 4],
  [OptionTag.PostOnly, FieldKind.U8, OuchField.PostOnly, 1],
  [OptionTag.RandomReserve, FieldKind.U32, OuchField.RandomReserve, 4],
  [OptionTag.Route, FieldKind.Text, OuchText.Route, 4],
  [OptionTag.ExpireSeconds, FieldKind.U32, OuchField.ExpireSeconds, 4],
  [OptionTag.TradeNow, FieldKind.U8, OuchField.TradeNow, 1],
  [OptionTag.Handling, FieldKind.U8, OuchField.Handling, 1],
  [OptionTag.BboWeight, FieldKind.U8, OuchField.BboWeight, 1],
  [OptionTag.ReferencePrice, FieldKind.U64, OuchField.ReferencePrice, 8],
  [OptionTag.ReferencePriceType, FieldKind.U8, OuchField.ReferencePriceType, 1],
  [OptionTag.DisplayShares, FieldKind.U32, OuchField.DisplayShares, 4],
  [OptionTag.DisplayPrice, FieldKind.U64, OuchField.DisplayPrice, 8],
  [OptionTag.GroupId, FieldKind.U16, OuchField.GroupId, 2],
  [OptionTag.SharesLocated, FieldKind.U8, OuchField.SharesLocated, 1],
  [OptionTag.LocateBroker, FieldKind.Text, OuchText.LocateBroker, 4],
  [OptionTag.Side, FieldKind.U8, OuchField.OptionSide, 1],
  [OptionTag.UserRefIndex, FieldKind.U8, OuchField.UserRefIndex, 1],
  [OptionTag.AiqStrategy, FieldKind.U8, OuchField.AiqStrategy, 1],
  [OptionTag.AiqGroup, FieldKind.Text, OuchText.AiqGroup, 2],
] as const) {
  if (OPTION_KIND[tag] !== -1) throw new Error(`OUCH layout: option ${tag} is listed twice`)
  OPTION_KIND[tag] = kind
  OPTION_SLOT[tag] = slot
  OPTION_BYTES[tag] = bytes
}

/** The options of an order as it is entered. */
export const ENTERED_OPTIONS: readonly OptionTag[] = [
  OptionTag.Firm,
  OptionTag.MinimumShares,
  OptionTag.CustomerType,
  OptionTag.MaxFloor,
  OptionTag.PriceType,
  OptionTag.PegOffset,
  OptionTag.DiscretionPrice,
  OptionTag.DiscretionPriceType,
  OptionTag.DiscretionPegOffset,
  OptionTag.PostOnly,
  OptionTag.RandomReserve,
  OptionTag.Route,
  OptionTag.ExpireSeconds,
  OptionTag.TradeNow,
  OptionTag.Handling,
  OptionTag.GroupId,
  OptionTag.SharesLocated,
  OptionTag.LocateBroker,
  OptionTag.UserRefIndex,
  OptionTag.AiqStrategy,
  OptionTag.AiqGroup,
]

/** Every option: what the venue reports may be any. */
export const ALL_OPTIONS: readonly OptionTag[] = Array.from(OPTION_KIND.keys()).filter((tag) => OPTION_KIND[tag] !== -1)
