import { SymbolBook } from '../../feeds/book-view/symbol-book.ts'
import { Header, RecordType } from '../../kernels/records/catalogue.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { JournalStream } from '../../storage/journal/layout.ts'
import { OrderLedger } from '../../storage/session/order-ledger.ts'
import { PositionLedger } from '../../storage/session/position-ledger.ts'
import { readSessionEpoch } from '../../storage/session/session-epoch.ts'
import { SESSION_BEGINNING, type SessionPlace, type SessionReader } from '../../storage/session/session-reader.ts'
import { Units } from '../../storage/session/units.ts'
import { MarketMarks } from '../run/market-marks.ts'
import { BOOK_ORDERS_MAX, INSTRUMENTS_MAX } from '../run/session-bounds.ts'

/** What of a session is followed; each costs time, so only what is asked for. */
export interface StateWishes {
  /** Symbol of the book. */
  readonly book?: string | undefined
  readonly orders: boolean
  readonly positions: boolean
}

/** A session as it was behind some record of its journal. */
export class SessionState {
  readonly orders: OrderLedger | undefined
  readonly positions: PositionLedger | undefined
  readonly marks: MarketMarks | undefined
  readonly book: SymbolBook | undefined
  readonly units = new Units()
  /** Records so far. */
  inboundSequence = 0
  outboundSequence = 0
  /** Time of the last inbound record, ns since the session's epoch. */
  timeNs = 0

  constructor(wishes: StateWishes) {
    if (wishes.orders) this.orders = new OrderLedger()
    if (wishes.positions) {
      this.positions = new PositionLedger()
      this.marks = new MarketMarks(INSTRUMENTS_MAX, BOOK_ORDERS_MAX)
    }
    if (wishes.book !== undefined) this.book = new SymbolBook(wishes.book, INSTRUMENTS_MAX)
  }

  /** Takes the record that a reader of the session gave last. */
  note(reader: SessionReader, at: number): void {
    const { views } = reader
    if (reader.stream === JournalStream.Outbound) {
      this.outboundSequence = views.f64[(at + Header.Sequence) >> 3]!
      this.orders?.noteOutbound(views, at)
    } else this.#noteInbound(views, at)
  }

  #noteInbound(views: RecordViews, at: number): void {
    this.inboundSequence = views.f64[(at + Header.Sequence) >> 3]!
    this.timeNs = views.f64[(at + Header.Time) >> 3]!
    const type = views.u16[(at + Header.Type) >> 1]!
    if (type === RecordType.SessionStart) this.units.epochSeconds = readSessionEpoch(views, at) ?? 0
    else if (type === RecordType.Instrument) this.units.note(views, at)
    else if (type === RecordType.OpeningPosition) this.positions?.noteOpening(views, at)
    else if (type === RecordType.Filled) this.positions?.noteFill(views, at)
    this.orders?.noteInbound(views, at)
    this.marks?.note(views, at)
    this.book?.take(views, at)
  }
}

/** Where the way to a moment begins: a state, and the records that come behind it. */
export interface StartingPoint {
  readonly state: SessionState
  readonly from: SessionPlace
}

/**
 * The nearest state before a moment that need not be worked out: the beginning of the session, as long as journals hold no
 * snapshots of orders, positions and books. Whoever reads on from here does not care which it was.
 */
export function findStartingPoint(wishes: StateWishes): StartingPoint {
  return { state: new SessionState(wishes), from: SESSION_BEGINNING }
}
