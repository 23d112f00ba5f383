import {
  FLAG_HAS_PRICE,
  FLAG_NON_PRINTABLE,
  Header,
  OrderAdd,
  OrderDelete,
  OrderExecute,
  OrderReduce,
  OrderReplace,
  RecordType,
  Side,
  Trade,
} from '../../kernels/records/catalogue.ts'
import { beginRecord } from '../../kernels/records/views.ts'
import type { RecordBatch } from '../record-batch.ts'
import { Itch50Counts, Itch50Reject } from './counts.ts'
import { InstrumentDirectory } from './instrument-directory.ts'
import {
  AddOrderAt,
  AttributedAt,
  CancelAt,
  Common,
  DeleteAt,
  ExecutedAt,
  ITCH50_LENGTH,
  Itch50Type,
  ReplaceAt,
  TradeAt,
  WithPriceAt,
} from './layout.ts'
import { Itch50RareMessages } from './rare-messages.ts'
import { copyText, readI32, readU16 } from './wire.ts'

const BUY = 0x42
const SELL = 0x53
const NOT_PRINTABLE = 0x4e
const WORD = 4294967296
/** High 16 bits of the last timestamp of a day; what is above is damage, and would drag virtual time with it. */
const STAMP_HIGH_MAX = Math.floor(86_400_000_000_000 / WORD)

/**
 * Decodes Nasdaq TotalView-ITCH 5.0 messages in place into normalised records. The hot messages are here, the others in
 * `Itch50RareMessages`; docs/protocol-records.md says which record each message becomes and what is dropped.
 *
 * One decoder serves one session: instrument ids are dense per session, and a stock locate is a fact of the day. What
 * is not as the specification says is counted in `counts` and gives no record; nothing throws.
 */
export class Itch50Decoder {
  readonly counts = new Itch50Counts()
  readonly directory: InstrumentDirectory
  /** Feed line that the messages come from: the header's `Source` of the records. */
  line = 0
  readonly #rare: Itch50RareMessages
  readonly #timeNs: Float64Array
  readonly #ids: Int32Array
  #hasTime = false

  /** @param instrumentsMax bound of the instrument ids; further stock locates are counted and not decoded */
  constructor(instrumentsMax?: number) {
    this.directory = new InstrumentDirectory(instrumentsMax)
    this.#rare = new Itch50RareMessages(this.directory, this.counts)
    this.#timeNs = this.counts.timeNs
    this.#ids = this.directory.ids
  }

  /**
   * Decodes one message. The batch must have room (`batch.hasRoom()`): a message gives at most two records.
   * @param at offset of the message's type byte
   * @param length of the message, as its framing says; all of it lies within `bytes`
   * @returns how many records were appended: 0 for messages without a record or not decoded, 2 at the first sight of
   *   a stock locate
   */
  decode(bytes: Uint8Array, at: number, length: number, batch: RecordBatch): number {
    const type = length === 0 ? 0 : bytes[at]!
    if (ITCH50_LENGTH[type] !== length) {
      this.counts.rejectShape(type, length === 0)
      return 0
    }
    this.counts.byType[type]!++
    const stampHigh = readU16(bytes, at + Common.Timestamp)
    if (stampHigh > STAMP_HIGH_MAX) return this.#reject(type, Itch50Reject.TimeOutOfRange)
    this.#timeNs[1] = stampHigh * WORD + (readI32(bytes, at + Common.Timestamp + 2) >>> 0)
    if (!this.#hasTime) this.#noteFirstTime()
    const usedBefore = batch.usedBytes
    const records = this.#dispatch(type, bytes, at, batch)
    if (this.line !== 0) this.#stampLine(batch, usedBefore)
    return records
  }

  #dispatch(type: number, bytes: Uint8Array, at: number, batch: RecordBatch): number {
    const locate = readU16(bytes, at + Common.Locate)
    const instrument = this.#ids[locate]!
    if (instrument === 0) return this.#dispatchUnseen(type, bytes, at, batch)
    switch (type) {
      case Itch50Type.AddOrder:
        return this.#addOrder(bytes, at, instrument, batch)
      case Itch50Type.OrderDelete:
        return this.#orderDelete(bytes, at, instrument, batch)
      case Itch50Type.OrderExecuted:
        return this.#orderExecuted(bytes, at, instrument, batch)
      case Itch50Type.OrderReplace:
        return this.#orderReplace(bytes, at, instrument, batch)
      case Itch50Type.OrderCancel:
        return this.#orderCancel(bytes, at, instrument, batch)
      case Itch50Type.AddOrderAttributed:
        return this.#addOrderAttributed(bytes, at, instrument, batch)
      case Itch50Type.Trade:
        return this.#trade(bytes, at, instrument, batch)
      case Itch50Type.OrderExecutedWithPrice:
        return this.#orderExecutedWithPrice(bytes, at, instrument, batch)
      default:
        return this.#rare.decode(type, bytes, at, instrument, batch)
    }
  }

  /** A locate that no directory message announced: an implied instrument record goes ahead of the message's own. */
  #dispatchUnseen(type: number, bytes: Uint8Array, at: number, batch: RecordBatch): number {
    if (!this.#rare.needsInstrument(type, bytes, at)) return this.#rare.decode(type, bytes, at, 0, batch)
    if (this.#rare.implyInstrument(type, bytes, at, batch) === 0) {
      return this.#reject(type, Itch50Reject.TooManyInstruments)
    }
    return 1 + this.#dispatch(type, bytes, at, batch)
  }

  #addOrder(bytes: Uint8Array, at: number, instrument: number, batch: RecordBatch): number {
    const sideCode = bytes[at + AddOrderAt.Side]!
    if (sideCode !== BUY && sideCode !== SELL) return this.#reject(bytes[at]!, Itch50Reject.UnknownSide)
    const { views, usedBytes: to } = batch
    const { i32, f64 } = views
    beginRecord(views, to, OrderAdd.Bytes, RecordType.OrderAdd, instrument)
    i32[(to + OrderAdd.ReferenceLow) >> 2] = readI32(bytes, at + AddOrderAt.Reference + 4)
    i32[(to + OrderAdd.ReferenceHigh) >> 2] = readI32(bytes, at + AddOrderAt.Reference)
    f64[(to + OrderAdd.Price) >> 3] = readI32(bytes, at + AddOrderAt.Price) >>> 0
    f64[(to + OrderAdd.Quantity) >> 3] = readI32(bytes, at + AddOrderAt.Shares) >>> 0
    f64[(to + OrderAdd.SourceTime) >> 3] = this.#timeNs[1]!
    i32[(to + OrderAdd.Side) >> 2] = sideCode === BUY ? Side.Buy : Side.Sell
    i32[(to + OrderAdd.Attribution) >> 2] = 0
    batch.usedBytes = to + OrderAdd.Bytes
    return 1
  }

  #addOrderAttributed(bytes: Uint8Array, at: number, instrument: number, batch: RecordBatch): number {
    const to = batch.usedBytes
    if (this.#addOrder(bytes, at, instrument, batch) === 0) return 0
    copyText(bytes, at + AttributedAt.Attribution, 4, batch.views.u8, to + OrderAdd.Attribution, 4)
    return 1
  }

  #orderExecuted(bytes: Uint8Array, at: number, instrument: number, batch: RecordBatch): number {
    const { views, usedBytes: to } = batch
    const { i32, f64 } = views
    beginRecord(views, to, OrderExecute.Bytes, RecordType.OrderExecute, instrument)
    i32[(to + OrderExecute.ReferenceLow) >> 2] = readI32(bytes, at + ExecutedAt.Reference + 4)
    i32[(to + OrderExecute.ReferenceHigh) >> 2] = readI32(bytes, at + ExecutedAt.Reference)
    f64[(to + OrderExecute.Price) >> 3] = 0
    f64[(to + OrderExecute.Quantity) >> 3] = readI32(bytes, at + ExecutedAt.Shares) >>> 0
    f64[(to + OrderExecute.SourceTime) >> 3] = this.#timeNs[1]!
    i32[(to + OrderExecute.MatchLow) >> 2] = readI32(bytes, at + ExecutedAt.Match + 4)
    i32[(to + OrderExecute.MatchHigh) >> 2] = readI32(bytes, at + ExecutedAt.Match)
    batch.usedBytes = to + OrderExecute.Bytes
    return 1
  }

  #orderExecutedWithPrice(bytes: Uint8Array, at: number, instrument: number, batch: RecordBatch): number {
    const { views, usedBytes: to } = batch
    this.#orderExecuted(bytes, at, instrument, batch)
    const isHidden = bytes[at + WithPriceAt.Printable] === NOT_PRINTABLE
    views.u16[(to + Header.Flags) >> 1] = isHidden ? FLAG_HAS_PRICE | FLAG_NON_PRINTABLE : FLAG_HAS_PRICE
    views.f64[(to + OrderExecute.Price) >> 3] = readI32(bytes, at + WithPriceAt.Price) >>> 0
    return 1
  }

  #orderCancel(bytes: Uint8Array, at: number, instrument: number, batch: RecordBatch): number {
    const { views, usedBytes: to } = batch
    const { i32, f64 } = views
    beginRecord(views, to, OrderReduce.Bytes, RecordType.OrderReduce, instrument)
    i32[(to + OrderReduce.ReferenceLow) >> 2] = readI32(bytes, at + CancelAt.Reference + 4)
    i32[(to + OrderReduce.ReferenceHigh) >> 2] = readI32(bytes, at + CancelAt.Reference)
    f64[(to + OrderReduce.Quantity) >> 3] = readI32(bytes, at + CancelAt.Shares) >>> 0
    f64[(to + OrderReduce.SourceTime) >> 3] = this.#timeNs[1]!
    batch.usedBytes = to + OrderReduce.Bytes
    return 1
  }

  #orderDelete(bytes: Uint8Array, at: number, instrument: number, batch: RecordBatch): number {
    const { views, usedBytes: to } = batch
    const { i32, f64 } = views
    beginRecord(views, to, OrderDelete.Bytes, RecordType.OrderDelete, instrument)
    i32[(to + OrderDelete.ReferenceLow) >> 2] = readI32(bytes, at + DeleteAt.Reference + 4)
    i32[(to + OrderDelete.ReferenceHigh) >> 2] = readI32(bytes, at + DeleteAt.Reference)
    f64[(to + OrderDelete.SourceTime) >> 3] = this.#timeNs[1]!
    batch.usedBytes = to + OrderDelete.Bytes
    return 1
  }

  #orderReplace(bytes: Uint8Array, at: number, instrument: number, batch: RecordBatch): number {
    const { views, usedBytes: to } = batch
    const { i32, f64 } = views
    beginRecord(views, to, OrderReplace.Bytes, RecordType.OrderReplace, instrument)
    i32[(to + OrderReplace.ReferenceLow) >> 2] = readI32(bytes, at + ReplaceAt.Reference + 4)
    i32[(to + OrderReplace.ReferenceHigh) >> 2] = readI32(bytes, at + ReplaceAt.Reference)
    f64[(to + OrderReplace.Price) >> 3] = readI32(bytes, at + ReplaceAt.Price) >>> 0
    f64[(to + OrderReplace.Quantity) >> 3] = readI32(bytes, at + ReplaceAt.Shares) >>> 0
    f64[(to + OrderReplace.SourceTime) >> 3] = this.#timeNs[1]!
    i32[(to + OrderReplace.NewReferenceLow) >> 2] = readI32(bytes, at + ReplaceAt.NewReference + 4)
    i32[(to + OrderReplace.NewReferenceHigh) >> 2] = readI32(bytes, at + ReplaceAt.NewReference)
    batch.usedBytes = to + OrderReplace.Bytes
    return 1
  }

  #trade(bytes: Uint8Array, at: number, instrument: number, batch: RecordBatch): number {
    const sideCode = bytes[at + TradeAt.Side]!
    if (sideCode !== BUY && sideCode !== SELL) return this.#reject(bytes[at]!, Itch50Reject.UnknownSide)
    const { views, usedBytes: to } = batch
    const { i32, f64 } = views
    beginRecord(views, to, Trade.Bytes, RecordType.Trade, instrument)
    i32[(to + Trade.ReferenceLow) >> 2] = readI32(bytes, at + TradeAt.Reference + 4)
    i32[(to + Trade.ReferenceHigh) >> 2] = readI32(bytes, at + TradeAt.Reference)
    f64[(to + Trade.Price) >> 3] = readI32(bytes, at + TradeAt.Price) >>> 0
    f64[(to + Trade.Quantity) >> 3] = readI32(bytes, at + TradeAt.Shares) >>> 0
    f64[(to + Trade.SourceTime) >> 3] = this.#timeNs[1]!
    i32[(to + Trade.MatchLow) >> 2] = readI32(bytes, at + TradeAt.Match + 4)
    i32[(to + Trade.MatchHigh) >> 2] = readI32(bytes, at + TradeAt.Match)
    i32[(to + Trade.Side) >> 2] = sideCode === BUY ? Side.Buy : Side.Sell
    i32[(to + Trade.Reserved) >> 2] = 0
    batch.usedBytes = to + Trade.Bytes
    return 1
  }

  #reject(type: number, reason: Itch50Reject): number {
    this.counts.reject(type, reason)
    return 0
  }

  #noteFirstTime(): void {
    this.#hasTime = true
    this.#timeNs[0] = this.#timeNs[1]!
  }

  #stampLine(batch: RecordBatch, from: number): void {
    const { u16, u32 } = batch.views
    for (let to = from; to < batch.usedBytes; to += u32[(to + Header.Length) >> 2]!) {
      u16[(to + Header.Source) >> 1] = this.line
    }
  }
}
