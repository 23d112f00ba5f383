/** 2^27 + 1: splits a double into two halves whose products are exact (Veltkamp). */
const SPLITTER = 134217729

/** Whole numbers up to here, and the sums of two that stay below it, are doubles without rounding. */
const EXACT = 9007199254740991

/**
 * Adds ±(a × b) to a sum that is kept as two doubles, `cells[at]` + `cells[at + 1]`, exactly for whole numbers below
 * 2^53 and sums below 2^105: cash is price × quantity over a whole day, which can pass 2^53. Error-free product and sum
 * after Dekker (1971) and Knuth (TAOCP 2, 4.2.2); IEEE doubles only, so the same on every machine.
 */
export function addProduct(
  cells: Float64Array,
  at: number,
  a: Float64Array,
  aAt: number,
  b: Float64Array,
  bAt: number,
  isNegative: boolean,
): void {
  const x = isNegative ? -a[aAt]! : a[aAt]!
  const y = b[bAt]!
  const product = x * y
  const plain = cells[at]! + product
  if (cells[at + 1] === 0 && product >= -EXACT && product <= EXACT && plain >= -EXACT && plain <= EXACT) {
    cells[at] = plain
    return
  }
  const xSplit = SPLITTER * x
  const xHigh = xSplit - (xSplit - x)
  const xLow = x - xHigh
  const ySplit = SPLITTER * y
  const yHigh = ySplit - (ySplit - y)
  const yLow = y - yHigh
  const productError = xLow * yLow - (product - xHigh * yHigh - xLow * yHigh - xHigh * yLow)
  const high = cells[at]!
  const sum = high + product
  const part = sum - high
  const sumError = high - (sum - part) + (product - part)
  const low = cells[at + 1]! + (sumError + productError)
  const total = sum + low
  cells[at] = total
  cells[at + 1] = low - (total - sum)
}
