/** Live orders that are remembered: all units of one exchange on a busy day have fewer. */
export const ORDERS_MAX_DEFAULT = 1 << 21
/** Cells looked at before an order is refused: ids that all fall on one place must not cost more. */
const PROBES_MAX = 256
/** Ids that follow each other share this many cells, so that a run of new orders stays on a few pages. */
const RUN_BITS = 6
const CELL_SHIFT = 3

/**
 * One order: a cell of 32 bytes; the members are indices of 32-bit words.
 *
 *      0            4            8            12           16         24
 *     ┌────────────┬────────────┬────────────┬────────────┬──────────┬──────────┐
 *     │ id low u32 │ id high u32│ instrument │ generation │ price    │ quantity │
 *     │            │            │ i32        │ i32        │ f64      │ f64      │
 *     └────────────┴────────────┴────────────┴────────────┴──────────┴──────────┘
 *
 * A cell without an instrument holds no order.
 */
export enum OrderCell {
  IdLow = 0,
  IdHigh = 1,
  Instrument = 2,
  Generation = 3,
}

/** Indices of doubles in a cell. */
export enum OrderDouble {
  Price = 2,
  Quantity = 3,
}

export const NO_ORDER = -1

/**
 * Live orders by their 64-bit id: PITCH names an order's symbol only when it is added, the records at every change. Open
 * addressing; what follows a removed order moves up, so there are no tombstones.
 * Bound: `ordersMax`, and PROBES_MAX cells a look-up; policy: `insert` refuses, and the decoder counts the message as not decoded.
 */
export class OrderIndex {
  readonly words: Int32Array
  readonly doubles: Float64Array
  count = 0
  readonly #ordersMax: number
  readonly #mask: number

  /** @param ordersMax a power of two from 64 */
  constructor(ordersMax = ORDERS_MAX_DEFAULT) {
    const cells = ordersMax * 2
    const buffer = new ArrayBuffer(cells << (CELL_SHIFT + 2))
    this.words = new Int32Array(buffer)
    this.doubles = new Float64Array(buffer)
    this.#ordersMax = ordersMax
    this.#mask = cells - 1
  }

  /** Index of the first word of the order's cell, or `NO_ORDER`. */
  find(idLow: number, idHigh: number): number {
    const { words } = this
    let cell = this.#homeOf(idLow, idHigh)
    for (let probes = 0; probes < PROBES_MAX; probes++) {
      const at = cell << CELL_SHIFT
      if (words[at | OrderCell.Instrument] === 0) return NO_ORDER
      if (words[at | OrderCell.IdLow] === idLow && words[at | OrderCell.IdHigh] === idHigh) return at
      cell = (cell + 1) & this.#mask
    }
    return NO_ORDER
  }

  /**
   * Takes a cell for an order that is not there; price and quantity are for the caller to set.
   * @returns index of its first word, or `NO_ORDER` when there is no room
   */
  insert(idLow: number, idHigh: number, instrument: number, generation: number): number {
    const { words } = this
    if (this.count === this.#ordersMax) return NO_ORDER
    let cell = this.#homeOf(idLow, idHigh)
    for (let probes = 0; probes < PROBES_MAX; probes++) {
      const at = cell << CELL_SHIFT
      if (words[at | OrderCell.Instrument] === 0) {
        words[at | OrderCell.IdLow] = idLow
        words[at | OrderCell.IdHigh] = idHigh
        words[at | OrderCell.Instrument] = instrument
        words[at | OrderCell.Generation] = generation
        this.count++
        return at
      }
      cell = (cell + 1) & this.#mask
    }
    return NO_ORDER
  }

  /** Removes the order whose cell begins at word `at`. */
  remove(at: number): void {
    const { words } = this
    const mask = this.#mask
    let hole = at >>> CELL_SHIFT
    for (
      let cell = (hole + 1) & mask;
      words[(cell << CELL_SHIFT) | OrderCell.Instrument] !== 0;
      cell = (cell + 1) & mask
    ) {
      const from = cell << CELL_SHIFT
      const home = this.#homeOf(words[from | OrderCell.IdLow]!, words[from | OrderCell.IdHigh]!)
      // It may fill the hole unless its home lies behind the hole.
      if (((cell - home) & mask) < ((cell - hole) & mask)) continue
      words.copyWithin(hole << CELL_SHIFT, from, from + (1 << CELL_SHIFT))
      hole = cell
    }
    words[(hole << CELL_SHIFT) | OrderCell.Instrument] = 0
    this.count--
  }

  #homeOf(idLow: number, idHigh: number): number {
    const run = Math.imul((idLow >>> RUN_BITS) ^ Math.imul(idHigh, 0x85ebca6b), 0x9e3779b1)
    return (((run ^ (run >>> 15)) << RUN_BITS) | (idLow & ((1 << RUN_BITS) - 1))) & this.#mask
  }
}
