import { PositionSlot } from '../../strategies/plugin/memory.ts'
import { Side } from '../records/catalogue.ts'
import { addProduct } from './exact-sum.ts'

/**
 * Books one fill into an instrument's position. Profit is realised against the average price: closing c units of a long
 * position at p earns c × (p − average), of a short one c × (average − p); a fill through zero opens the rest at p.
 * @param cells a strategy's positions
 * @param source holds price and quantity, at these indices
 */
export function bookFill(
  cells: Float64Array,
  instrument: number,
  side: number,
  source: Float64Array,
  priceAt: number,
  quantityAt: number,
): void {
  const base = instrument * PositionSlot.Slots
  const price = source[priceAt]!
  const quantity = source[quantityAt]!
  const isBuy = side === Side.Buy
  addProduct(cells, base + PositionSlot.CashHigh, source, priceAt, source, quantityAt, isBuy)
  const held = cells[base + PositionSlot.Quantity]!
  const heldSize = held < 0 ? -held : held
  const average = cells[base + PositionSlot.AveragePrice]!
  if (held === 0 || held > 0 === isBuy) {
    cells[base + PositionSlot.AveragePrice] = (average * heldSize + price * quantity) / (heldSize + quantity)
  } else {
    const closed = Math.min(quantity, heldSize)
    cells[base + PositionSlot.RealisedProfit]! += closed * (isBuy ? average - price : price - average)
    if (quantity >= heldSize) cells[base + PositionSlot.AveragePrice] = quantity > heldSize ? price : 0
  }
  cells[base + PositionSlot.Quantity] = isBuy ? held + quantity : held - quantity
  cells[base + (isBuy ? PositionSlot.BoughtQuantity : PositionSlot.SoldQuantity)]! += quantity
  cells[base + PositionSlot.Fills]!++
}

/**
 * Takes over what the day before left: no fill, nothing realised. The cash is what the position cost, so that cash plus position is
 * the profit of this session.
 * @param source holds the signed quantity and the average price, at these indices
 */
export function openPosition(
  cells: Float64Array,
  instrument: number,
  source: Float64Array,
  quantityAt: number,
  averageAt: number,
): void {
  const base = instrument * PositionSlot.Slots
  cells[base + PositionSlot.Quantity] = source[quantityAt]!
  cells[base + PositionSlot.AveragePrice] = source[averageAt]!
  addProduct(cells, base + PositionSlot.CashHigh, source, averageAt, source, quantityAt, true)
}
