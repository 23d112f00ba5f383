import { OrderBook } from '../../../../feeds/book/order-book.ts'
import type { Exchange } from '../../../../feeds/exchange/exchange.ts'
import { Itch50Decoder } from '../../../../feeds/itch50/decoder.ts'
import { RecordBatch } from '../../../../feeds/record-batch.ts'
import { Header, RecordType, type Side } from '../../../../kernels/records/catalogue.ts'

const WORD = 0x1_0000_0000

/** Follows a feed of ITCH messages with the product's decoder and book; instruments are named by their symbols. */
export class FeedFollower {
  readonly book: OrderBook
  readonly decoder = new Itch50Decoder()
  readonly ids = new Map<string, number>()
  private readonly batch = new RecordBatch()

  constructor(ordersMax = 1 << 16) {
    this.book = new OrderBook({ ordersMax, levelsMax: ordersMax, instrumentsMax: 1024 })
  }

  take(bytes: Uint8Array, at: number, length: number): void {
    const { batch } = this
    batch.reset()
    this.decoder.decode(bytes, at, length, batch)
    const { views } = batch
    for (let record = 0; record < batch.usedBytes; record += views.u32[record >> 2]!) {
      if (views.u16[(record + Header.Type) >> 1] === RecordType.Instrument) {
        const symbol = Buffer.from(views.u8.subarray(record + 32, record + 40))
          .toString('latin1')
          .replaceAll('\0', '')
        this.ids.set(symbol, views.u32[(record + Header.Instrument) >> 2]!)
      }
      this.book.apply(views, record)
    }
  }

  /** The orders of a side in priority: reference, price, shares. */
  orders(symbol: string, side: Side): string[] {
    const { book } = this
    const lines: string[] = []
    for (let level = book.firstLevel(this.ids.get(symbol) ?? 0, side); level !== 0; level = book.nextLevel(level)) {
      for (let order = book.firstOrder(level); order !== 0; order = book.nextOrder(order)) {
        const reference = (book.words[order * 8 + 3]! >>> 0) * WORD + (book.words[order * 8 + 2]! >>> 0)
        lines.push(`${reference} ${book.levelPrice(level)} ${book.orderQuantity(order)}`)
      }
    }
    return lines
  }
}

/** The same of the exchange's own book. */
export function displayedOrders(exchange: Exchange, instrument: number, side: number): string[] {
  const { engine } = exchange
  const lines: string[] = []
  for (let level = engine.bestDisplayed(instrument * 2 + side); level !== 0; level = engine.worseLevel(level)) {
    for (let slot = engine.firstAt(level); slot !== 0; slot = engine.laterOf(slot)) {
      lines.push(`${engine.referenceOf(slot)} ${engine.priceOf(level)} ${engine.cells[slot * 16 + 1]}`)
    }
  }
  return lines
}

/** Instruments whose two books differ, with both; empty when the follower has what the exchange has. */
export function findDifferences(exchange: Exchange, follower: FeedFollower): unknown[] {
  const found: unknown[] = []
  for (let instrument = 1; instrument <= exchange.instruments; instrument++) {
    const symbol = Buffer.from(exchange.tickers.subarray((instrument - 1) * 8, instrument * 8))
      .toString('latin1')
      .trim()
    for (let side = 0; side < 2; side++) {
      const own = displayedOrders(exchange, instrument, side)
      const followed = follower.orders(symbol, side)
      if (own.join() !== followed.join()) found.push({ symbol, side, own, followed })
    }
  }
  return found
}
