/**
 * One order of the matching engine: a cell of 64 bytes, one cache line.
 *
 *      0        4        8        12       16       20       24       28
 *     ┌────────┬────────┬────────┬────────┬────────┬────────┬────────┬────────┐
 *     │ price  │ open   │ exe-   │ min.   │ flags  │ book   │ level  │ account│
 *     │ i32    │ i32    │ cuted  │quantity│ i32    │ side   │ i32    │ i32    │
 *     ├────────┼────────┼────────┼────────┼────────┴────────┼────────┴────────┤
 *     │ later  │ earlier│ tag    │ live   │ unused          │ reference       │
 *     │ i32    │ i32    │ u32    │ i32    │                 │ f64             │
 *     └────────┴────────┴────────┴────────┴─────────────────┴─────────────────┘
 *      32       36       40       44       48                56
 *
 * The members are indices of 32-bit words. `open` is what may still trade, `executed` what has traded since the first
 * order of its chain of replaces: sizes in OUCH count both. The reference is the order's number in the feed and its
 * time priority at once, since both grow with every entry and replace. `later` links the free cells, too.
 */
export enum OrderCell {
  Price = 0,
  Open = 1,
  Executed = 2,
  MinimumQuantity = 3,
  Flags = 4,
  /** Instrument × 2 + side; side 0 buys. */
  BookSide = 5,
  /** The price level that it lies at; 0 for pegs and orders for a cross, which lie at none. */
  Level = 6,
  Account = 7,
  Later = 8,
  Earlier = 9,
  /** What the participant calls the order; the engine hands it back. */
  Tag = 10,
  Live = 11,
  Words = 16,
}

/** The same cell in doubles. */
export enum OrderCellDouble {
  Reference = 7,
  Doubles = 8,
}

/** slot << Shift is a cell's first word, and slot << DoubleShift its first double. */
export enum OrderCellShift {
  Words = 4,
  Doubles = 3,
}

/** What an order asks for. Combinations that make no sense are rejected. */
export enum OrderFlag {
  /** Not in the feed; behind displayed orders of its price. */
  Hidden = 1,
  /** Takes only at a better price than its own; see `MatchingEngine`. */
  PostOnly = 2,
  /** Hidden at the midpoint of the displayed market; its price is a limit. */
  MidpointPeg = 4,
  /** What does not trade at once is cancelled. */
  ImmediateOrCancel = 8,
  /** Takes part in one cross only. */
  OpeningCross = 16,
  ClosingCross = 32,
  HaltCross = 64,
  /** No limit; in continuous trading it never rests. */
  Market = 128,
  /** Its participant's name is in the feed. */
  Attributed = 256,
  /** Ends at the closing cross; an order without it lives until the end of the day. */
  MarketHours = 512,
  AnyCross = 112,
  /** Neither displayed nor at a level. */
  OffBook = 116,
}

export const NO_SLOT = 0
/** Price of a market order to buy; one to sell has 0. No limit reaches it. */
export const PRICE_MAX = 0x7fffffff
/** Highest limit, $199,999.99 in four decimals. Source: Nasdaq OUCH 5.0, "Data Types". */
export const LIMIT_PRICE_MAX = 1_999_999_900
/** Most shares of one order. Source: Nasdaq OUCH 5.0, "Enter Order Message". */
export const ORDER_QUANTITY_MAX = 999_999

if (OrderCell.Words !== 1 << OrderCellShift.Words || OrderCellDouble.Doubles !== 1 << OrderCellShift.Doubles) {
  throw new Error('order cell: its sizes and shifts differ')
}
