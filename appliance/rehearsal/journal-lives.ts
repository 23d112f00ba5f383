import { Filled, Header, RecordType, Side } from '../../kernels/records/catalogue.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { FileStorage } from '../../storage/journal/file-storage.ts'
import { JournalStream } from '../../storage/journal/layout.ts'
import { OrderLedger } from '../../storage/session/order-ledger.ts'
import type { OrderLife } from '../../storage/session/order-life.ts'
import { SessionReader } from '../../storage/session/session-reader.ts'
import { Units } from '../../storage/session/units.ts'

/** Decimals of prices on the wire. */
const WIRE_DECIMALS = 4

/** What a journal says of a session's orders, shares and cash; prices in 1/10,000. */
export interface JournalLives {
  /** By outbound sequence. */
  readonly orders: ReadonlyMap<number, OrderLife>
  readonly fills: number
  /** Bought minus sold by symbol, from the fills. */
  readonly shares: ReadonlyMap<string, number>
  /** Received minus paid: the sum of price × shares of all fills. */
  readonly cash: number
  readonly symbolOf: (instrument: number) => string
  /** A price of the journal in 1/10,000. */
  readonly toWirePrice: (instrument: number, price: number) => number
}

/**
 * Reads the life of every order of a journal, and its fills.
 * @throws JournalIoError, JournalCorruptError when the folder holds no segment that can be read
 */
export function readJournalLives(journalPath: string): JournalLives {
  const orders = new Map<number, OrderLife>()
  const ledger = new OrderLedger({ onEnd: (life) => orders.set(life.sequence, life) })
  const units = new Units()
  const toWirePrice = (instrument: number, price: number) =>
    Math.round(price * 10 ** (units.of(instrument).priceExponent + WIRE_DECIMALS))
  const shares = new Map<string, number>()
  let fills = 0
  let cash = 0
  const noteFill = (views: RecordViews, at: number) => {
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    const quantity = views.f64[(at + Filled.Quantity) >> 3]!
    const signed = views.u32[(at + Filled.Side) >> 2] === Side.Buy ? quantity : -quantity
    const symbol = units.symbol(instrument)
    shares.set(symbol, (shares.get(symbol) ?? 0) + signed)
    cash -= signed * toWirePrice(instrument, views.f64[(at + Filled.Price) >> 3]!)
    fills++
  }
  const reader = new SessionReader(new FileStorage(journalPath))
  for (let at = reader.next(); at >= 0; at = reader.next()) {
    const { views } = reader
    if (reader.stream === JournalStream.Outbound) {
      ledger.noteOutbound(views, at)
      continue
    }
    const type = views.u16[(at + Header.Type) >> 1]
    if (type === RecordType.Instrument) units.note(views, at)
    else if (type === RecordType.Filled) noteFill(views, at)
    ledger.noteInbound(views, at)
  }
  reader.close()
  for (const life of ledger.live()) orders.set(life.sequence, life)
  return { orders, fills, shares, cash, symbolOf: (instrument) => units.symbol(instrument), toWirePrice }
}
