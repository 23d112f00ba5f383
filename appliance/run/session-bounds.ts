/** TotalView numbers its stocks with 16 bits. */
export const INSTRUMENTS_MAX = 65_535
/** A full day of all Nasdaq stocks has up to some 3 million displayed orders at once. */
export const BOOK_ORDERS_MAX = 4_000_000
