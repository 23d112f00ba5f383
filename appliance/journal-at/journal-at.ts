import type { BookSnapshot } from '../../feeds/book-view/book-snapshot.ts'
import { type Moment, momentToSession } from '../../feeds/book-view/moment.ts'
import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'
import { OrderType, Side } from '../../kernels/records/catalogue.ts'
import { FileStorage } from '../../storage/journal/file-storage.ts'
import { readLastSequence } from '../../storage/journal/last-sequence.ts'
import { JournalStream } from '../../storage/journal/layout.ts'
import { leavesOf, type OrderLife, OrderStage } from '../../storage/session/order-life.ts'
import type { PositionAccount } from '../../storage/session/position-account.ts'
import { SessionReader } from '../../storage/session/session-reader.ts'
import { memberName } from '../../storage/session/value-names.ts'
import { findNearestNames } from '../cli/nearest-name.ts'
import { findSessionHeader } from '../run/session-file.ts'
import { findStartingPoint, type SessionState, type StateWishes } from './session-state.ts'

/** Records between two looks at whoever watches. */
const RECORDS_PER_REPORT = 65_536
const NAMES_SUGGESTED = 5

export interface JournalAtOptions extends StateWishes {
  readonly path: string
  readonly moment: Moment
  /** Levels a side of the book. */
  readonly depth: number
}

/** An own order that is alive at the moment. Prices and quantities are decimals. */
export interface LiveOrder {
  readonly strategy: string
  readonly orderId: number
  readonly symbol: string
  readonly side: string
  readonly type: string
  readonly price: number
  readonly quantity: number
  readonly filled: number
  readonly leaves: number
  /** sent, routed or open. */
  readonly state: string
  /** When it was decided: ns since 1970, or since midnight. */
  readonly sentNs: string
}

export interface PositionThen {
  readonly strategy: string
  readonly symbol: string
  readonly quantity: number
  readonly averagePrice: number
  readonly markPrice: number
  readonly pnlRealised: number
  readonly pnlUnrealised: number
  readonly fills: number
}

/** A session as it was at a moment. Field names are relied on by scripts. */
export interface JournalAtResult {
  readonly journal: string
  /** The moment asked for: ns since 1970, or since midnight where no day is known. */
  readonly timeNs: string
  readonly isDated: boolean
  readonly timeOfDayNs: number
  /** The last records that belong to it. */
  readonly inboundSequence: number
  readonly outboundSequence: number
  /** Of the last inbound record that belongs to it. */
  readonly lastTimeOfDayNs: number
  /** Whether the journal goes on behind the moment. */
  readonly isWithin: boolean
  readonly book: BookSnapshot | null
  readonly orders: readonly LiveOrder[] | null
  readonly positions: readonly PositionThen[] | null
}

/**
 * A session as it was at a moment, as its strategies knew it: all inbound records up to that time, and the decisions that answer them.
 * @param onProgress from 0 to 1; may throw to end it
 * @throws JournalIoError, JournalCorruptError, XkError for a symbol that is not there or a date where none is known
 */
export function journalAt(options: JournalAtOptions, onProgress: (fraction: number) => void): JournalAtResult {
  const storage = new FileStorage(options.path)
  const last = Math.max(1, readLastSequence(storage, JournalStream.Inbound))
  const { state, from } = findStartingPoint(options)
  const reader = new SessionReader(storage, from)
  try {
    let untilNs = Number.NaN
    for (let records = 0; ; records++) {
      if (state.inboundSequence > 0 && Number.isNaN(untilNs)) untilNs = toSession(options.moment, state)
      // The first record tells the epoch by which the moment is understood.
      if (state.inboundSequence > 0 && reader.isNextInbound() && reader.nextInboundTimeNs() > untilNs) break
      const at = reader.next()
      if (at < 0) break
      state.note(reader, at)
      if (records % RECORDS_PER_REPORT === 0) onProgress(state.inboundSequence / last)
    }
    return describe(options, state, untilNs, reader.nextInboundTimeNs() !== Number.POSITIVE_INFINITY)
  } finally {
    reader.close()
  }
}

function epochOf(state: SessionState): number | undefined {
  return state.units.epochSeconds === 0 ? undefined : state.units.epochSeconds
}

function toSession(moment: Moment, state: SessionState): number {
  return momentToSession('TIME', moment, epochOf(state))
}

function describe(options: JournalAtOptions, state: SessionState, untilNs: number, isWithin: boolean): JournalAtResult {
  const plugins = findSessionHeader(options.path)?.plugins ?? []
  const nameOf = (strategy: number) => plugins[strategy - 1]?.name ?? `#${strategy}`
  return {
    journal: options.path,
    timeNs: state.units.time(Number.isNaN(untilNs) ? 0 : untilNs).toString(),
    isDated: epochOf(state) !== undefined,
    timeOfDayNs: untilNs,
    inboundSequence: state.inboundSequence,
    outboundSequence: state.outboundSequence,
    lastTimeOfDayNs: state.timeNs,
    isWithin,
    book: describeBook(options, state),
    orders: state.orders?.live().map((life) => describeOrder(life, state, nameOf)) ?? null,
    positions: state.positions?.all().map((account) => describePosition(account, state, nameOf)) ?? null,
  }
}

function describeBook({ book: symbol, depth, path }: JournalAtOptions, state: SessionState): BookSnapshot | null {
  const { book } = state
  if (book === undefined || symbol === undefined) return null
  if (book.instrument !== 0) return book.snapshot(depth, epochOf(state))
  const names = book.names.symbols()
  const near = findNearestNames(symbol, names, NAMES_SUGGESTED)
  throw new XkError({
    code: 'symbol-unknown',
    what: `no symbol "${symbol}" up to the time given, there are ${names.length}`,
    where: path,
    next: near.length === 0 ? 'choose a later time' : `the nearest are ${near.join(', ')}`,
    exitCode: ExitCode.Input,
  })
}

function describeOrder(life: OrderLife, { units }: SessionState, nameOf: (id: number) => string): LiveOrder {
  const { instrument } = life
  return {
    strategy: nameOf(life.strategy),
    orderId: life.orderId,
    symbol: units.symbol(instrument),
    side: memberName(Side, life.side),
    type: memberName(OrderType, life.orderType),
    price: units.price(instrument, life.price),
    quantity: units.quantity(instrument, life.quantity),
    filled: units.quantity(instrument, life.filledQuantity),
    leaves: units.quantity(instrument, leavesOf(life)),
    state: memberName(OrderStage, life.stage),
    sentNs: units.time(life.sentTimeNs).toString(),
  }
}

function describePosition(
  account: PositionAccount,
  { units, marks }: SessionState,
  nameOf: (id: number) => string,
): PositionThen {
  const { instrument } = account
  const mark = marks?.middleOf(instrument) ?? account.lastPrice
  return {
    strategy: nameOf(account.strategy),
    symbol: units.symbol(instrument),
    quantity: units.quantity(instrument, account.quantity),
    averagePrice: units.price(instrument, account.averagePrice),
    markPrice: units.price(instrument, mark),
    pnlRealised: units.money(instrument, account.realised),
    pnlUnrealised: units.money(instrument, account.unrealised(mark)),
    fills: account.fills,
  }
}
