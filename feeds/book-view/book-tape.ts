import { FLAG_MORE, Header } from '../../kernels/records/catalogue.ts'
import { SOURCE_TIME_AT } from '../../kernels/records/source-time.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { FeedRead } from '../capture/feed-read.ts'
import type { MarketSource } from '../capture/market-source.ts'
import type { InstrumentNames } from '../instrument-names.ts'
import { RecordBatch } from '../record-batch.ts'
import type { BookSnapshot } from './book-snapshot.ts'
import { SymbolBook } from './symbol-book.ts'

/**
 * How far behind the moment that is waited for other instruments' records may run before the book is said to have reached it
 * although none of its own came: lines and feeds side by side are seldom a second apart.
 */
const PATIENCE_NS = 10_000_000_000

/** Why `advance` came back. */
export enum TapeStop {
  /** Nothing in particular: call again. */
  More = 0,
  /** The source has nothing just now: call again later. */
  NotYet = 1,
  /** The next record of the instrument is later than the moment given. */
  Reached = 2,
  /** The best bid or offer changed; only when it was asked for. */
  Top = 3,
  End = 4,
}

/**
 * The book of one symbol, moved forward through a source as far as one likes: what `xk book` shows. Where several instruments
 * bear the symbol (two feeds of one capture), it is the one with the most records so far.
 *
 * Time is the exchange's. Records of one instrument are taken in the order of the stream; a moment is reached at the first one
 * that is later.
 */
export class BookTape {
  /** [0] how far `advance` may go: records of the instrument up to this, ns since the session's epoch. */
  readonly until = new Float64Array([Number.POSITIVE_INFINITY])
  readonly #source: MarketSource
  readonly #symbolBook: SymbolBook
  readonly #batch = new RecordBatch()
  #at = 0

  constructor(source: MarketSource, symbol: string) {
    this.#source = source
    this.#symbolBook = new SymbolBook(symbol, source.shared.instruments.instrumentsMax)
  }

  /** The instrument shown; 0 before the symbol occurred. */
  get instrument(): number {
    return this.#symbolBook.instrument
  }

  get names(): InstrumentNames {
    return this.#symbolBook.names
  }

  /** The session's epoch, seconds since 1970; undefined while the source tells no date. */
  get epochSeconds(): number | undefined {
    const { epoch } = this.#source.shared
    return epoch.isSet && epoch.seconds !== 0 ? epoch.seconds : undefined
  }

  /** Whether a record is at hand, so that the source has worked out its epoch. */
  get hasRecords(): boolean {
    return this.#at < this.#batch.usedBytes
  }

  /** Reads on when no record is at hand. @returns More when there is one */
  read(): TapeStop {
    if (this.hasRecords) return TapeStop.More
    this.#batch.reset()
    this.#at = 0
    const appended = this.#source.fill(this.#batch)
    if (appended === FeedRead.End) return TapeStop.End
    return this.#batch.usedBytes > 0 ? TapeStop.More : TapeStop.NotYet
  }

  /**
   * Moves on by at most one batch of records, and not past `until`.
   * @param stopsAtTop stop whenever the best bid or offer has changed and the exchange's event is complete
   */
  advance(stopsAtTop = false): TapeStop {
    const stop = this.read()
    if (stop !== TapeStop.More) return stop
    const { views } = this.#batch
    while (this.hasRecords) {
      const at = this.#at
      if (this.#isLater(views, at)) return TapeStop.Reached
      this.#at = at + views.u32[(at + Header.Length) >> 2]!
      this.#symbolBook.take(views, at)
      if (!stopsAtTop || !this.#symbolBook.mayHaveNewTop) continue
      if ((views.u16[(at + Header.Flags) >> 1]! & FLAG_MORE) !== 0) continue
      if (this.#symbolBook.takeTopChange()) return TapeStop.Top
    }
    return TapeStop.More
  }

  /** Whether there is a level to show. */
  get hasBook(): boolean {
    return this.#symbolBook.hasBook
  }

  /** Time of the last record of the instrument, ns since the session's epoch. */
  get timeNs(): number {
    return this.#symbolBook.timeNs
  }

  /** The book as it is now. @param levelsMax levels a side */
  snapshot(levelsMax: number): BookSnapshot {
    return this.#symbolBook.snapshot(levelsMax, this.epochSeconds)
  }

  /** Whether the record ends what `until` allows. */
  #isLater(views: RecordViews, at: number): boolean {
    const timeAt = SOURCE_TIME_AT[views.u16[(at + Header.Type) >> 1]!]!
    if (timeAt === 0) return false
    const timeNs = views.f64[(at + timeAt) >> 3]!
    const until = this.until[0]!
    if (timeNs <= until) return false
    return this.#symbolBook.isWanted(views.u32[(at + Header.Instrument) >> 2]!) || timeNs > until + PATIENCE_NS
  }
}
