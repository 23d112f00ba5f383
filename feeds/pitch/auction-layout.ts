/**
 * Wire layout of the PITCH messages of trading status and auctions, the only place that names their offsets.
 * Source: Cboe US Equities/Options Multicast PITCH specification 2.41, US Options Complex Multicast PITCH 2.1, CFE
 * Multicast PITCH 1.2. Offsets from the message's first byte; the time offset stands at 2, as everywhere.
 *
 *     type  message                    fields from offset 6: name:bytes                                               bytes
 *     0x31  trading status             symbol:8 status:1 regSho:1 extendedHours:1 reserved:1                             18
 *     0x95  auction update             symbol:8 type:1 reference:8 buy:4 sell:4 indicative:8 auctionOnly:8               47
 *     0xd1  options auction update     as 0x95, condition:1 compositeBid:8 compositeOffer:8                              64
 *     0x96  auction summary            symbol:8 type:1 price:8 quantity:4                                                27
 *     0x98  retail price improvement   symbol:8 interest:1                                                               15
 *     0xad  auction notification       symbol:6 auction:8 type:1 side:1 price:8 contracts:4 customer:1
 *                                      participant:4 endOffset:4 [client:4]                                           43–47
 *     0xae  auction cancel             auction:8                                                                         14
 *     0xaf  auction trade              auction:8 execution:8 price:8 contracts:4                                         34
 *     0xd2  width update               underlying:8 type:1 multiplier:4                                                  19
 *
 * Options and futures have symbols of 6 bytes and 2 reserved ones where equities have 8; options have the status of the
 * extended hours behind the reserved byte.
 */
export enum StatusAt {
  Symbol = 6,
  Status = 14,
  RegSho = 15,
  ExtendedHours = 16,
  Bytes = 18,
}

export enum AuctionUpdateAt {
  Symbol = 6,
  AuctionType = 14,
  Reference = 15,
  Buy = 23,
  Sell = 27,
  Indicative = 31,
  AuctionOnly = 39,
  Bytes = 47,
}

/** What 0xd1 has beyond the fields of 0x95. */
export enum OptionsUpdateAt {
  Condition = 47,
  CompositeBid = 48,
  CompositeOffer = 56,
  Bytes = 64,
}

export enum AuctionSummaryAt {
  Symbol = 6,
  AuctionType = 14,
  Price = 15,
  Quantity = 23,
  Bytes = 27,
}

export enum RetailInterestAt {
  Symbol = 6,
  Interest = 14,
  Bytes = 15,
}

export enum NotificationAt {
  Symbol = 6,
  Auction = 12,
  AuctionType = 20,
  Side = 21,
  Price = 22,
  Contracts = 30,
  Bytes = 43,
}

export enum AuctionCancelAt {
  Auction = 6,
  Bytes = 14,
}

export enum AuctionTradeAt {
  Auction = 6,
  Execution = 14,
  Price = 22,
  Contracts = 30,
  Bytes = 34,
}

/** No field of it reaches a record. */
export enum WidthUpdateAt {
  Bytes = 19,
}
