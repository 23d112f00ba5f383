import type { StateArchive } from '../../records/state-archive.ts'

const SLOTS = 16

/** Slots of one instrument in `MarketTable.values`; prices in price units, 0 for none. */
export enum MarketSlot {
  BidPrice = 0,
  AskPrice = 1,
  LastPrice = 2,
  /** Value units of one price unit times one quantity unit; see `VALUE_UNITS`. */
  Scale = 3,
  LowerBand = 4,
  UpperBand = 5,
  /** Reference price after the latest market record. */
  Reference = 6,
  /** Number of the window that the lowest and highest reference prices below are of. */
  Window = 7,
  WindowLow = 8,
  WindowHigh = 9,
  /** Of the window before. */
  EarlierLow = 10,
  EarlierHigh = 11,
  /** What prices and quantities must be multiples of, by the start-of-day file; 0 for anything. */
  Tick = 12,
  Lot = 13,
}

/**
 * Values are whole numbers of ten-thousandths of the currency, so that sums and differences of them are exact: a double
 * holds them up to 900 billion.
 */
export const VALUE_UNITS = 10_000
/** Price exponent of instruments that no record has described: that of ITCH. */
const EXPONENT_DEFAULT = -4

/** What the gate knows of each instrument's prices. The kernel writes bid, ask and last, then calls `note`. */
export class MarketTable {
  readonly values: Float64Array
  /** Highest instrument that anyone asked for: what lies behind it is as it was at the start. */
  highestInstrument = 0
  readonly #windowNs: number

  constructor(instrumentsMax: number, windowMs: number) {
    this.values = new Float64Array((instrumentsMax + 1) * SLOTS)
    this.#windowNs = windowMs * 1e6
    for (let i = 0; i <= instrumentsMax; i++) this.setExponents(i, EXPONENT_DEFAULT, 0)
  }

  /** Saves or restores it, of the instruments up to one. */
  archive(archive: StateArchive, highestInstrument: number): void {
    archive.array(this.values, 0, (highestInstrument + 1) * SLOTS)
  }

  /** Index of an instrument's first slot. */
  at(instrument: number): number {
    if (instrument > this.highestInstrument) this.highestInstrument = instrument
    return instrument * SLOTS
  }

  setExponents(instrument: number, priceExponent: number, quantityExponent: number): void {
    this.values[instrument * SLOTS + MarketSlot.Scale] = 10 ** (priceExponent + quantityExponent) * VALUE_UNITS
  }

  /** Works out the reference price: the mid of the two best prices, else the one there is, else the last trade. */
  note(instrument: number, clock: Float64Array): void {
    const values = this.values
    const at = instrument * SLOTS
    const bid = values[at + MarketSlot.BidPrice]!
    const ask = values[at + MarketSlot.AskPrice]!
    let reference = values[at + MarketSlot.LastPrice]!
    if (bid > 0 && ask > 0) reference = (bid + ask) / 2
    else if (bid > 0) reference = bid
    else if (ask > 0) reference = ask
    this.roll(at, clock)
    values[at + MarketSlot.Reference] = reference
    if (!(reference > 0)) return
    if (reference < values[at + MarketSlot.WindowLow]!) values[at + MarketSlot.WindowLow] = reference
    if (reference > values[at + MarketSlot.WindowHigh]!) values[at + MarketSlot.WindowHigh] = reference
  }

  /** Begins the window of the moment, if it has not begun; together with the one before it spans one to two windows. */
  roll(at: number, clock: Float64Array): void {
    const values = this.values
    const window = Math.floor(clock[0]! / this.#windowNs) + 1
    const current = values[at + MarketSlot.Window]!
    if (window === current) return
    const reference = values[at + MarketSlot.Reference]!
    const isNext = window === current + 1
    values[at + MarketSlot.EarlierLow] = isNext ? values[at + MarketSlot.WindowLow]! : reference
    values[at + MarketSlot.EarlierHigh] = isNext ? values[at + MarketSlot.WindowHigh]! : reference
    // Where there was no price yet, the first one stands for what was before it.
    values[at + MarketSlot.WindowLow] = reference > 0 ? reference : Number.POSITIVE_INFINITY
    values[at + MarketSlot.WindowHigh] = reference
    values[at + MarketSlot.Window] = window
  }

  /**
   * All books were emptied: what they showed is no reference any more. One instrument's comes with its record.
   * @param isStale by instrument, not 0 where the book is to be built anew: there the reference stays until it is whole
   */
  forgetQuotes(isStale: Uint8Array): void {
    const values = this.values
    for (let instrument = 0; instrument < isStale.length; instrument++) {
      const at = instrument * SLOTS
      values[at + MarketSlot.BidPrice] = 0
      values[at + MarketSlot.AskPrice] = 0
      if (isStale[instrument] === 0) values[at + MarketSlot.Reference] = values[at + MarketSlot.LastPrice]!
    }
  }
}
