import { type BookCore, BookInput } from '../book/book-core.ts'
import { AddOrderAt, CancelAt, Common, DeleteAt, ExecutedAt, Itch50Type, ReplaceAt } from '../itch50/layout.ts'

const BUY = 0x42

/**
 * Drives a book straight from raw ITCH 5.0 messages, each after its u16 length, without records between: instruments
 * are the stock locates. The data must be whole messages; what no book needs is skipped.
 * @returns number of messages
 */
export function driveBook(data: Uint8Array, view: DataView, book: BookCore): number {
  const { input } = book
  let at = 2
  let count = 0
  while (at < data.length) {
    const length = (data[at - 2]! << 8) | data[at - 1]!
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
        break
      case Itch50Type.OrderDelete:
        book.delete(view.getInt32(at + DeleteAt.Reference + 4), view.getInt32(at + DeleteAt.Reference))
        break
      case Itch50Type.OrderExecuted:
      case Itch50Type.OrderExecutedWithPrice:
        input[BookInput.Quantity] = view.getUint32(at + ExecutedAt.Shares)
        book.execute(view.getInt32(at + ExecutedAt.Reference + 4), view.getInt32(at + ExecutedAt.Reference))
        break
      case Itch50Type.OrderCancel:
        input[BookInput.Quantity] = view.getUint32(at + CancelAt.Shares)
        book.reduce(view.getInt32(at + CancelAt.Reference + 4), view.getInt32(at + CancelAt.Reference))
        break
      case Itch50Type.OrderReplace:
        input[BookInput.Quantity] = view.getUint32(at + ReplaceAt.Shares)
        input[BookInput.Price] = view.getUint32(at + ReplaceAt.Price)
        book.replace(
          view.getInt32(at + ReplaceAt.Reference + 4),
          view.getInt32(at + ReplaceAt.Reference),
          view.getInt32(at + ReplaceAt.NewReference + 4),
          view.getInt32(at + ReplaceAt.NewReference),
        )
        break
      default:
    }
    at += 2 + length
    count++
  }
  return count
}
