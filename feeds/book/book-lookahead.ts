import type { BookCore } from './book-core.ts'
import { CELL_SHIFT } from './book-memory.ts'
import { SideWord } from './ladder-layout.ts'
import { LevelWord } from './level-store.ts'
import { OrderWord } from './order-layout.ts'

/**
 * Brings into the cache what the next messages of a book will touch: for whoever has several messages at hand before the
 * first of them is applied. A book's memory is far larger than the caches, and one message follows a chain of two or
 * three lines in it; here the chains of many messages are walked side by side, so that their misses overlap. Nothing is
 * changed, and a guess that has become wrong by the time costs only its time.
 *
 * `note` each message, then `load`. Bound: `capacity` messages, a power of two; further notes overwrite the first ones.
 */
export class BookLookahead {
  readonly capacity: number
  private readonly book: BookCore
  private readonly words: Int32Array
  private readonly sidesAt: number
  private readonly sidesMax: number
  private readonly keepsQueues: boolean
  private readonly mask: number
  /** Of each message: home cell and book side, as word indices. */
  private readonly homes: Int32Array
  private readonly sides: Int32Array
  /** Level and chain found in the home cell. */
  private readonly levels: Int32Array
  private readonly chains: Int32Array
  private count = 0
  /** Takes what was read, so that no compiler drops the reads. */
  private readonly sink = new Int32Array(1)

  constructor(book: BookCore, capacity = 32) {
    this.capacity = capacity
    this.mask = capacity - 1
    this.book = book
    this.words = book.words
    this.sidesAt = book.sidesAt
    this.sidesMax = book.instrumentsMax * 2 + 1
    this.keepsQueues = book.keepsQueues
    this.homes = new Int32Array(capacity)
    this.sides = new Int32Array(capacity)
    this.levels = new Int32Array(capacity)
    this.chains = new Int32Array(capacity)
  }

  /** @param side matters for adds only */
  note(instrument: number, side: number, referenceLow: number, referenceHigh: number): void {
    const at = this.count & this.mask
    const bookSide = Math.min((instrument << 1) | side, this.sidesMax)
    this.homes[at] = this.book.homeOf(referenceLow, referenceHigh) << CELL_SHIFT
    this.sides[at] = (this.sidesAt + bookSide * SideWord.Words) | 0
    this.count = (this.count + 1) | 0
  }

  /** Reads what the noted messages will touch, and forgets them. The loops are short, to have many reads under way. */
  load(): void {
    const count = Math.min(this.count, this.capacity)
    const sum = this.loadFirst(count) ^ this.loadSecond(count)
    this.sink[0] = this.keepsQueues ? sum ^ this.loadNeighbours(count) : sum
    this.count = 0
  }

  private loadFirst(count: number): number {
    const { words, homes, sides, levels, chains } = this
    let sum = 0
    for (let i = 0; i < count; i++) {
      const home = homes[i]!
      const side = sides[i]!
      levels[i] = words[home | OrderWord.Level]! << CELL_SHIFT
      chains[i] = words[home | OrderWord.Chain]! << CELL_SHIFT
      sum ^= words[side | SideWord.Keys]! ^ words[side | SideWord.NearCount]!
    }
    return sum
  }

  private loadSecond(count: number): number {
    const { words, levels, chains } = this
    let sum = 0
    for (let i = 0; i < count; i++) {
      sum ^= words[levels[i]! | LevelWord.BookSide]! ^ words[chains[i]! | OrderWord.Level]!
    }
    return sum
  }

  private loadNeighbours(count: number): number {
    const { words, homes } = this
    let sum = 0
    for (let i = 0; i < count; i++) {
      const home = homes[i]!
      const later = words[home | OrderWord.Later]! << CELL_SHIFT
      const earlier = words[home | OrderWord.Earlier]! << CELL_SHIFT
      sum ^= words[later | OrderWord.Earlier]! ^ words[earlier | OrderWord.Later]!
    }
    return sum
  }
}
