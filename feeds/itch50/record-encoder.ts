import {
  FLAG_HAS_PRICE,
  FLAG_KEEPS_PRIORITY,
  FLAG_NON_PRINTABLE,
  Header,
  NO_INSTRUMENT,
  NO_SIDE,
  OrderAdd,
  OrderDelete,
  OrderExecute,
  OrderReduce,
  OrderReplace,
  RecordType,
  Side,
  Trade,
} from '../../kernels/records/catalogue.ts'
import { SOURCE_TIME_AT } from '../../kernels/records/source-time.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { EncodeLoss, EncodeRefusal } from './encode-counts.ts'
import {
  AddOrderAt,
  AttributedAt,
  CancelAt,
  DeleteAt,
  ExecutedAt,
  Itch50Type,
  ReplaceAt,
  TradeAt,
  WithPriceAt,
} from './layout.ts'
import type { ListedInstrument } from './locate-table.ts'
import { RareRecordEncoder } from './rare-records.ts'
import { Wire } from './wire.ts'

/** The first moment that a timestamp of the decoder's cannot be. */
const TIME_END_NS = (Wire.StampHighMax + 1) * Wire.Word

/** 1 for the records that speak of an instrument and have a message, by type. */
const IS_OF_INSTRUMENT = new Uint8Array(256)
for (const type of [
  RecordType.TradingStatus,
  RecordType.OrderAdd,
  RecordType.OrderExecute,
  RecordType.OrderReduce,
  RecordType.OrderDelete,
  RecordType.OrderReplace,
  RecordType.Trade,
  RecordType.TradeBreak,
  RecordType.Cross,
  RecordType.Imbalance,
  RecordType.PriceBand,
  RecordType.Statistic,
]) {
  IS_OF_INSTRUMENT[type] = 1
}

/**
 * Normalised records as TotalView-ITCH 5.0 messages: the decoder's inverse. docs/convert.md says what is lost; what cannot be
 * written is counted in `losses`, by reason and record type, and gives no message. Nothing throws.
 *
 * One encoder serves one session. An implied instrument gets no directory message: in the source it had none.
 */
export class Itch50RecordEncoder extends RareRecordEncoder {
  /** Appends the record's message; the caller drains while `isFull()`. @returns whether the record is told */
  encode(views: RecordViews, at: number): boolean {
    const type = views.u16[(at + Header.Type) >> 1]!
    this.views = views
    this.at = at
    this.type = type
    const timeAt = SOURCE_TIME_AT[type & 255]!
    if (timeAt === 0) return this.refuse(EncodeRefusal.RecordType)
    const timeNs = views.f64[(at + timeAt) >> 3]!
    if (!(timeNs >= 0 && timeNs < TIME_END_NS)) return this.refuse(EncodeRefusal.Time)
    this.setTime(timeNs)
    if (type === RecordType.Instrument) return this.encodeInstrument()
    if (type === RecordType.SessionEvent) return this.encodeSessionEvent()
    const isOfMarket = views.u32[(at + Header.Instrument) >> 2] === NO_INSTRUMENT
    if (isOfMarket && type === RecordType.Statistic) return this.encodeMarketStatistic()
    if (IS_OF_INSTRUMENT[type & 255] === 0) return this.refuse(EncodeRefusal.RecordType)
    return this.#ofListed(type)
  }

  #ofListed(type: number): boolean {
    const { views, at } = this
    const instrument = this.locates.find(views.u32[(at + Header.Instrument) >> 2]!)
    if (instrument === undefined) return this.refuse(EncodeRefusal.Symbol)
    if (!this.locates.isOwner(instrument)) {
      if (!this.locates.claim(instrument)) return this.refuse(EncodeRefusal.Locates)
      this.putStockDirectory(instrument)
    }
    return this.#ofInstrument(type, instrument)
  }

  #ofInstrument(type: number, instrument: ListedInstrument): boolean {
    switch (type) {
      case RecordType.OrderAdd:
        return this.#orderAdd(instrument)
      case RecordType.OrderExecute:
        return this.#orderExecute(instrument)
      case RecordType.OrderReduce:
        return this.#orderReduce(instrument)
      case RecordType.OrderDelete:
        return this.#orderDelete(instrument)
      case RecordType.OrderReplace:
        return this.#orderReplace(instrument)
      case RecordType.Trade:
        return this.#trade(instrument)
      case RecordType.TradeBreak:
        return this.encodeTradeBreak(instrument)
      case RecordType.Cross:
        return this.encodeCross(instrument)
      case RecordType.Imbalance:
        return this.encodeImbalance(instrument)
      case RecordType.PriceBand:
        return this.encodePriceBand(instrument)
      case RecordType.Statistic:
        return this.encodeStatistic(instrument)
      default:
        return this.encodeTradingStatus(instrument)
    }
  }

  #orderAdd(instrument: ListedInstrument): boolean {
    const { u8, u32 } = this.views
    const at = this.at
    const side = u32[(at + OrderAdd.Side) >> 2]!
    if (side > Side.Sell) return this.refuse(EncodeRefusal.Side)
    const price = this.price(OrderAdd.Price, instrument)
    const shares = price < 0 ? price : this.quantity(OrderAdd.Quantity, instrument)
    if (shares < 0) return false
    const isAttributed = u8[at + OrderAdd.Attribution] !== 0
    const to = this.begin(
      isAttributed ? Itch50Type.AddOrderAttributed : Itch50Type.AddOrder,
      isAttributed ? AttributedAt.Bytes : AddOrderAt.Bytes,
      instrument.locate,
    )
    this.putPair(to + AddOrderAt.Reference, OrderAdd.ReferenceLow)
    this.bytes[to + AddOrderAt.Side] = side === Side.Buy ? Wire.Buy : Wire.Sell
    this.putU32(to + AddOrderAt.Shares, shares)
    this.putStock(to + AddOrderAt.Stock, instrument)
    this.putU32(to + AddOrderAt.Price, price)
    if (isAttributed) this.putPadded(to + AttributedAt.Attribution, OrderAdd.Attribution, 4)
    return true
  }

  #orderExecute(instrument: ListedInstrument): boolean {
    const flags = this.views.u16[(this.at + Header.Flags) >> 1]!
    const hasPrice = (flags & FLAG_HAS_PRICE) !== 0
    const isHidden = (flags & FLAG_NON_PRINTABLE) !== 0
    const price = hasPrice ? this.price(OrderExecute.Price, instrument) : 0
    const shares = price < 0 ? price : this.quantity(OrderExecute.Quantity, instrument)
    if (shares < 0) return false
    const to = this.begin(
      hasPrice ? Itch50Type.OrderExecutedWithPrice : Itch50Type.OrderExecuted,
      hasPrice ? WithPriceAt.Bytes : ExecutedAt.Bytes,
      instrument.locate,
    )
    this.putPair(to + ExecutedAt.Reference, OrderExecute.ReferenceLow)
    this.putU32(to + ExecutedAt.Shares, shares)
    this.putPair(to + ExecutedAt.Match, OrderExecute.MatchLow)
    if (hasPrice) {
      this.putText(to + WithPriceAt.Printable, isHidden ? 'N' : 'Y', 1)
      this.putU32(to + WithPriceAt.Price, price)
    } else if (isHidden) this.losses.lose(EncodeLoss.NonPrintable, this.type)
    return true
  }

  #orderReduce(instrument: ListedInstrument): boolean {
    const shares = this.quantity(OrderReduce.Quantity, instrument)
    if (shares < 0) return false
    const to = this.begin(Itch50Type.OrderCancel, CancelAt.Bytes, instrument.locate)
    this.putPair(to + CancelAt.Reference, OrderReduce.ReferenceLow)
    this.putU32(to + CancelAt.Shares, shares)
    return true
  }

  #orderDelete(instrument: ListedInstrument): boolean {
    const to = this.begin(Itch50Type.OrderDelete, DeleteAt.Bytes, instrument.locate)
    this.putPair(to + DeleteAt.Reference, OrderDelete.ReferenceLow)
    return true
  }

  #orderReplace(instrument: ListedInstrument): boolean {
    const price = this.price(OrderReplace.Price, instrument)
    const shares = price < 0 ? price : this.quantity(OrderReplace.Quantity, instrument)
    if (shares < 0) return false
    const to = this.begin(Itch50Type.OrderReplace, ReplaceAt.Bytes, instrument.locate)
    this.putPair(to + ReplaceAt.Reference, OrderReplace.ReferenceLow)
    this.putPair(to + ReplaceAt.NewReference, OrderReplace.NewReferenceLow)
    this.putU32(to + ReplaceAt.Shares, shares)
    this.putU32(to + ReplaceAt.Price, price)
    if ((this.views.u16[(this.at + Header.Flags) >> 1]! & FLAG_KEEPS_PRIORITY) !== 0) {
      this.losses.lose(EncodeLoss.KeepsPriority, this.type)
    }
    return true
  }

  #trade(instrument: ListedInstrument): boolean {
    const { u16, u32 } = this.views
    const at = this.at
    const side = u32[(at + Trade.Side) >> 2]!
    if (side > NO_SIDE) return this.refuse(EncodeRefusal.Side)
    const price = this.price(Trade.Price, instrument)
    const shares = price < 0 ? price : this.quantity(Trade.Quantity, instrument)
    if (shares < 0) return false
    const to = this.begin(Itch50Type.Trade, TradeAt.Bytes, instrument.locate)
    this.putPair(to + TradeAt.Reference, Trade.ReferenceLow)
    this.bytes[to + TradeAt.Side] = side === Side.Sell ? Wire.Sell : Wire.Buy
    this.putU32(to + TradeAt.Shares, shares)
    this.putStock(to + TradeAt.Stock, instrument)
    this.putU32(to + TradeAt.Price, price)
    this.putPair(to + TradeAt.Match, Trade.MatchLow)
    if ((u16[(at + Header.Flags) >> 1]! & FLAG_NON_PRINTABLE) !== 0) {
      this.losses.lose(EncodeLoss.NonPrintable, this.type)
    }
    return true
  }
}
