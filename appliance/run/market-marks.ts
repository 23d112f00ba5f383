import { BookChange } from '../../feeds/book/book-counts.ts'
import { TopSlot } from '../../feeds/book/level-store.ts'
import { OrderBook } from '../../feeds/book/order-book.ts'
import { Header, RecordType } from '../../kernels/records/catalogue.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import type { Marks } from '../../storage/session/marks.ts'

/** 1 for the record types that change a book, by type. */
const CHANGES_BOOK = new Uint8Array(256)
CHANGES_BOOK.fill(1, RecordType.OrderAdd, RecordType.OrderReplace + 1)
for (const type of [RecordType.LevelUpdate, RecordType.TopOfBook, RecordType.BookClear]) CHANGES_BOOK[type] = 1

/** The last middle of every instrument's book, from the market records of a session. */
export class MarketMarks implements Marks {
  readonly #book: OrderBook
  readonly #middle: number[] = []

  constructor(instrumentsMax: number, bookOrdersMax: number) {
    this.#book = new OrderBook({ instrumentsMax, ordersMax: bookOrdersMax, levelsMax: bookOrdersMax })
  }

  note(views: RecordViews, at: number): void {
    if (CHANGES_BOOK[views.u16[(at + Header.Type) >> 1]! & 255] === 0) return
    if ((this.#book.apply(views, at) & BookChange.Top) === 0) return
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    const bid = this.#book.top[instrument * TopSlot.Slots + TopSlot.BidPrice]!
    const ask = this.#book.top[instrument * TopSlot.Slots + TopSlot.AskPrice]!
    if (bid > 0 && ask > 0) this.#middle[instrument] = (bid + ask) / 2
  }

  middleOf(instrument: number): number | undefined {
    return this.#middle[instrument]
  }
}
