import { Side } from '../../records/catalogue.ts'
import type { StateArchive } from '../../records/state-archive.ts'
import { MarketSlot, type MarketTable } from './market-table.ts'

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

/** Slots of one instrument in `Exposure.cells`: a cache line. */
export enum Held {
  Position = 0,
  OpenBuy = 1,
  OpenSell = 2,
  /** In value units, as what follows. */
  OpenBuyValue = 3,
  OpenSellValue = 4,
  PositionValue = 5,
}

const SLOTS = 8

/**
 * Positions, what is open, and their values, by instrument and in all. Orders count at their worst: everything open may
 * still fill, at its limit; a replacement and what it replaces both count until the venue has answered.
 *
 * All values are whole numbers of value units, so that what is added and taken off again leaves nothing behind.
 */
export class Exposure {
  /** Quantity and value of the change that is to be made: a double as an argument would be boxed. */
  readonly change = new Float64Array(2)
  readonly cells: Float64Array
  readonly totals = new Float64Array(Total.Count)

  constructor(instrumentsMax: number) {
    this.cells = new Float64Array((instrumentsMax + 1) * SLOTS)
  }

  /** Saves or restores it, of the instruments up to one. */
  archive(archive: StateArchive, highestInstrument: number): void {
    archive.array(this.totals)
    archive.array(this.cells, 0, (highestInstrument + 1) * SLOTS)
  }

  /** Index of an instrument's first slot. */
  at(instrument: number): number {
    return instrument * SLOTS
  }

  /** More or, negative, less is open: by `change`. */
  addOpen(instrument: number, side: number): void {
    const at = instrument * SLOTS
    const quantity = this.change[0]!
    const value = this.change[1]!
    if (side === Side.Buy) {
      this.cells[at + Held.OpenBuy]! += quantity
      this.cells[at + Held.OpenBuyValue]! += value
      this.totals[Total.OpenBuy]! += value
    } else {
      this.cells[at + Held.OpenSell]! += quantity
      this.cells[at + Held.OpenSellValue]! += value
      this.totals[Total.OpenSell]! += value
    }
  }

  /** What is held as the session begins, `change`, at what it cost: profit and loss count from there. `revalue` is to follow. */
  begin(instrument: number): void {
    this.fill(instrument, Side.Buy)
    this.totals[Total.Traded]! -= this.change[1]!
  }

  /** `change` was traded, and is worth what it was traded at until there is a reference price. `revalue` is to follow. */
  fill(instrument: number, side: number): void {
    const quantity = this.change[0]!
    const value = this.change[1]!
    const at = instrument * SLOTS
    this.cells[at + Held.Position]! += side === Side.Buy ? quantity : -quantity
    this.totals[Total.Cash]! += side === Side.Buy ? -value : value
    this.totals[Total.Traded]! += value
    this.#setValue(at, this.cells[at + Held.PositionValue]! + (side === Side.Buy ? value : -value))
  }

  /** Values a position anew, at the reference price in the table of the market; without one it keeps the value that it has. */
  revalue(instrument: number, market: MarketTable): void {
    const marketAt = market.at(instrument)
    const unitValue = market.values[marketAt + MarketSlot.Reference]! * market.values[marketAt + MarketSlot.Scale]!
    if (unitValue === 0) return
    const at = instrument * SLOTS
    this.#setValue(at, Math.round(this.cells[at + Held.Position]! * unitValue))
  }

  #setValue(at: number, after: number): void {
    const before = this.cells[at + Held.PositionValue]!
    if (after === before) return
    this.cells[at + Held.PositionValue] = after
    this.totals[Total.Positions]! += after - before
    this.totals[Total.PositionsGross]! += (after < 0 ? -after : after) - (before < 0 ? -before : before)
  }
}
