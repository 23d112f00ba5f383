import { OrderBook } from '../../feeds/book/order-book.ts'
import {
  Filled,
  Header,
  Instrument,
  RecordType,
  Rejected,
  RejectOrigin,
  RejectReason,
  Side,
  Stop,
  StopReason,
  SYMBOL_BYTES,
} from '../../kernels/records/catalogue.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { readText } from '../../kernels/region/region.ts'
import { PositionAccount } from './position-account.ts'
import type { PositionResult, StrategyResult } from './types.ts'

const TOP_SLOTS = 8

interface StrategyTally {
  orders: number
  cancels: number
  replaces: number
  fills: number
  rejects: number
  stopped: { reason: string; atSequence: number } | null
}

/** 1 for the record types that change a book, by type. */
const CHANGES_BOOK = new Uint8Array(256)
CHANGES_BOOK.fill(1, RecordType.OrderAdd, RecordType.OrderReplace + 1)
for (const type of [RecordType.LevelUpdate, RecordType.TopOfBook, RecordType.BookClear]) CHANGES_BOOK[type] = 1

/** Name of an enumeration's member in lower camel case. */
function memberName(members: Record<number, string>, value: number): string {
  const name = members[value] ?? `${value}`
  return name.charAt(0).toLowerCase() + name.slice(1)
}

/**
 * The books of a session, kept from its journal alone: orders, fills, rejects, positions, P&L. Feed it the records of
 * both streams in order; a position is marked at the last mid price seen, else at its last fill.
 */
export class SessionAccount {
  orders = 0
  fills = 0
  buyFills = 0
  sellFills = 0
  rejects = 0
  readonly rejectsByReason: Record<string, number> = {}
  instruments = 0
  readonly #tallies: StrategyTally[] = []
  readonly #positions = new Map<string, PositionAccount>()
  readonly #symbols: string[] = []
  readonly #priceScale: number[] = []
  readonly #mid: number[] = []
  readonly #book: OrderBook

  constructor(instrumentsMax: number, bookOrdersMax: number) {
    this.#book = new OrderBook({ instrumentsMax, ordersMax: bookOrdersMax, levelsMax: bookOrdersMax })
  }

  #tally(strategy: number): StrategyTally {
    this.#tallies[strategy] ??= { orders: 0, cancels: 0, replaces: 0, fills: 0, rejects: 0, stopped: null }
    return this.#tallies[strategy]
  }

  noteOutbound(views: RecordViews, at: number): void {
    const tally = this.#tally(views.u16[(at + Header.Source) >> 1]!)
    switch (views.u16[(at + Header.Type) >> 1]!) {
      case RecordType.NewOrder:
        this.orders++
        tally.orders++
        return
      case RecordType.CancelOrder:
        tally.cancels++
        return
      case RecordType.ReplaceOrder:
        tally.replaces++
        return
      default:
    }
  }

  noteInbound(views: RecordViews, at: number): void {
    const type = views.u16[(at + Header.Type) >> 1]!
    if (CHANGES_BOOK[type] === 1) this.#noteBook(views, at)
    else if (type === RecordType.Instrument) this.#noteInstrument(views, at)
    else if (type === RecordType.Filled) this.#noteFill(views, at)
    else if (type === RecordType.Rejected) this.#noteReject(views, at)
    else if (type === RecordType.Stop) this.#noteStop(views, at)
  }

  #noteBook(views: RecordViews, at: number): void {
    if ((this.#book.apply(views, at) & 2) === 0) return
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    const bid = this.#book.top[instrument * TOP_SLOTS]!
    const ask = this.#book.top[instrument * TOP_SLOTS + 2]!
    if (bid > 0 && ask > 0) this.#mid[instrument] = (bid + ask) / 2
  }

  #noteInstrument(views: RecordViews, at: number): void {
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    if (this.#symbols[instrument] === undefined) this.instruments++
    const symbol = readText(views.u8.buffer, views.u8.byteOffset + at + Instrument.Symbol, SYMBOL_BYTES).trimEnd()
    // What the feed has not named goes by the venue's number for it.
    this.#symbols[instrument] = symbol === '' ? String(views.u32[(at + Instrument.VenueLocate) >> 2]!) : symbol
    this.#priceScale[instrument] = 10 ** views.i32[(at + Instrument.PriceExponent) >> 2]!
  }

  #noteFill(views: RecordViews, at: number): void {
    const strategy = views.u16[(at + Header.Source) >> 1]!
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    const isBuy = views.u32[(at + Filled.Side) >> 2]! === Side.Buy
    this.fills++
    if (isBuy) this.buyFills++
    else this.sellFills++
    this.#tally(strategy).fills++
    const key = `${strategy}:${instrument}`
    let position = this.#positions.get(key)
    if (position === undefined) {
      position = new PositionAccount(strategy, instrument)
      this.#positions.set(key, position)
    }
    const quantity = views.f64[(at + Filled.Quantity) >> 3]!
    position.fill(isBuy ? quantity : -quantity, views.f64[(at + Filled.Price) >> 3]!)
  }

  #noteReject(views: RecordViews, at: number): void {
    this.rejects++
    this.#tally(views.u16[(at + Header.Source) >> 1]!).rejects++
    const origin = memberName(RejectOrigin, views.u32[(at + Rejected.Origin) >> 2]!)
    const reason = memberName(RejectReason, views.u32[(at + Rejected.Reason) >> 2]!).replace(/^venue/, '')
    const key = `${origin} ${reason.charAt(0).toLowerCase()}${reason.slice(1)}`
    this.rejectsByReason[key] = (this.rejectsByReason[key] ?? 0) + 1
  }

  #noteStop(views: RecordViews, at: number): void {
    this.#tally(views.u32[(at + Stop.StrategyId) >> 2]!).stopped = {
      reason: memberName(StopReason, views.u32[(at + Stop.Reason) >> 2]!),
      atSequence: views.f64[(at + Stop.AtSequence) >> 3]!,
    }
  }

  /** Positions by strategy and symbol, money in units of the currency. */
  positions(strategyNames: readonly string[]): PositionResult[] {
    return [...this.#positions.values()]
      .sort((a, b) => a.strategy - b.strategy || a.instrument - b.instrument)
      .map((position) => {
        const scale = this.#priceScale[position.instrument] ?? 1e-4
        const mark = this.#mid[position.instrument] ?? position.lastPrice
        return {
          strategy: strategyNames[position.strategy - 1] ?? `#${position.strategy}`,
          symbol: this.#symbols[position.instrument] ?? `#${position.instrument}`,
          quantity: position.quantity,
          averagePrice: position.averagePrice * scale,
          markPrice: mark * scale,
          pnlRealised: position.realised * scale,
          pnlUnrealised: position.unrealised(mark) * scale,
          fills: position.fills,
          tradedQuantity: position.bought + position.sold,
        }
      })
  }

  /** One line of account for each strategy, in the order of their ids. */
  strategies(choices: readonly { readonly name: string; readonly path: string }[]): StrategyResult[] {
    return choices.map((choice, index) => {
      const id = index + 1
      const tally = this.#tally(id)
      const own = [...this.#positions.values()].filter((position) => position.strategy === id)
      const scaleOf = (position: PositionAccount) => this.#priceScale[position.instrument] ?? 1e-4
      const sum = (pick: (position: PositionAccount) => number) =>
        own.reduce((total, position) => total + pick(position), 0)
      return {
        id,
        name: choice.name,
        path: choice.path,
        ...tally,
        boughtQuantity: sum((position) => position.bought),
        soldQuantity: sum((position) => position.sold),
        turnover: sum((position) => position.turnover * scaleOf(position)),
        pnlRealised: sum((position) => position.realised * scaleOf(position)),
        pnlUnrealised: sum(
          (position) => position.unrealised(this.#mid[position.instrument] ?? position.lastPrice) * scaleOf(position),
        ),
      }
    })
  }
}
