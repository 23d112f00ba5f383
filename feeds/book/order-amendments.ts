import { BookCore } from './book-core.ts'
import { BookChange, BookCount } from './book-counts.ts'
import { Cell } from './book-memory.ts'
import { BookInput } from './level-ladders.ts'
import { LevelWord } from './level-store.ts'
import { NO_ORDER, OrderWord } from './order-layout.ts'

/** The part of a book in which orders change their quantity and keep their place in the queue. */
export class OrderAmendments extends BookCore {
  /**
   * Gives an order `input` quantity without moving it. A new reference, another price or a quantity of nothing cannot keep
   * a place: that is a replace.
   * @returns bits of `BookChange`
   */
  amend(referenceLow: number, referenceHigh: number, newLow: number, newHigh: number): number {
    const { words, doubles, input } = this
    const order = this.findOrder(referenceLow, referenceHigh)
    const orderAt = order << Cell.Shift
    const level = words[orderAt | OrderWord.Level]!
    const levelAt = level << Cell.Shift
    const quantity = input[BookInput.Quantity]!
    const keepsPlace =
      order !== NO_ORDER &&
      referenceLow === newLow &&
      referenceHigh === newHigh &&
      quantity > 0 &&
      doubles[(levelAt | LevelWord.Price) >> 1] === input[BookInput.Price]
    if (!keepsPlace) return this.replace(referenceLow, referenceHigh, newLow, newHigh)
    this.counts[BookCount.Replaces]!++
    const before = doubles[(orderAt | OrderWord.Quantity) >> 1]!
    if (before === quantity) return BookChange.None
    doubles[(orderAt | OrderWord.Quantity) >> 1] = quantity
    doubles[(levelAt | LevelWord.Quantity) >> 1]! += quantity - before
    const bookSide = words[levelAt | LevelWord.BookSide]!
    return this.bestLevel(bookSide) === level ? this.changeBestQuantity(bookSide, levelAt) : BookChange.Book
  }
}
