/**
 * The fields that messages of OUCH have, of both versions and both directions, as slots of `OuchMessage.numbers`. Codes are
 * the ASCII letters of `codes.ts`; shares, prices (4 decimals) and times (ns since midnight of the exchange's day) are whole
 * numbers; references and match numbers are two words, the high one first.
 */
export enum OuchField {
  Timestamp = 0,
  /** OUCH 5.0: the number by which the client names the order; strictly increasing in a day. */
  UserRefNum = 1,
  OriginalUserRefNum = 2,
  /** The next number that the venue will take: an account query's answer. */
  NextUserRefNum = 3,
  Side = 4,
  Shares = 5,
  Price = 6,
  /** OUCH 4.2: seconds, or one of `TimeInForce42`. OUCH 5.0: one of `TimeInForce50`. */
  TimeInForce = 7,
  Display = 8,
  Capacity = 9,
  Sweep = 10,
  CrossType = 11,
  OrderState = 12,
  BboWeight = 13,
  ReferenceHigh = 14,
  ReferenceLow = 15,
  MatchHigh = 16,
  MatchLow = 17,
  /** Of a cancel, a reject, a broken trade, a correction or a restatement. */
  Reason = 18,
  Liquidity = 19,
  PreventedShares = 20,
  AiqStrategy = 21,
  Event = 22,
  ReferencePrice = 23,
  ReferencePriceType = 24,
  MinimumShares = 25,
  CustomerType = 26,
  /* OUCH 5.0: the fields below are options of an appendage. */
  SecondaryReferenceHigh = 27,
  SecondaryReferenceLow = 28,
  /** Shares displayed at most; what is above is the reserve. */
  MaxFloor = 29,
  PriceType = 30,
  /** Signed. */
  PegOffset = 31,
  DiscretionPrice = 32,
  DiscretionPriceType = 33,
  /** Signed. */
  DiscretionPegOffset = 34,
  PostOnly = 35,
  RandomReserve = 36,
  /** Seconds to live. */
  ExpireSeconds = 37,
  TradeNow = 38,
  Handling = 39,
  DisplayShares = 40,
  DisplayPrice = 41,
  GroupId = 42,
  SharesLocated = 43,
  /** The side that a replacement or a mass cancel is confined to. */
  OptionSide = 44,
  UserRefIndex = 45,
  Count = 46,
}

/** Offsets of the text fields in `OuchMessage.text`, each padded with spaces. */
export enum OuchText {
  /** OUCH 4.2: the order's token. OUCH 5.0: the client's own order id, which the venue only echoes. */
  Token = 0,
  /** The order that a replacement replaces. */
  PreviousToken = 14,
  Symbol = 28,
  Firm = 36,
  Route = 40,
  LocateBroker = 44,
  AiqGroup = 48,
  Bytes = 50,
}

/** Bytes of a token, of a symbol and of a firm. */
export const TOKEN_BYTES = 14
export const OUCH_SYMBOL_BYTES = 8
export const FIRM_BYTES = 4

const SPACE = 0x20

/** One message of OUCH, reused: what a codec has read, or is to write. */
export class OuchMessage {
  /** Type letter; requests and responses use the same letters for different messages. */
  type = 0
  /** Bits of the options present, by `1 << OptionTag`; OUCH 4.2 has none. */
  options = 0
  /** By `OuchField`. */
  readonly numbers = new Float64Array(OuchField.Count)
  /** By `OuchText`. */
  readonly text = new Uint8Array(OuchText.Bytes).fill(SPACE)

  /** Forgets everything, for a message of the given type to be filled in. */
  begin(type: number): void {
    this.type = type
    this.options = 0
    this.numbers.fill(0)
    this.text.fill(SPACE)
  }

  /** Whether the option is present. */
  has(tag: number): boolean {
    return (this.options & (1 << tag)) !== 0
  }

  /** Sets a text, cut or padded with spaces to its field. Allocates: not for the hot path. */
  setText(field: OuchText, width: number, value: string): void {
    for (let i = 0; i < width; i++) this.text[field + i] = i < value.length ? value.charCodeAt(i) & 0x7f : SPACE
  }

  /** A text without its padding. Allocates: not for the hot path. */
  getText(field: OuchText, width: number): string {
    return String.fromCharCode(...this.text.subarray(field, field + width)).trimEnd()
  }
}
