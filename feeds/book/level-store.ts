import { LineAlignedBuffer } from './cache-lines.ts'
import { LadderWord, LevelLadders } from './level-ladders.ts'

/**
 * One price level of the store: 32 bytes, half a cache line.
 *
 *      0            8            16       20       24       28
 *     ┌────────────┬────────────┬────────┬────────┬────────┬────────┐
 *     │ price      │ quantity   │ orders │ first  │ last   │ book   │
 *     │ f64        │ f64        │ i32    │ i32    │ i32    │ side   │
 *     └────────────┴────────────┴────────┴────────┴────────┴────────┘
 *
 * `LevelDouble` has the indices of its doubles from level × `Doubles`, `LevelWord` those of its words.
 * `first` and `last` are the ends of the queue of orders, in a book that keeps queues. Book side = instrument × 2 + side.
 * The quantity is exact below 2^53. Slot 0 is "none".
 */
export enum LevelDouble {
  Price = 0,
  Quantity = 1,
  Doubles = 4,
}

/** The rest of a level, in 32-bit words from level × `Words`. */
export enum LevelWord {
  Orders = 4,
  FirstOrder = 5,
  LastOrder = 6,
  BookSide = 7,
  Words = 8,
}

/** Slots of one instrument in `top`: zeros where a side is empty. */
export enum TopSlot {
  BidPrice = 0,
  BidQuantity = 1,
  AskPrice = 2,
  AskQuantity = 3,
  BidOrders = 4,
  AskOrders = 5,
  Slots = 8,
}

export const NO_LEVEL = 0

/** Limits of a store; everything is allocated at construction. */
export interface LevelStoreLimits {
  /** Highest instrument id. */
  readonly instrumentsMax: number
  /** Most price levels at once, over all instruments and both sides. */
  readonly levelsMax: number
}

/**
 * Price levels of all instruments, the ladders that sort them, and the best bid and offer of each instrument.
 * A level keeps its slot as long as it lives, so that orders name it by slot and most changes touch no ladder.
 * Bound: `levelsMax`; policy: `obtain` answers 0 and the book counts the refusal.
 */
export class LevelStore {
  readonly words: Int32Array
  /** The same memory as doubles. */
  readonly doubles: Float64Array
  readonly ladders: LevelLadders
  /** Best prices, always current; `TopSlot.Slots` doubles per instrument id. */
  readonly top: Float64Array
  readonly levelsMax: number
  readonly instrumentsMax: number
  /** [0] price of the level that `obtain` looks for, [1] the key that sorts it. */
  readonly wanted = new Float64Array(2)
  live = 0
  private freeLevel = NO_LEVEL
  private usedLevels = 0

  constructor(limits: LevelStoreLimits) {
    const { instrumentsMax, levelsMax } = limits
    this.instrumentsMax = instrumentsMax
    this.levelsMax = levelsMax
    const memory = new LineAlignedBuffer((levelsMax + 1) * LevelWord.Words * 4)
    this.words = memory.int32()
    this.doubles = memory.float64()
    this.ladders = new LevelLadders((instrumentsMax + 1) * 2, levelsMax)
    this.top = new LineAlignedBuffer((instrumentsMax + 1) * TopSlot.Slots * 8).float64()
  }

  /**
   * The level at price `wanted[0]` of a book side, made empty where there is none.
   * @returns its slot, or 0 when the store is full
   */
  obtain(bookSide: number): number {
    const ladders = this.ladders
    const wanted = this.wanted
    wanted[1] = (bookSide & 1) === 0 ? wanted[0]! : -wanted[0]!
    const index = ladders.search(bookSide, wanted)
    if (index >= 0) return ladders.levels[index]!
    return this.make(bookSide, ~index)
  }

  private make(bookSide: number, index: number): number {
    let level = this.freeLevel
    if (level === NO_LEVEL && this.usedLevels === this.levelsMax) return NO_LEVEL
    if (!this.ladders.insert(bookSide, index, this.wanted)) return NO_LEVEL
    if (level !== NO_LEVEL) this.freeLevel = this.words[level * LevelWord.Words + LevelWord.FirstOrder]!
    else level = ++this.usedLevels
    this.ladders.place(bookSide, level)
    const at = level * LevelWord.Words
    this.doubles[level * LevelDouble.Doubles + LevelDouble.Price] = this.wanted[0]!
    this.doubles[level * LevelDouble.Doubles + LevelDouble.Quantity] = 0
    this.words[at + LevelWord.Orders] = 0
    this.words[at + LevelWord.FirstOrder] = 0
    this.words[at + LevelWord.LastOrder] = 0
    this.words[at + LevelWord.BookSide] = bookSide
    this.live++
    return level
  }

  /** Removes an emptied level. The caller refreshes the top if it was the best. */
  drop(level: number): void {
    const at = level * LevelWord.Words
    const bookSide = this.words[at + LevelWord.BookSide]!
    const price = this.doubles[level * LevelDouble.Doubles + LevelDouble.Price]!
    this.wanted[1] = (bookSide & 1) === 0 ? price : -price
    this.ladders.remove(bookSide, this.wanted)
    this.words[at + LevelWord.BookSide] = 0
    this.words[at + LevelWord.FirstOrder] = this.freeLevel
    this.freeLevel = level
    this.live--
  }

  /** Best level of a book side, or 0. */
  best(bookSide: number): number {
    return this.ladders.sides[bookSide * LadderWord.Words + LadderWord.Best]!
  }

  /** Copies the best level of a book side to `top`. */
  refreshTop(bookSide: number): void {
    const level = this.best(bookSide)
    const top = this.top
    const side = bookSide & 1
    const at = (bookSide >> 1) * TopSlot.Slots
    if (level === NO_LEVEL) {
      top[at + side * 2] = 0
      top[at + side * 2 + 1] = 0
      top[at + TopSlot.BidOrders + side] = 0
      return
    }
    top[at + side * 2] = this.doubles[level * LevelDouble.Doubles + LevelDouble.Price]!
    top[at + side * 2 + 1] = this.doubles[level * LevelDouble.Doubles + LevelDouble.Quantity]!
    top[at + TopSlot.BidOrders + side] = this.words[level * LevelWord.Words + LevelWord.Orders]!
  }

  /** Highest slot ever used; slots up to it with book side 0 are free. */
  get slotsUsed(): number {
    return this.usedLevels
  }

  /** Writes every page, so that later use takes no page faults. */
  prefault(): void {
    if (this.usedLevels > 0) return
    this.words.fill(0)
    this.top.fill(0)
    this.ladders.prefault()
  }
}
