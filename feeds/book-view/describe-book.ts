import { type Side, TradingState } from '../../kernels/records/catalogue.ts'
import { formatDecimal } from '../../kernels/records/decimal.ts'
import { NO_LEVEL } from '../book/level-store.ts'
import type { OrderBook } from '../book/order-book.ts'
import type { InstrumentNames } from '../instrument-names.ts'
import type { LevelView } from './book-snapshot.ts'

/** The best levels of a side, from the best outwards, as plain data. */
export function readLevels(
  book: OrderBook,
  instrument: number,
  side: Side,
  levelsMax: number,
  { priceExponents, quantityExponents }: InstrumentNames,
): LevelView[] {
  const levels: LevelView[] = []
  let level = book.firstLevel(instrument, side)
  for (; level !== NO_LEVEL && levels.length < levelsMax; level = book.nextLevel(level)) {
    levels.push({
      price: formatDecimal(book.levelPrice(level), priceExponents[instrument]!),
      quantity: Number(formatDecimal(book.levelQuantity(level), quantityExponents[instrument]!)),
      orders: book.levelOrders(level),
    })
  }
  return levels
}

/** The middle of two prices, as a decimal with one digit more than theirs. */
export function formatMiddle(bid: number, ask: number, exponent: number): string {
  const sum = bid + ask
  // Half a unit is five units of the next digit.
  return Number.isInteger(sum) ? formatDecimal(BigInt(sum) * 5n, exponent - 1) : formatDecimal(sum / 2, exponent)
}

/** Name of a `TradingState`, first letter small. */
export function nameState(state: number): string {
  const name = TradingState[state] ?? 'Unknown'
  return name.charAt(0).toLowerCase() + name.slice(1)
}
