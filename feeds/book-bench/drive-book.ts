import { type BookCore, BookInput } from '../book/book-core.ts'
import { BookLookahead } from '../book/book-lookahead.ts'
import { AddOrderAt, CancelAt, Common, DeleteAt, ExecutedAt, Itch50Type, ReplaceAt } from '../itch50/layout.ts'

const BUY = 0x42

/** Messages looked at before the first of them is applied. */
const LOOKAHEAD_MESSAGES = 64
/** What `note` reads of a message and its length. */
const NOTE_BYTES = 2 + AddOrderAt.Bytes
const IS_ADD = new Uint8Array(256)
IS_ADD[Itch50Type.AddOrder] = 1
IS_ADD[Itch50Type.AddOrderAttributed] = 1

/**
 * Drives a book straight from raw ITCH 5.0 messages, each after its u16 length, without records between: instruments
 * are the stock locates. The data must be whole messages; what no book needs is skipped.
 */
export class BookDriver {
  private readonly data: Uint8Array
  private readonly view: DataView
  private readonly book: BookCore
  private readonly lookahead: BookLookahead

  constructor(data: Uint8Array, book: BookCore) {
    this.data = data
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength)
    this.book = book
    this.lookahead = new BookLookahead(book, LOOKAHEAD_MESSAGES)
  }

  /** Applies all messages. @returns how many there were */
  run(): number {
    const { data, lookahead } = this
    let messages = 0
    let at = 0
    while (at < data.length) {
      let end = at
      let noted = 0
      for (; noted < LOOKAHEAD_MESSAGES && end < data.length; noted++) {
        if (end + NOTE_BYTES <= data.length) this.note(end + 2)
        end += 2 + ((data[end]! << 8) | data[end + 1]!)
      }
      lookahead.load()
      while (at < end) {
        this.apply(at + 2)
        at += 2 + ((data[at]! << 8) | data[at + 1]!)
      }
      messages += noted
    }
    return messages
  }

  /** All messages about orders carry the reference at the same place; what is read beyond it matters for adds only. */
  private note(at: number): void {
    const { data, view } = this
    this.book.input[BookInput.Price] = view.getUint32(at + AddOrderAt.Price)
    this.lookahead.note(
      IS_ADD[data[at]!]!,
      view.getUint16(at + Common.Locate),
      data[at + AddOrderAt.Side]! & 1,
      view.getInt32(at + AddOrderAt.Reference + 4),
      view.getInt32(at + AddOrderAt.Reference),
    )
    if (data[at] !== Itch50Type.OrderReplace) return
    this.book.input[BookInput.Price] = view.getUint32(at + ReplaceAt.Price)
    this.lookahead.noteReplace(
      view.getInt32(at + ReplaceAt.NewReference + 4),
      view.getInt32(at + ReplaceAt.NewReference),
    )
  }

  private apply(at: number): void {
    const { data, view, book } = this
    const { input } = book
    switch (data[at]) {
      case Itch50Type.AddOrder:
      case Itch50Type.AddOrderAttributed:
        input[BookInput.Quantity] = view.getUint32(at + AddOrderAt.Shares)
        input[BookInput.Price] = view.getUint32(at + AddOrderAt.Price)
        book.add(
          view.getUint16(at + Common.Locate),
          data[at + AddOrderAt.Side] === BUY ? 0 : 1,
          view.getInt32(at + AddOrderAt.Reference + 4),
          view.getInt32(at + AddOrderAt.Reference),
        )
        return
      case Itch50Type.OrderDelete:
        book.delete(view.getInt32(at + DeleteAt.Reference + 4), view.getInt32(at + DeleteAt.Reference))
        return
      case Itch50Type.OrderExecuted:
      case Itch50Type.OrderExecutedWithPrice:
        input[BookInput.Quantity] = view.getUint32(at + ExecutedAt.Shares)
        book.execute(view.getInt32(at + ExecutedAt.Reference + 4), view.getInt32(at + ExecutedAt.Reference))
        return
      case Itch50Type.OrderCancel:
        input[BookInput.Quantity] = view.getUint32(at + CancelAt.Shares)
        book.reduce(view.getInt32(at + CancelAt.Reference + 4), view.getInt32(at + CancelAt.Reference))
        return
      case Itch50Type.OrderReplace:
        input[BookInput.Quantity] = view.getUint32(at + ReplaceAt.Shares)
        input[BookInput.Price] = view.getUint32(at + ReplaceAt.Price)
        book.replace(
          view.getInt32(at + ReplaceAt.Reference + 4),
          view.getInt32(at + ReplaceAt.Reference),
          view.getInt32(at + ReplaceAt.NewReference + 4),
          view.getInt32(at + ReplaceAt.NewReference),
        )
        return
      default:
    }
  }
}
