import { BookClearReason, StaleReason } from '../../kernels/records/catalogue.ts'
import type { FeedShared } from '../protocol/feed-shared.ts'
import type { RecordBatch } from '../record-batch.ts'
import { Mdp3Counts, Mdp3Reject } from './counts.ts'
import { NaturalRefresh } from './natural-refresh.ts'
import { PriceLadders } from './price-ladders.ts'
import { RecordWriter, type Slot } from './record-writer.ts'
import { BookState, OrderState, SecurityTable } from './security-table.ts'

const WORD = 4294967296

/** The largest quantity that a u64 field may hold and a double still holds exactly: below this high word. */
const QUANTITY_HIGH_END = 0x200000

/** Words of the exchange event that the message at hand belongs to. */
export enum EventWord {
  TransactTimeHigh = 0,
  TransactTimeLow = 1,
  MatchEventIndicator = 2,
  Count = 3,
}

/**
 * What the decoders of single messages share: the instruments, their sequence of entries (RptSeq), their books, and the
 * records' writer.
 */
export class DecodeContext {
  readonly counts = new Mdp3Counts()
  readonly writer = new RecordWriter()
  readonly securities: SecurityTable
  readonly ladders: PriceLadders
  readonly refresh: NaturalRefresh
  /** Of the message at hand. */
  template = 0
  priceScale = 1
  /** Session of the packet at hand: the channel that its entries belong to. */
  channel = 0
  /** Number of the packet at hand, as on the wire. */
  readonly packet = new Float64Array(1)
  /** Of the message at hand, by `EventWord`. */
  readonly event = new Int32Array(EventWord.Count)

  constructor({ instruments }: FeedShared) {
    this.securities = new SecurityTable(instruments)
    this.ladders = new PriceLadders(instruments.instrumentsMax)
    this.refresh = new NaturalRefresh(this.securities, this.ladders)
  }

  /** Takes over what each message that belongs to an event says of it, whatever its class. */
  noteEvent(transactTimeHigh: number, transactTimeLow: number, matchEventIndicator: number): void {
    this.event[EventWord.TransactTimeHigh] = transactTimeHigh
    this.event[EventWord.TransactTimeLow] = transactTimeLow
    this.event[EventWord.MatchEventIndicator] = matchEventIndicator
  }

  /** Counts an entry or a message that gives no record. @returns 0, an instrument's id that there is not */
  reject(reason: Mdp3Reject): number {
    this.counts.reject(this.template, reason)
    return 0
  }

  /** Stores a price of the message's exponent as the records' price. @returns false, and counts it, when it is too large */
  readPrice(high: number, low: number, slot: Slot): boolean {
    const price = (high * WORD + (low >>> 0)) * this.priceScale
    this.writer.values[slot] = price
    if (price <= Number.MAX_SAFE_INTEGER && price >= -Number.MAX_SAFE_INTEGER) return true
    this.reject(Mdp3Reject.PriceOutOfRange)
    return false
  }

  /** Stores a quantity of 32 bits. @returns false, and counts it, when it is negative */
  readQuantity(quantity: number, slot: Slot): boolean {
    this.writer.values[slot] = quantity
    if (quantity >= 0) return true
    this.reject(Mdp3Reject.QuantityOutOfRange)
    return false
  }

  /** Stores an unsigned quantity of 64 bits. @returns false, and counts it, when it is too large */
  readLongQuantity(high: number, low: number, slot: Slot): boolean {
    if (high < 0 || high >= QUANTITY_HIGH_END) {
      this.reject(Mdp3Reject.QuantityOutOfRange)
      return false
    }
    this.writer.values[slot] = high * WORD + (low >>> 0)
    return true
  }

  /**
   * The instrument of a SecurityID; at its first sight an implied instrument record is appended.
   * @returns its id; 0, and counts it, when there is no room for it
   */
  identify(securityId: number, batch: RecordBatch): number {
    const known = this.securities.find(securityId)
    if (known !== 0) {
      this.securities.messages[known]!++
      return known
    }
    const id = this.securities.assign(securityId)
    if (id === 0) return this.reject(Mdp3Reject.TooManyInstruments)
    this.writer.instrument(batch, id, securityId, true)
    this.securities.messages[id]!++
    return id
  }

  /**
   * The instrument of an entry that is to be used: `identify`, then `follow`.
   * @returns its id; 0 when the entry is not to be used (counted)
   */
  admit(securityId: number, rptSeq: number, batch: RecordBatch): number {
    const id = this.identify(securityId, batch)
    if (id === 0) return 0
    return this.follow(id, rptSeq, batch) ? id : this.reject(Mdp3Reject.OutdatedEntry)
  }

  /**
   * Follows the instrument's own numbers (RptSeq). A number ahead of its turn makes the book unknown, 1 makes it begin anew;
   * what either means for the book is appended.
   * @returns false for an entry from before what was already applied
   */
  follow(instrument: number, rptSeq: number, batch: RecordBatch): boolean {
    const { securities } = this
    const expected = securities.expected[instrument]!
    securities.channel[instrument] = this.channel
    if (rptSeq !== expected) {
      if (rptSeq < expected && rptSeq !== 1) return false
      if (expected === 0) this.#beginBook(instrument, rptSeq, batch)
      else if (rptSeq === 1) this.restart(instrument, batch)
      else this.loseBook(instrument, batch)
    }
    securities.expected[instrument] = rptSeq + 1
    return true
  }

  /** The venue starts the instrument's books and numbers over: they are empty, and known to be. */
  restart(instrument: number, batch: RecordBatch): void {
    const { securities, writer } = this
    const before = securities.bookState[instrument]!
    this.emptyBook(instrument, batch, BookClearReason.Reset)
    securities.expected[instrument] = 1
    securities.bookState[instrument] = BookState.Whole
    if (before > BookState.Whole) writer.stale(batch, instrument, StaleReason.Recovered)
  }

  /** Empties the instrument's books here and for the readers of the records: nothing stands in them. */
  emptyBook(instrument: number, batch: RecordBatch, reason: BookClearReason.Reset | BookClearReason.Snapshot): void {
    const { securities } = this
    this.ladders.empty(instrument)
    securities.orderState[instrument] = OrderState.Unknown
    if (reason === BookClearReason.Reset) {
      securities.orderState[instrument] = OrderState.Empty
      // The packets' numbers may begin anew with it.
      securities.orderPacket[instrument] = 0
      securities.orderSnapshotPacket[instrument] = 0
    }
    this.refresh.note(instrument)
    this.writer.bookClear(batch, instrument, reason)
  }

  /** Changes of the instrument are missing: what it had is forgotten, here and by the readers of the records. */
  loseBook(instrument: number, batch: RecordBatch): void {
    const { securities, writer } = this
    if (securities.bookState[instrument] !== BookState.Gap) {
      securities.bookState[instrument] = BookState.Gap
      writer.stale(batch, instrument, StaleReason.SequenceGap)
    }
    securities.orderState[instrument] = OrderState.Unknown
    this.ladders.forgetAll(instrument)
    writer.bookClear(batch, instrument, BookClearReason.Lost)
  }

  #beginBook(instrument: number, rptSeq: number, batch: RecordBatch): void {
    const { securities, writer } = this
    // A snapshot of the orders may have made the book whole before.
    if (securities.bookState[instrument] === BookState.Whole) return
    const isFirst = rptSeq === 1
    securities.bookState[instrument] = isFirst ? BookState.Whole : BookState.NoSnapshot
    if (isFirst) {
      securities.orderState[instrument] = OrderState.Empty
      this.ladders.empty(instrument)
    } else writer.stale(batch, instrument, StaleReason.NoSnapshot)
  }
}
