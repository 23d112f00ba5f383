/**
 * Wire layout of the PITCH messages that define instruments or state facts of them, the only place that names their offsets.
 * Source: Cboe US Equities/Options Multicast PITCH specification 2.41 (0x2e, 0x9d, 0x9e), US Options Complex Multicast
 * PITCH 2.1 (0x9a, 0x9f), CFE Multicast PITCH 1.1 and 1.2 (all others). Dates are numbers YYYYMMDD.
 *
 *     type  message                     fields: name:bytes                                                            bytes
 *     0x2e  symbol mapping              from 2: feedSymbol:6 osiSymbol:21 condition:1 [underlying:8]                  30 38
 *     0x9e  constituent mapping         as 0x2e, soqIdentifier:20                                                        58
 *     0x9d  SOQ strike range            from 2: offset:4 identifier:20 lower:8 upper:8                                   42
 *     0x9a  complex definition          offset:4 symbol:6 underlying:8 type:4 legCount:1, legs of 13              25 + legs
 *     0x9f  designated complex def.     offset:4 symbol:6 underlying:8 type:20 subtype:20 reserved:2 legCount:1   63 + legs
 *     0xbb  futures definition          offset:4 symbol:6 unitSeconds:4 reportSymbol:6 flags:1 expiration:4
 *                                       contractSize:2 state:1 priceIncrement:8 legCount:1 legOffset:1
 *                                       varianceOffset:1 [contractDate:4], legs of 10 and 52 bytes of variance    41 + more
 *     0xfa  variance mapping            offset:4 unitSeconds:4 symbol:6 futuresSymbol:12 accrued:8 counts:4              40
 *     0xb9  settlement                  offset:4 symbol:6 tradeDate:4 price:8 issue:1                                    25
 *     0xd3  open interest               offset:4 symbol:6 tradeDate:4 openInterest:4                                     20
 *     0xba  end of day summary          offset:4 symbol:6 tradeDate:4 openInterest:4 high:8 low:8 open:8 close:8
 *                                       volume:4 blockVolume:4 ecrpVolume:4 flags:1                                      65
 *     0xbe  price limits                offset:4 symbol:6 upper:8 lower:8                                                28
 */
export enum MappingAt {
  FeedSymbol = 2,
  OsiSymbol = 8,
  Condition = 29,
  Bytes = 30,
}

/** Bytes of an option's symbol of the Options Symbology Initiative. */
export const OSI_SYMBOL_BYTES = 21

export enum ConstituentAt {
  Bytes = 58,
}

export enum StrikeRangeAt {
  Bytes = 42,
}

export enum ComplexAt {
  Symbol = 6,
  LegCount = 24,
  Bytes = 25,
}

export enum DesignatedAt {
  Symbol = 6,
  LegCount = 62,
  Bytes = 63,
}

export enum FuturesAt {
  Symbol = 6,
  /** Seconds since 1970 that this message's time offset counts from. */
  UnitSeconds = 12,
  ReportSymbol = 16,
  Flags = 22,
  Expiration = 23,
  ContractSize = 27,
  State = 29,
  PriceIncrement = 30,
  LegCount = 38,
  Bytes = 41,
}

export enum VarianceMappingAt {
  Bytes = 40,
}

export enum SettlementAt {
  Symbol = 6,
  TradeDate = 12,
  Price = 16,
  Bytes = 25,
}

export enum OpenInterestAt {
  Symbol = 6,
  TradeDate = 12,
  OpenInterest = 16,
  Bytes = 20,
}

export enum SummaryAt {
  Symbol = 6,
  TradeDate = 12,
  OpenInterest = 16,
  High = 20,
  Low = 28,
  Open = 36,
  Close = 44,
  Volume = 52,
  Flags = 64,
  Bytes = 65,
}

/** Of the summary's flags: which prices it has. */
export enum SummaryFlag {
  HasHigh = 1,
  /** The high is a bid, not a trade. */
  HighIsBid = 2,
  HasLow = 4,
  /** The low is an offer, not a trade. */
  LowIsOffer = 8,
  HasOpenAndClose = 16,
}

export enum PriceLimitsAt {
  Symbol = 6,
  Upper = 12,
  Lower = 20,
  Bytes = 28,
}
