import { Side } from '../../kernels/records/catalogue.ts'

/*
 * Comparisons of prices that lie in arrays. They take arrays and indices: a double handed to a function that is not inlined
 * would be allocated, and whether it is inlined depends on what else is.
 */

/** Whether an order of this book side at `prices[index]` would trade at `others[otherIndex]`. */
export function reaches(
  bookSide: number,
  prices: Float64Array,
  index: number,
  others: Float64Array,
  otherIndex: number,
): boolean {
  return (bookSide & 1) === Side.Buy ? prices[index]! >= others[otherIndex]! : prices[index]! <= others[otherIndex]!
}

/** Whether `prices[index]` goes before `others[otherIndex]` on this book side. */
export function isBetter(
  bookSide: number,
  prices: Float64Array,
  index: number,
  others: Float64Array,
  otherIndex: number,
): boolean {
  return (bookSide & 1) === Side.Buy ? prices[index]! > others[otherIndex]! : prices[index]! < others[otherIndex]!
}
