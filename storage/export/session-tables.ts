/**
 * Tables of a session that no record type gives by itself. Their rows lie in memory like records, so that the same writers tell
 * prices and quantities exactly: a record header, of which instrument, sequence, source and flags are used, then the row's own
 * fields. Nothing of this is ever on a ring or a disk.
 *
 *     0                32
 *     ┌────────────────┬───────────────────────────┐
 *     │ record header  │ fields by the enums below │
 *     └────────────────┴───────────────────────────┘
 */
import { Header, RecordType, Side } from '../../kernels/records/catalogue.ts'
import type { NamedValues } from '../../kernels/records/dump.ts'
import { findSchema } from '../../kernels/records/schema.ts'
import { OrderStage } from '../session/order-life.ts'
import { type Column, ColumnKind, layOut, type TableLayout } from './columns.ts'

export const SESSION_TABLES = ['orders', 'fills', 'trades', 'quotes', 'books'] as const
export type SessionTableName = (typeof SESSION_TABLES)[number]

/** Bytes of any row. */
export const ROW_BYTES = 256

/** An order as it ended; the time is that of its decision, the sequence its outbound one. */
export enum OrderRow {
  Price = 32,
  Quantity = 40,
  Filled = 48,
  FilledValue = 56,
  CauseSequence = 64,
  AcceptedAfterNs = 72,
  EndedAfterNs = 80,
  OrderId = 88,
  Side = 92,
  State = 96,
  Fills = 100,
  Replaces = 104,
  ReplacedBy = 108,
  Type = 112,
  TimeInForce = 128,
  Reason = 152,
  VenueOrder = 184,
  Strategy = 208,
}

/** A trade that counts in volume, by the exchange's time. */
export enum TradeRow {
  Price = 32,
  Quantity = 40,
  Match = 48,
  Kind = 56,
}

/** The best bid and offer behind an event of the exchange that changed them. */
export enum QuoteRow {
  BidPrice = 32,
  BidQuantity = 40,
  AskPrice = 48,
  AskQuantity = 56,
}

/** One level of a book at a point of the grid. */
export enum BookRow {
  Price = 32,
  Quantity = 40,
  Side = 48,
  Level = 52,
  Orders = 56,
}

/** Flags of rows: a cell that needs one is empty without it. */
export enum RowFlag {
  Accepted = 1,
  Ended = 2,
  Replaces = 4,
  ReplacedBy = 8,
  Bid = 16,
  Ask = 32,
  Price = 64,
}

/** Where a trade came from. */
export enum TradeKindName {
  Displayed = 0,
  Hidden = 1,
  Cross = 2,
}

const TYPE_BYTES = 16
const TIME_IN_FORCE_BYTES = 24
const REASON_BYTES = 32
const VENUE_ORDER_BYTES = 24
/** Longer names of strategies are cut. */
export const STRATEGY_BYTES = ROW_BYTES - OrderRow.Strategy

interface CellOptions {
  readonly names?: NamedValues
  readonly needsFlag?: RowFlag
  readonly width?: number
}

function cell(name: string, kind: ColumnKind, offset: number, options: CellOptions = {}): Column {
  const { names, needsFlag = 0, width = 0 } = options
  return { name, kind, offset, width, names, needsFlag }
}

const TIME = cell('timeNs', ColumnKind.Time, 0)
const SYMBOL = cell('symbol', ColumnKind.Symbol, 0)
const SEQUENCE = cell('sequence', ColumnKind.Whole, Header.Sequence)
const text = (name: string, offset: number, width: number) => cell(name, ColumnKind.Text, offset, { width })
const { Price, Quantity, Whole, U32, Name, Money, U64 } = ColumnKind

const COLUMNS: Readonly<Record<Exclude<SessionTableName, 'fills'>, readonly Column[]>> = {
  orders: [
    TIME,
    SYMBOL,
    SEQUENCE,
    text('strategy', OrderRow.Strategy, STRATEGY_BYTES),
    cell('orderId', U32, OrderRow.OrderId),
    cell('side', Name, OrderRow.Side, { names: Side }),
    text('type', OrderRow.Type, TYPE_BYTES),
    text('timeInForce', OrderRow.TimeInForce, TIME_IN_FORCE_BYTES),
    cell('price', Price, OrderRow.Price),
    cell('quantity', Quantity, OrderRow.Quantity),
    cell('state', Name, OrderRow.State, { names: OrderStage }),
    cell('filledQuantity', Quantity, OrderRow.Filled),
    cell('filledValue', Money, OrderRow.FilledValue),
    cell('fills', U32, OrderRow.Fills),
    text('reason', OrderRow.Reason, REASON_BYTES),
    cell('acceptedAfterNs', Whole, OrderRow.AcceptedAfterNs, { needsFlag: RowFlag.Accepted }),
    cell('endedAfterNs', Whole, OrderRow.EndedAfterNs, { needsFlag: RowFlag.Ended }),
    cell('causeSequence', Whole, OrderRow.CauseSequence),
    text('venueOrder', OrderRow.VenueOrder, VENUE_ORDER_BYTES),
    cell('replaces', U32, OrderRow.Replaces, { needsFlag: RowFlag.Replaces }),
    cell('replacedBy', U32, OrderRow.ReplacedBy, { needsFlag: RowFlag.ReplacedBy }),
  ],
  trades: [
    TIME,
    SYMBOL,
    SEQUENCE,
    cell('price', Price, TradeRow.Price, { needsFlag: RowFlag.Price }),
    cell('quantity', Quantity, TradeRow.Quantity),
    cell('kind', Name, TradeRow.Kind, { names: TradeKindName }),
    cell('match', U64, TradeRow.Match),
  ],
  quotes: [
    TIME,
    SYMBOL,
    SEQUENCE,
    cell('bidPrice', Price, QuoteRow.BidPrice, { needsFlag: RowFlag.Bid }),
    cell('bidQuantity', Quantity, QuoteRow.BidQuantity, { needsFlag: RowFlag.Bid }),
    cell('askPrice', Price, QuoteRow.AskPrice, { needsFlag: RowFlag.Ask }),
    cell('askQuantity', Quantity, QuoteRow.AskQuantity, { needsFlag: RowFlag.Ask }),
  ],
  books: [
    TIME,
    SYMBOL,
    cell('side', Name, BookRow.Side, { names: Side }),
    cell('level', U32, BookRow.Level),
    cell('price', Price, BookRow.Price),
    cell('quantity', Quantity, BookRow.Quantity),
    cell('orders', U32, BookRow.Orders),
  ],
}

/** The layout of a table; fills are records of the catalogue, the others rows. */
export function layOutSession(table: SessionTableName): TableLayout {
  if (table === 'fills') return layOut([findSchema(RecordType.Filled)!])
  const columns = COLUMNS[table]
  const cells: (readonly Column[])[] = []
  cells[RecordType.Padding] = columns
  return { names: columns.map(({ name }) => name), cells }
}

if (Math.max(STRATEGY_BYTES, 0) < 32) throw new Error('session tables: no room for the name of a strategy')
