import { Header, NO_INSTRUMENT, RecordType } from '../../kernels/records/catalogue.ts'
import { formatDecimal } from '../../kernels/records/decimal.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { OrderBook } from '../book/order-book.ts'
import { PrintSlot, readPrint } from '../book/trade-print.ts'
import { InstrumentNames } from '../instrument-names.ts'
import type { InstrumentTable } from '../protocol/instrument-table.ts'

/**
 * Bounds of the book that is kept only to know at what price orders are executed; policy: executions of orders beyond them
 * count in volume, but leave the last price as it was.
 */
const ORDERS_MAX = 1 << 21
const LEVELS_MAX = 1 << 20

/** What happened on one instrument. */
export interface SymbolFacts {
  /** Where the feed never names the instrument the venue's number of it, empty where there is none. */
  readonly symbol: string
  /** Id in the source, in the order of first sight. */
  readonly instrument: number
  readonly messages: number
  readonly records: number
  /** Trades, crosses and executions that count in volume, and their quantity. */
  readonly trades: number
  readonly volume: number
  /** Decimal with all digits of the instrument's exponent; null before the first trade. */
  readonly lastPrice: string | null
}

/** Slots of an instrument's counters. */
enum Slot {
  Records = 0,
  Trades = 1,
  Volume = 2,
  LastPrice = 3,
  Count = 4,
}

/** Counts records, trades and volume of each instrument of a source. */
export class SymbolActivity {
  readonly #instruments: InstrumentTable
  readonly #names: InstrumentNames
  readonly #counts: Float64Array
  readonly #print = new Float64Array(PrintSlot.Count)
  /** Made at the first displayed order: feeds of price levels need none. */
  #book: OrderBook | undefined

  constructor(instruments: InstrumentTable) {
    this.#instruments = instruments
    this.#names = new InstrumentNames(instruments.instrumentsMax)
    this.#counts = new Float64Array((instruments.instrumentsMax + 1) * Slot.Count)
  }

  /** Takes one record. */
  take(views: RecordViews, at: number): void {
    const type = views.u16[(at + Header.Type) >> 1]!
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    const base = instrument * Slot.Count
    this.#counts[base + Slot.Records]!++
    if (type === RecordType.Instrument) this.#names.note(instrument, views, at)
    if (readPrint(views, at, this.#book, this.#print)) this.#countPrint(base)
    if (type >= RecordType.OrderAdd && type <= RecordType.OrderReplace) this.#follow(views, at)
  }

  /** Instruments that occurred, the most active first; of equals in the order of their names. */
  toObjects(): SymbolFacts[] {
    const symbols: SymbolFacts[] = []
    for (let instrument = NO_INSTRUMENT + 1; instrument <= this.#instruments.count; instrument++) {
      const read = (slot: Slot) => this.#counts[instrument * Slot.Count + slot]!
      const trades = read(Slot.Trades)
      symbols.push({
        symbol: this.#names.symbol(instrument),
        instrument,
        messages: this.#instruments.messages[instrument]!,
        records: read(Slot.Records),
        trades,
        volume: Number(formatDecimal(read(Slot.Volume), this.#names.quantityExponents[instrument]!)),
        lastPrice:
          trades === 0 || Number.isNaN(read(Slot.LastPrice))
            ? null
            : formatDecimal(read(Slot.LastPrice), this.#names.priceExponents[instrument]!),
      })
    }
    return symbols.sort(compareActivity)
  }

  #countPrint(base: number): void {
    const counts = this.#counts
    const price = this.#print[PrintSlot.Price]!
    // Until a price is known, "unknown" is what is known.
    if (!Number.isNaN(price) || counts[base + Slot.Trades] === 0) counts[base + Slot.LastPrice] = price
    counts[base + Slot.Trades]!++
    counts[base + Slot.Volume]! += this.#print[PrintSlot.Quantity]!
  }

  #follow(views: RecordViews, at: number): void {
    this.#book ??= new OrderBook({
      ordersMax: ORDERS_MAX,
      levelsMax: LEVELS_MAX,
      instrumentsMax: this.#instruments.instrumentsMax,
    })
    this.#book.apply(views, at)
  }
}

function compareActivity(a: SymbolFacts, b: SymbolFacts): number {
  if (a.messages !== b.messages) return b.messages - a.messages
  if (a.symbol !== b.symbol) return a.symbol < b.symbol ? -1 : 1
  return a.instrument - b.instrument
}
