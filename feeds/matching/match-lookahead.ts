import { Cell } from '../book/book-memory.ts'
import { BookInput } from '../book/level-ladders.ts'
import { LevelWord } from '../book/level-store.ts'
import type { MatchingEngine } from './matching-engine.ts'
import { OrderCell, OrderCellShift } from './order-cell.ts'

/**
 * Brings what a batch of commands will need into the caches before the first of them runs. A replace touches five or six
 * cache lines that lie anywhere in a large book: one command after the other waits for each, a batch waits for all at
 * once. Nothing is changed, and a note that has become wrong does no harm.
 */
export class MatchLookahead {
  private readonly engine: MatchingEngine
  private readonly slots: Int32Array
  private readonly prices: Int32Array
  private readonly levels: Int32Array
  private used = 0

  /** @param commandsMax most commands of a batch; notes beyond it are dropped */
  constructor(engine: MatchingEngine, commandsMax: number) {
    this.engine = engine
    this.slots = new Int32Array(commandsMax)
    this.prices = new Int32Array(commandsMax)
    this.levels = new Int32Array(commandsMax)
  }

  /**
   * Notes an order that a command names, and the price that it is to go to, 0 for none.
   * @param mirror when not 0, an order to sell goes to this less the price instead: its side is known only in `load`
   */
  note(slot: number, price: number, mirror = 0): void {
    if (this.used === this.slots.length) return
    this.slots[this.used] = slot
    this.prices[this.used] = price
    this.levels[this.used++] = mirror
  }

  /** Reads it all, each pass what the one before led to. @returns a number that only keeps the reads from being left out */
  load(): number {
    const { slots, prices, levels, used } = this
    const { cells, words } = this.engine
    let sum = 0
    for (let i = 0; i < used; i++) sum ^= cells[(slots[i]! << OrderCellShift.Words) | OrderCell.Level]!
    for (let i = 0; i < used; i++) {
      const at = slots[i]! << OrderCellShift.Words
      sum ^= words[cells[at | OrderCell.Level]! << Cell.Shift]!
      sum ^= cells[cells[at | OrderCell.Later]! << OrderCellShift.Words]!
      sum ^= cells[cells[at | OrderCell.Earlier]! << OrderCellShift.Words]!
    }
    for (let i = 0; i < used; i++) levels[i] = prices[i] === 0 ? 0 : this.hintOf(i)
    for (let i = 0; i < used; i++) levels[i] = words[(levels[i]! << Cell.Shift) | LevelWord.LastOrder]!
    // A stale hint may name a free level, whose last order is what it was: at worst a line too many.
    for (let i = 0; i < used; i++) sum ^= cells[levels[i]! << OrderCellShift.Words]!
    this.used = 0
    return sum
  }

  /** The level that an order's new price most likely is. */
  private hintOf(i: number): number {
    const { engine } = this
    const bookSide = engine.cells[(this.slots[i]! << OrderCellShift.Words) | OrderCell.BookSide]!
    const mirror = this.levels[i]!
    const price = this.prices[i]!
    engine.input[BookInput.Price] = mirror !== 0 && (bookSide & 1) === 1 ? mirror - price : price
    return engine.words[engine.hintAt(((bookSide >> 1) << 2) | (bookSide & 1))]!
  }
}
