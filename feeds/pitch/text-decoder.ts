import { OrderAdd, OrderExecute, OrderReduce, RecordType, Side, Trade } from '../../kernels/records/catalogue.ts'
import { copyText } from '../itch50/wire.ts'
import type { RecordBatch } from '../record-batch.ts'
import { PitchContext } from './context.ts'
import { PitchReject } from './counts.ts'
import { Wire } from './layout.ts'
import { type LiveOrders, OrderValue } from './live-orders.ts'
import { MarketRecords, MarketValue } from './market-records.ts'
import { NO_ORDER } from './order-index.ts'
import type { PitchState } from './state.ts'
import { readDigits, readId } from './text-fields.ts'
import {
  TEXT_LENGTH_MIN,
  TextAt,
  TextChangeAt,
  TextOrderAt,
  TextStatusAt,
  TextSymbolAt,
  TextType,
  TextWidth,
} from './text-layout.ts'

const NS_PER_MS = 1e6
const MS_PER_DAY = 86_400_000

/** Slots of the ids of a message, two words each. */
enum Id {
  Order = 0,
  Execution = 2,
  Words = 4,
}

/** Decodes messages of the text format of PITCH into the records that the binary ones become. Nothing throws. */
export class PitchTextDecoder {
  readonly context: PitchContext
  readonly #orders: LiveOrders
  readonly #records: MarketRecords
  /** Numbers of the message at hand, by `MarketValue`. */
  readonly #numbers: Float64Array
  readonly #ids = new Int32Array(Id.Words)

  constructor(state: PitchState) {
    this.context = new PitchContext(state)
    this.#orders = state.orders
    this.#records = new MarketRecords(this.context)
    this.#numbers = this.#records.value
  }

  /** Decodes one line, without its end and without the transport's letter. The batch must have room. */
  decode(bytes: Uint8Array, at: number, length: number, batch: RecordBatch): void {
    const { context } = this
    const { counts, time } = context
    context.attach(bytes, batch)
    const type = length > TextAt.Type ? bytes[at + TextAt.Type]! : 0
    const least = TEXT_LENGTH_MIN[type]!
    if (least === 0 || length < least) {
      counts.reject(type, least === 0 ? PitchReject.UnknownType : PitchReject.WrongLength)
      return
    }
    counts.byType[type]!++
    let reason = this.#readTime(at)
    if (reason === PitchReject.None) {
      counts.noteTime(time)
      reason = this.#dispatch(type, at)
    }
    if (reason !== PitchReject.None) counts.reject(type, reason)
  }

  #readTime(at: number): PitchReject {
    const { time, bytes } = this.context
    if (!readDigits(bytes, at + TextAt.Time, TextWidth.Time, time, 0)) return PitchReject.BadField
    if (time[0]! > MS_PER_DAY) return PitchReject.TimeOutOfRange
    time[0]! *= NS_PER_MS
    return PitchReject.None
  }

  /** @returns why the message is not decoded, None where it is */
  #dispatch(type: number, at: number): PitchReject {
    switch (type) {
      case TextType.AddShort:
        return this.#add(at, TextWidth.ShortSymbol, TextWidth.Price)
      case TextType.AddLong:
        return this.#add(at, TextWidth.LongSymbol, TextWidth.Price)
      case TextType.AddExtended:
        return this.#add(at, TextWidth.LongSymbol, TextWidth.LongPrice)
      case TextType.Executed:
        return this.#executed(at)
      case TextType.Cancel:
        return this.#cancel(at)
      case TextType.TradeShort:
        return this.#trade(at, TextWidth.ShortSymbol, TextWidth.Price)
      case TextType.TradeLong:
        return this.#trade(at, TextWidth.LongSymbol, TextWidth.Price)
      case TextType.TradeExtended:
        return this.#trade(at, TextWidth.LongSymbol, TextWidth.LongPrice)
      case TextType.TradeBreak:
        return this.#tradeBreak(at)
      default:
        return this.#ofSymbol(type, at)
    }
  }

  /** Messages that begin with a symbol. */
  #ofSymbol(type: number, at: number): PitchReject {
    const { bytes } = this.context
    const instrument = this.context.longSymbol(at + TextSymbolAt.Symbol)
    if (instrument === 0) return PitchReject.TooManyInstruments
    const code = bytes[at + TextSymbolAt.Code]!
    switch (type) {
      case TextType.TradingStatus:
        this.#records.status(instrument, code, bytes[at + TextStatusAt.RegSho]!, 0)
        return PitchReject.None
      case TextType.RetailInterest:
        this.#records.retailInterest(instrument, code)
        return PitchReject.None
      case TextType.SymbolClear:
        this.#orders.clear(instrument)
        this.#records.clearBook(instrument)
        return PitchReject.None
      case TextType.AuctionUpdate:
      case TextType.AuctionUpdateExtended: {
        const priceBytes = type === TextType.AuctionUpdate ? TextWidth.Price : TextWidth.LongPrice
        if (!this.#readUpdate(at + TextSymbolAt.Numbers, priceBytes)) return PitchReject.BadField
        this.#records.auctionUpdate(instrument, code, 0)
        return PitchReject.None
      }
      default: {
        const priceBytes = type === TextType.AuctionSummary ? TextWidth.Price : TextWidth.LongPrice
        const numbersAt = at + TextSymbolAt.Numbers
        const isWhole =
          this.#read(numbersAt, priceBytes, MarketValue.Price) &&
          this.#read(numbersAt + priceBytes, TextWidth.AuctionShares, MarketValue.Quantity)
        if (!isWhole) return PitchReject.BadField
        this.#records.auctionSummary(instrument, code)
        return PitchReject.None
      }
    }
  }

  #readUpdate(at: number, priceBytes: number): boolean {
    const buyAt = at + priceBytes
    const indicativeAt = buyAt + 2 * TextWidth.AuctionShares
    return (
      this.#read(at, priceBytes, MarketValue.Reference) &&
      this.#read(buyAt, TextWidth.AuctionShares, MarketValue.Buy) &&
      this.#read(buyAt + TextWidth.AuctionShares, TextWidth.AuctionShares, MarketValue.Sell) &&
      this.#read(indicativeAt, priceBytes, MarketValue.Indicative) &&
      this.#read(indicativeAt + priceBytes, priceBytes, MarketValue.AuctionOnly)
    )
  }

  #read(at: number, width: number, slot: MarketValue): boolean {
    return readDigits(this.context.bytes, at, width, this.#numbers, slot)
  }

  #readId(at: number, slot: Id): boolean {
    return readId(this.context.bytes, at, this.#ids, slot)
  }

  #storeId(to: number, slot: Id): void {
    const { i32 } = this.context
    i32[to >> 2] = this.#ids[slot]!
    i32[(to >> 2) + 1] = this.#ids[slot + 1]!
  }

  /** Reads what adds and trades have in common; the price is the symbol's neighbour. @returns why not, or None */
  #readOrder(at: number, symbolBytes: number, priceBytes: number): PitchReject {
    const side = this.context.bytes[at + TextOrderAt.Side]!
    if (side !== Wire.Buy && side !== Wire.Sell) return PitchReject.UnknownSide
    const isWhole =
      this.#readId(at + TextOrderAt.Order, Id.Order) &&
      this.#read(at + TextOrderAt.Shares, TextWidth.Shares, MarketValue.Quantity) &&
      this.#read(at + TextOrderAt.Symbol + symbolBytes, priceBytes, MarketValue.Price)
    return isWhole ? PitchReject.None : PitchReject.BadField
  }

  #symbolOf(at: number, symbolBytes: number): number {
    const { context } = this
    return symbolBytes === TextWidth.ShortSymbol ? context.shortSymbol(at, false) : context.longSymbol(at)
  }

  #add(at: number, symbolBytes: number, priceBytes: number): PitchReject {
    const reason = this.#readOrder(at, symbolBytes, priceBytes)
    if (reason !== PitchReject.None) return reason
    const { context } = this
    const instrument = this.#symbolOf(at + TextOrderAt.Symbol, symbolBytes)
    if (instrument === 0) return PitchReject.TooManyInstruments
    const { value } = this.#orders
    value[OrderValue.Price] = this.#numbers[MarketValue.Price]!
    value[OrderValue.Quantity] = this.#numbers[MarketValue.Quantity]!
    if (!this.#orders.add(this.#ids[Id.Order]!, this.#ids[Id.Order + 1]!, instrument)) return PitchReject.TooManyOrders
    const to = context.begin(OrderAdd.Bytes, RecordType.OrderAdd, instrument)
    const { i32, f64, bytes } = context
    this.#storeId(to + OrderAdd.ReferenceLow, Id.Order)
    f64[(to + OrderAdd.Price) >> 3] = value[OrderValue.Price]!
    f64[(to + OrderAdd.Quantity) >> 3] = value[OrderValue.Quantity]!
    f64[(to + OrderAdd.SourceTime) >> 3] = context.time[0]!
    i32[(to + OrderAdd.Side) >> 2] = bytes[at + TextOrderAt.Side] === Wire.Buy ? Side.Buy : Side.Sell
    i32[(to + OrderAdd.Attribution) >> 2] = 0
    if (symbolBytes === TextWidth.ShortSymbol) return PitchReject.None
    const participantAt = at + TextOrderAt.Symbol + symbolBytes + priceBytes + TextWidth.Display
    copyText(bytes, participantAt, TextWidth.Participant, context.u8, to + OrderAdd.Attribution, TextWidth.Participant)
    return PitchReject.None
  }

  #executed(at: number): PitchReject {
    if (!this.#readChange(at) || !this.#readId(at + TextChangeAt.Execution, Id.Execution)) {
      return PitchReject.BadField
    }
    const cell = this.#findOrder()
    if (cell === NO_ORDER) return PitchReject.UnknownOrder
    const { context } = this
    const to = context.begin(OrderExecute.Bytes, RecordType.OrderExecute, this.#orders.instrumentOf(cell))
    const { f64 } = context
    this.#storeId(to + OrderExecute.ReferenceLow, Id.Order)
    f64[(to + OrderExecute.Price) >> 3] = 0
    f64[(to + OrderExecute.Quantity) >> 3] = this.#numbers[MarketValue.Quantity]!
    f64[(to + OrderExecute.SourceTime) >> 3] = context.time[0]!
    this.#storeId(to + OrderExecute.MatchLow, Id.Execution)
    this.#takeShares(cell)
    return PitchReject.None
  }

  #cancel(at: number): PitchReject {
    if (!this.#readChange(at)) return PitchReject.BadField
    const cell = this.#findOrder()
    if (cell === NO_ORDER) return PitchReject.UnknownOrder
    const { context } = this
    const to = context.begin(OrderReduce.Bytes, RecordType.OrderReduce, this.#orders.instrumentOf(cell))
    this.#storeId(to + OrderReduce.ReferenceLow, Id.Order)
    context.f64[(to + OrderReduce.Quantity) >> 3] = this.#numbers[MarketValue.Quantity]!
    context.f64[(to + OrderReduce.SourceTime) >> 3] = context.time[0]!
    this.#takeShares(cell)
    return PitchReject.None
  }

  #readChange(at: number): boolean {
    return (
      this.#readId(at + TextOrderAt.Order, Id.Order) &&
      this.#read(at + TextChangeAt.Shares, TextWidth.Shares, MarketValue.Quantity)
    )
  }

  #findOrder(): number {
    const cell = this.#orders.find(this.#ids[Id.Order]!, this.#ids[Id.Order + 1]!)
    if (cell !== NO_ORDER) this.context.state.symbols.messages[this.#orders.instrumentOf(cell)]!++
    return cell
  }

  #takeShares(cell: number): void {
    this.#orders.value[OrderValue.Quantity] = this.#numbers[MarketValue.Quantity]!
    this.#orders.take(cell)
  }

  #trade(at: number, symbolBytes: number, priceBytes: number): PitchReject {
    const reason = this.#readOrder(at, symbolBytes, priceBytes)
    if (reason !== PitchReject.None) return reason
    if (!this.#readId(at + TextOrderAt.Symbol + symbolBytes + priceBytes, Id.Execution)) return PitchReject.BadField
    const { context } = this
    const instrument = this.#symbolOf(at + TextOrderAt.Symbol, symbolBytes)
    if (instrument === 0) return PitchReject.TooManyInstruments
    const to = context.begin(Trade.Bytes, RecordType.Trade, instrument)
    const { i32, f64, bytes } = context
    this.#storeId(to + Trade.ReferenceLow, Id.Order)
    f64[(to + Trade.Price) >> 3] = this.#numbers[MarketValue.Price]!
    f64[(to + Trade.Quantity) >> 3] = this.#numbers[MarketValue.Quantity]!
    f64[(to + Trade.SourceTime) >> 3] = context.time[0]!
    this.#storeId(to + Trade.MatchLow, Id.Execution)
    i32[(to + Trade.Side) >> 2] = bytes[at + TextOrderAt.Side] === Wire.Buy ? Side.Buy : Side.Sell
    i32[(to + Trade.Reserved) >> 2] = 0
    return PitchReject.None
  }

  #tradeBreak(at: number): PitchReject {
    if (!this.#readId(at + TextAt.Payload, Id.Execution)) return PitchReject.BadField
    this.#records.tradeBreak(this.#ids[Id.Execution]!, this.#ids[Id.Execution + 1]!)
    return PitchReject.None
  }
}
