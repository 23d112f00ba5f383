import { Side } from '../../records/catalogue.ts'

/** Slots of `Exposure.totals`, in value units. */
export enum Total {
  /** What was paid and received: sales less purchases. */
  Cash = 0,
  /** Positions at their reference prices, shorts negative. */
  Positions = 1,
  /** The same without signs. */
  PositionsGross = 2,
  OpenBuy = 3,
  OpenSell = 4,
  /** Traded so far, without signs. */
  Traded = 5,
  Count = 6,
}

/**
 * Positions, what is open, and their values, by instrument and in all. Orders count at their worst: everything open may
 * still fill, at its limit; a replacement and what it replaces both count until the venue has answered.
 *
 * All values are whole numbers of value units, so that what is added and taken off again leaves nothing behind.
 */
export class Exposure {
  readonly position: Float64Array
  readonly openBuy: Float64Array
  readonly openSell: Float64Array
  readonly openBuyValue: Float64Array
  readonly openSellValue: Float64Array
  readonly positionValue: Float64Array
  readonly totals = new Float64Array(Total.Count)

  constructor(instrumentsMax: number) {
    const length = instrumentsMax + 1
    this.position = new Float64Array(length)
    this.openBuy = new Float64Array(length)
    this.openSell = new Float64Array(length)
    this.openBuyValue = new Float64Array(length)
    this.openSellValue = new Float64Array(length)
    this.positionValue = new Float64Array(length)
  }

  /** More or, negative, less is open. */
  addOpen(instrument: number, side: number, quantity: number, value: number): void {
    if (side === Side.Buy) {
      this.openBuy[instrument]! += quantity
      this.openBuyValue[instrument]! += value
      this.totals[Total.OpenBuy]! += value
    } else {
      this.openSell[instrument]! += quantity
      this.openSellValue[instrument]! += value
      this.totals[Total.OpenSell]! += value
    }
  }

  /** Something was traded. `revalue` is to follow. */
  fill(instrument: number, side: number, quantity: number, value: number): void {
    this.position[instrument]! += side === Side.Buy ? quantity : -quantity
    this.totals[Total.Cash]! += side === Side.Buy ? -value : value
    this.totals[Total.Traded]! += value
  }

  /** Values a position anew; `unitValue` is that of one quantity unit at the reference price. */
  revalue(instrument: number, unitValue: number): void {
    const before = this.positionValue[instrument]!
    const after = Math.round(this.position[instrument]! * unitValue)
    if (after === before) return
    this.positionValue[instrument] = after
    this.totals[Total.Positions]! += after - before
    this.totals[Total.PositionsGross]! += (after < 0 ? -after : after) - (before < 0 ? -before : before)
  }
}
