import type { BookCore } from './book-core.ts'
import { Cell } from './book-memory.ts'
import { BookInput } from './level-ladders.ts'
import { LevelWord } from './level-store.ts'
import { OrderWord } from './order-layout.ts'

/**
 * Brings into the cache what the next messages of a book will touch: for whoever has several messages at hand before the
 * first of them is applied. A book's memory is far larger than the caches, and one message follows a chain of two or
 * three lines in it; here the chains of many messages are walked side by side, so that their misses overlap. Nothing is
 * changed, and a guess that has become wrong by the time costs only its time.
 *
 * `note` each message, and `noteReplace` after a replace, then `load`. Bound: `capacity` messages, a power of two; further notes overwrite the first ones.
 */
export class BookLookahead {
  readonly capacity: number
  private readonly book: BookCore
  private readonly words: Int32Array
  private readonly mask: number
  /** Home cells of all messages, as word indices, and the levels found in them. */
  private readonly homes: Int32Array
  private readonly levels: Int32Array
  /** Hints of the adds, as word indices, and the levels found in them. */
  private readonly addHints: Int32Array
  private readonly addLevels: Int32Array
  /** Of the replacing orders: home cell, price, and which message it is. */
  private readonly newHomes: Int32Array
  private readonly newPrices: Float64Array
  private readonly replaces: Int32Array
  private count = 0
  private addCount = 0
  private replaceCount = 0
  /** Takes what was read, so that no compiler drops the reads. */
  private readonly sink = new Int32Array(1)

  constructor(book: BookCore, capacity = 64) {
    this.capacity = capacity
    this.mask = capacity - 1
    this.book = book
    this.words = book.words
    this.homes = new Int32Array(capacity)
    this.levels = new Int32Array(capacity)
    this.addHints = new Int32Array(capacity)
    this.addLevels = new Int32Array(capacity)
    this.newHomes = new Int32Array(capacity)
    this.newPrices = new Float64Array(capacity)
    this.replaces = new Int32Array(capacity)
  }

  /**
   * Without a branch on the kind of message, which no processor can predict.
   * @param isAdd 1 for an add, whose price is in the book's `input`; 0 for any other: then only the reference counts
   */
  note(isAdd: number, instrument: number, side: number, referenceLow: number, referenceHigh: number): void {
    const at = this.count & this.mask
    const addAt = this.addCount & this.mask
    this.homes[at] = this.book.homeOf(referenceLow, referenceHigh) << Cell.Shift
    this.addHints[addAt] = this.book.hintAt((instrument << 1) | side)
    this.count = (this.count + 1) | 0
    this.addCount = (this.addCount + isAdd) | 0
  }

  /** The message noted last replaces its order: by one of this reference, at `input` price, on the same side. */
  noteReplace(newLow: number, newHigh: number): void {
    const at = this.replaceCount & this.mask
    this.newHomes[at] = this.book.homeOf(newLow, newHigh) << Cell.Shift
    this.newPrices[at] = this.book.input[BookInput.Price]!
    this.replaces[at] = (this.count - 1) & this.mask
    this.replaceCount = (this.replaceCount + 1) | 0
  }

  /**
   * Reads what the noted messages will touch, and forgets them. A processor has only so many instructions under way, so
   * the loops do one thing each and are unrolled: the fewer instructions a read takes, the more reads overlap. Entries
   * beyond the noted ones are old and do no harm.
   */
  load(): void {
    this.loadHomes()
    let sum = this.loadReplaces()
    this.loadHints()
    sum ^= this.loadLevels(this.levels) ^ this.loadLevels(this.addLevels) ^ this.loadChains()
    if (this.book.keepsQueues) sum ^= this.loadLater() ^ this.loadEarlier() ^ this.loadLast()
    this.sink[0] = sum
    this.count = 0
    this.addCount = 0
    this.replaceCount = 0
  }

  /** A replacing order enters as an add does; its side is known once the order that it replaces is. */
  private loadReplaces(): number {
    const { book, words, mask, addHints, levels, newHomes, newPrices, replaces } = this
    const count = Math.min(this.replaceCount, this.capacity)
    let sum = 0
    for (let i = 0; i < count; i++) sum ^= words[newHomes[i]! | OrderWord.Level]!
    for (let i = 0; i < count; i++) {
      book.input[BookInput.Price] = newPrices[i]!
      const bookSide = words[(levels[replaces[i]!]! << Cell.Shift) | LevelWord.BookSide]!
      addHints[this.addCount & mask] = book.hintAt(bookSide)
      this.addCount = (this.addCount + 1) | 0
    }
    return sum
  }

  private loadHomes(): void {
    const { words, homes, levels } = this
    for (let i = 0; i < levels.length; i += 4) {
      levels[i] = words[homes[i]! | OrderWord.Level]!
      levels[i + 1] = words[homes[i + 1]! | OrderWord.Level]!
      levels[i + 2] = words[homes[i + 2]! | OrderWord.Level]!
      levels[i + 3] = words[homes[i + 3]! | OrderWord.Level]!
    }
  }

  private loadHints(): void {
    const { words, addHints, addLevels } = this
    for (let i = 0; i < addLevels.length; i += 4) {
      addLevels[i] = words[addHints[i]!]!
      addLevels[i + 1] = words[addHints[i + 1]!]!
      addLevels[i + 2] = words[addHints[i + 2]!]!
      addLevels[i + 3] = words[addHints[i + 3]!]!
    }
  }

  private loadLevels(levels: Int32Array): number {
    const { words } = this
    let sum = 0
    for (let i = 0; i < levels.length; i += 4) {
      sum ^= words[(levels[i]! << Cell.Shift) | LevelWord.BookSide]!
      sum ^= words[(levels[i + 1]! << Cell.Shift) | LevelWord.BookSide]!
      sum ^= words[(levels[i + 2]! << Cell.Shift) | LevelWord.BookSide]!
      sum ^= words[(levels[i + 3]! << Cell.Shift) | LevelWord.BookSide]!
    }
    return sum
  }

  private loadChains(): number {
    const { words, homes } = this
    let sum = 0
    for (let i = 0; i < homes.length; i += 4) {
      sum ^= words[(words[homes[i]! | OrderWord.Chain]! << Cell.Shift) | OrderWord.Level]!
      sum ^= words[(words[homes[i + 1]! | OrderWord.Chain]! << Cell.Shift) | OrderWord.Level]!
      sum ^= words[(words[homes[i + 2]! | OrderWord.Chain]! << Cell.Shift) | OrderWord.Level]!
      sum ^= words[(words[homes[i + 3]! | OrderWord.Chain]! << Cell.Shift) | OrderWord.Level]!
    }
    return sum
  }

  private loadLater(): number {
    const { words, homes } = this
    let sum = 0
    for (let i = 0; i < homes.length; i += 4) {
      sum ^= words[(words[homes[i]! | OrderWord.Later]! << Cell.Shift) | OrderWord.Earlier]!
      sum ^= words[(words[homes[i + 1]! | OrderWord.Later]! << Cell.Shift) | OrderWord.Earlier]!
      sum ^= words[(words[homes[i + 2]! | OrderWord.Later]! << Cell.Shift) | OrderWord.Earlier]!
      sum ^= words[(words[homes[i + 3]! | OrderWord.Later]! << Cell.Shift) | OrderWord.Earlier]!
    }
    return sum
  }

  private loadEarlier(): number {
    const { words, homes } = this
    let sum = 0
    for (let i = 0; i < homes.length; i += 4) {
      sum ^= words[(words[homes[i]! | OrderWord.Earlier]! << Cell.Shift) | OrderWord.Later]!
      sum ^= words[(words[homes[i + 1]! | OrderWord.Earlier]! << Cell.Shift) | OrderWord.Later]!
      sum ^= words[(words[homes[i + 2]! | OrderWord.Earlier]! << Cell.Shift) | OrderWord.Later]!
      sum ^= words[(words[homes[i + 3]! | OrderWord.Earlier]! << Cell.Shift) | OrderWord.Later]!
    }
    return sum
  }

  private loadLast(): number {
    const { words, addLevels } = this
    let sum = 0
    for (let i = 0; i < addLevels.length; i += 4) {
      sum ^= words[(words[(addLevels[i]! << Cell.Shift) | LevelWord.LastOrder]! << Cell.Shift) | OrderWord.Later]!
      sum ^= words[(words[(addLevels[i + 1]! << Cell.Shift) | LevelWord.LastOrder]! << Cell.Shift) | OrderWord.Later]!
      sum ^= words[(words[(addLevels[i + 2]! << Cell.Shift) | LevelWord.LastOrder]! << Cell.Shift) | OrderWord.Later]!
      sum ^= words[(words[(addLevels[i + 3]! << Cell.Shift) | LevelWord.LastOrder]! << Cell.Shift) | OrderWord.Later]!
    }
    return sum
  }
}
