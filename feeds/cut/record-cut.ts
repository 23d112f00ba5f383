import { Header, Instrument, RecordType, SYMBOL_BYTES } from '../../kernels/records/catalogue.ts'
import { SOURCE_TIME_AT } from '../../kernels/records/source-time.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { INSTRUMENTS_MAX_DEFAULT } from '../protocol/instrument-table.ts'
import type { RecordBatch } from '../record-batch.ts'
import { LiveOrders } from './live-orders.ts'

/** What becomes of a record. */
export enum Cut {
  Keep = 0,
  /** Not kept: of another symbol, before or behind the time range. */
  Symbol = 1,
  Before = 2,
  Behind = 3,
  /** The range begins with this record, which is kept; `fillSnapshot` goes ahead of it. */
  Begin = 4,
}

export interface CutOptions {
  /** Symbols (or the venue's numbers of instruments without one) that are kept; all if not given. */
  readonly symbols?: readonly string[] | undefined
  /** The range in ns since the session's epoch, its end not included. */
  readonly fromNs?: number | undefined
  readonly toNs?: number | undefined
  /** Tells the orders live at the beginning of the range. */
  readonly hasSnapshot?: boolean
}

/** Captures run backwards by less than this: from here on past its end nothing of the range can come any more. */
const SLACK_NS = 60_000_000_000

/**
 * Cuts a stream of records by symbol and time. What a reader needs to understand the rest is kept from before the range too, in
 * its place and with its own time: instruments, trading states and session events.
 *
 * The range begins at the first record at or past `fromNs` and then takes what comes, earlier stamps too, so that no change of
 * an order is lost between the snapshot and it; its end is that of each record's own time. A record without a time goes with
 * the one before.
 */
export class RecordCut {
  /** Whether nothing more can be kept. */
  isOver = false
  /** Symbols that occurred, where some were asked for. */
  readonly names = new Set<string>()
  readonly #symbols: ReadonlySet<string> | undefined
  /** Whether each symbol asked for was seen. */
  readonly #seen = new Set<string>()
  readonly #isChosen = new Uint8Array(INSTRUMENTS_MAX_DEFAULT + 1)
  readonly #range: Float64Array
  readonly #timeNs = Float64Array.of(Number.NEGATIVE_INFINITY)
  readonly #orders: LiveOrders | undefined
  #hasBegun: boolean

  constructor(options: CutOptions) {
    const { symbols, fromNs = Number.NEGATIVE_INFINITY, toNs = Number.POSITIVE_INFINITY } = options
    this.#symbols = symbols === undefined ? undefined : new Set(symbols)
    this.#range = Float64Array.of(fromNs, toNs)
    this.#hasBegun = options.fromNs === undefined
    this.#orders = options.hasSnapshot === true && !this.#hasBegun ? new LiveOrders() : undefined
  }

  /** Symbols asked for that no instrument had. */
  get symbolsMissing(): string[] {
    return [...(this.#symbols ?? [])].filter((symbol) => !this.#seen.has(symbol))
  }

  /** Orders live at the beginning of the range that the snapshot has not for lack of room. */
  get ordersRefused(): number {
    return this.#orders?.refused ?? 0
  }

  /** Decides over the next record. */
  decide(views: RecordViews, at: number): Cut {
    const type = views.u16[(at + Header.Type) >> 1]!
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    const timeAt = SOURCE_TIME_AT[type & 255]!
    if (timeAt !== 0) this.#timeNs[0] = views.f64[(at + timeAt) >> 3]!
    if (type === RecordType.Instrument) this.#choose(views, at, instrument)
    if (this.#symbols !== undefined && instrument !== 0 && this.#isChosen[instrument] !== 1) return Cut.Symbol
    const timeNs = this.#timeNs[0]!
    if (timeNs >= this.#range[1]!) {
      if (timeNs >= this.#range[1]! + SLACK_NS) this.isOver = true
      return Cut.Behind
    }
    if (this.#hasBegun) return Cut.Keep
    if (timeNs >= this.#range[0]!) {
      this.#hasBegun = true
      return Cut.Begin
    }
    this.#orders?.apply(views, at)
    const isState =
      type === RecordType.Instrument || type === RecordType.TradingStatus || type === RecordType.SessionEvent
    return isState ? Cut.Keep : Cut.Before
  }

  /** Whether the range has begun; where it never did, its snapshot is still to be told at the end. */
  get hasBegun(): boolean {
    return this.#hasBegun
  }

  /** Begins the snapshot. @returns how many orders are live */
  beginSnapshot(): number {
    return this.#orders?.begin() ?? 0
  }

  /** Appends the snapshot's adds while the batch has room, stamped with the beginning of the range. @returns whether all are told */
  fillSnapshot(batch: RecordBatch): boolean {
    return this.#orders?.fill(batch, this.#range) ?? true
  }

  #choose(views: RecordViews, at: number, instrument: number): void {
    const symbols = this.#symbols
    if (symbols === undefined || instrument > INSTRUMENTS_MAX_DEFAULT) return
    const symbolAt = at + Instrument.Symbol
    const text = Buffer.from(views.u8.buffer, views.u8.byteOffset + symbolAt, SYMBOL_BYTES).toString('latin1')
    // What the feed has not named goes by the venue's number for it, as everywhere.
    const symbol = text.replace(/\0+$/, '') || String(views.u32[(at + Instrument.VenueLocate) >> 2]!)
    const isWanted = symbols.has(symbol)
    this.names.add(symbol)
    this.#isChosen[instrument] = isWanted ? 1 : 0
    if (isWanted) this.#seen.add(symbol)
  }
}
