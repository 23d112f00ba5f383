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
import { InstrumentTable } from '../protocol/instrument-table.ts'
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
import { copyText, Wire } from './wire.ts'

/**
 * Decodes Nasdaq TotalView-ITCH 5.0 messages in place into normalised records. The hot messages are here, the others in
 * `Itch50RareMessages`; docs/protocol-records.md says which record each message becomes and what is dropped.
 *
 * One decoder serves one session: instrument ids are dense per session, and a stock locate is a fact of the day. What
 * is not as the specification says is counted in `counts` and gives no record; nothing throws.
 *
 * `| 0` after an offset spares the check that the sum is still a small integer. Measured: byte-wise loads, one function
 * for all types, and shifted offsets kept in variables are all no faster than this.
 */
export class Itch50Decoder {
  readonly counts = new Itch50Counts()
  readonly directory: InstrumentDirectory
  readonly #rare: Itch50RareMessages
  readonly #timeNs: Float64Array
  readonly #byType: Float64Array
  readonly #perInstrument: Float64Array
  readonly #lengths = ITCH50_LENGTH
  readonly #ids: Int32Array
  /** Line of the messages at hand. */
  #line = 0
  /** The array that `decode` was given last, and the view over it: one checked load a field instead of one a byte. */
  #bytes: Uint8Array = new Uint8Array(0)
  #view = new DataView(this.#bytes.buffer)
  /** The batch that `decode` was given last, and its views. */
  #batch: RecordBatch | undefined
  #i32: Int32Array = new Int32Array(0)
  #f64: Float64Array = new Float64Array(0)

  /** @param instruments gives out ids; stock locates beyond its bound are counted and not decoded */
  constructor(instruments = new InstrumentTable()) {
    this.directory = new InstrumentDirectory(instruments)
    this.#perInstrument = instruments.messages
    this.#rare = new Itch50RareMessages(this.directory, this.counts)
    this.#timeNs = this.counts.timeNs
    this.#byType = this.counts.byType
    this.#ids = this.directory.ids
  }

  /** Feed line (flow) that the messages come from: the header's `Source` of the records, below 2^16. */
  set line(line: number) {
    this.#line = line
    this.#rare.line = line
  }

  /**
   * Decodes one message. The batch must have room (`batch.hasRoom()`): a message gives at most three records.
   * @param at offset of the message's type byte
   * @param length of the message, as its framing says; all of it lies within `bytes`
   * @returns how many records were appended: 0 for messages without a record or not decoded, one more at the first sight
   *   of a stock locate
   */
  decode(bytes: Uint8Array, at: number, length: number, batch: RecordBatch): number {
    if (bytes !== this.#bytes || batch !== this.#batch) this.#attach(bytes, batch)
    const type = length === 0 ? 0 : bytes[at]!
    if (this.#lengths[type] !== length) {
      this.counts.rejectShape(type, length === 0)
      return 0
    }
    this.#byType[type]!++
    const view = this.#view
    const stampHigh = view.getUint16((at + Common.Timestamp) | 0)
    if (stampHigh > Wire.StampHighMax) return this.#reject(type, Itch50Reject.TimeOutOfRange)
    this.#timeNs[1] = stampHigh * Wire.Word + view.getUint32((at + (Common.Timestamp + 2)) | 0)
    const instrument = this.#ids[view.getUint16((at + Common.Locate) | 0)]!
    if (instrument === 0) return this.#decodeUnseen(type, bytes, at, batch)
    this.#perInstrument[instrument]!++
    return this.#dispatch(type, bytes, at, instrument, batch)
  }

  #dispatch(type: number, bytes: Uint8Array, at: number, instrument: number, batch: RecordBatch): number {
    switch (type) {
      case Itch50Type.AddOrder:
        return this.#addOrder(at, instrument, batch)
      case Itch50Type.OrderDelete:
        return this.#orderDelete(at, instrument, batch)
      case Itch50Type.OrderExecuted:
        return this.#orderExecuted(at, instrument, batch)
      case Itch50Type.OrderReplace:
        return this.#orderReplace(at, instrument, batch)
      case Itch50Type.OrderCancel:
        return this.#orderCancel(at, instrument, batch)
      case Itch50Type.AddOrderAttributed:
        return this.#addOrderAttributed(at, instrument, batch)
      case Itch50Type.Trade:
        return this.#trade(at, instrument, batch)
      case Itch50Type.OrderExecutedWithPrice:
        return this.#orderExecutedWithPrice(at, instrument, batch)
      default:
        return this.#rare.decode(type, bytes, at, instrument, batch)
    }
  }

  #attach(bytes: Uint8Array, batch: RecordBatch): void {
    this.#batch = batch
    this.#i32 = batch.views.i32
    this.#f64 = batch.views.f64
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  /**
   * A message without an instrument, or of a locate that no directory message announced: then an implied instrument
   * record goes ahead of the message's own.
   */
  #decodeUnseen(type: number, bytes: Uint8Array, at: number, batch: RecordBatch): number {
    if (this.#timeNs[0]! < 0) this.#timeNs[0] = this.#timeNs[1]!
    if (!this.#rare.needsInstrument(type)) return this.#rare.decode(type, bytes, at, 0, batch)
    const instrument = this.#rare.implyInstrument(type, bytes, at, batch)
    if (instrument === 0) return this.#reject(type, Itch50Reject.TooManyInstruments)
    this.#perInstrument[instrument]!++
    return 1 + this.#dispatch(type, bytes, at, instrument, batch)
  }

  #addOrder(at: number, instrument: number, batch: RecordBatch): number {
    const sideCode = this.#view.getUint8((at + AddOrderAt.Side) | 0)
    if (sideCode !== Wire.Buy && sideCode !== Wire.Sell)
      return this.#reject(this.#view.getUint8(at), Itch50Reject.UnknownSide)
    const to = batch.usedBytes
    const i32 = this.#i32
    const f64 = this.#f64
    const view = this.#view
    i32[(to + Header.Length) >> 2] = OrderAdd.Bytes
    i32[(to + Header.Type) >> 2] = RecordType.OrderAdd
    i32[(to + Header.Instrument) >> 2] = instrument
    i32[(to + Header.Source) >> 2] = this.#line
    f64[(to + Header.Sequence) >> 3] = 0
    f64[(to + Header.Time) >> 3] = 0
    i32[(to + OrderAdd.ReferenceLow) >> 2] = view.getInt32((at + (AddOrderAt.Reference + 4)) | 0)
    i32[(to + OrderAdd.ReferenceHigh) >> 2] = view.getInt32((at + AddOrderAt.Reference) | 0)
    f64[(to + OrderAdd.Price) >> 3] = view.getUint32((at + AddOrderAt.Price) | 0)
    f64[(to + OrderAdd.Quantity) >> 3] = view.getUint32((at + AddOrderAt.Shares) | 0)
    f64[(to + OrderAdd.SourceTime) >> 3] = this.#timeNs[1]!
    i32[(to + OrderAdd.Side) >> 2] = sideCode === Wire.Buy ? Side.Buy : Side.Sell
    i32[(to + OrderAdd.Attribution) >> 2] = 0
    batch.usedBytes = to + OrderAdd.Bytes
    return 1
  }

  #addOrderAttributed(at: number, instrument: number, batch: RecordBatch): number {
    const to = batch.usedBytes
    if (this.#addOrder(at, instrument, batch) === 0) return 0
    copyText(this.#bytes, at + AttributedAt.Attribution, 4, batch.views.u8, to + OrderAdd.Attribution, 4)
    return 1
  }

  #orderExecuted(at: number, instrument: number, batch: RecordBatch): number {
    const to = batch.usedBytes
    const i32 = this.#i32
    const f64 = this.#f64
    const view = this.#view
    i32[(to + Header.Length) >> 2] = OrderExecute.Bytes
    i32[(to + Header.Type) >> 2] = RecordType.OrderExecute
    i32[(to + Header.Instrument) >> 2] = instrument
    i32[(to + Header.Source) >> 2] = this.#line
    f64[(to + Header.Sequence) >> 3] = 0
    f64[(to + Header.Time) >> 3] = 0
    i32[(to + OrderExecute.ReferenceLow) >> 2] = view.getInt32((at + (ExecutedAt.Reference + 4)) | 0)
    i32[(to + OrderExecute.ReferenceHigh) >> 2] = view.getInt32((at + ExecutedAt.Reference) | 0)
    f64[(to + OrderExecute.Price) >> 3] = 0
    f64[(to + OrderExecute.Quantity) >> 3] = view.getUint32((at + ExecutedAt.Shares) | 0)
    f64[(to + OrderExecute.SourceTime) >> 3] = this.#timeNs[1]!
    i32[(to + OrderExecute.MatchLow) >> 2] = view.getInt32((at + (ExecutedAt.Match + 4)) | 0)
    i32[(to + OrderExecute.MatchHigh) >> 2] = view.getInt32((at + ExecutedAt.Match) | 0)
    batch.usedBytes = to + OrderExecute.Bytes
    return 1
  }

  #orderExecutedWithPrice(at: number, instrument: number, batch: RecordBatch): number {
    const { views, usedBytes: to } = batch
    const view = this.#view
    this.#orderExecuted(at, instrument, batch)
    const isHidden = view.getUint8((at + WithPriceAt.Printable) | 0) === Wire.NotPrintable
    views.u16[(to + Header.Flags) >> 1] = isHidden ? FLAG_HAS_PRICE | FLAG_NON_PRINTABLE : FLAG_HAS_PRICE
    views.f64[(to + OrderExecute.Price) >> 3] = view.getUint32((at + WithPriceAt.Price) | 0)
    return 1
  }

  #orderCancel(at: number, instrument: number, batch: RecordBatch): number {
    const to = batch.usedBytes
    const i32 = this.#i32
    const f64 = this.#f64
    const view = this.#view
    i32[(to + Header.Length) >> 2] = OrderReduce.Bytes
    i32[(to + Header.Type) >> 2] = RecordType.OrderReduce
    i32[(to + Header.Instrument) >> 2] = instrument
    i32[(to + Header.Source) >> 2] = this.#line
    f64[(to + Header.Sequence) >> 3] = 0
    f64[(to + Header.Time) >> 3] = 0
    i32[(to + OrderReduce.ReferenceLow) >> 2] = view.getInt32((at + (CancelAt.Reference + 4)) | 0)
    i32[(to + OrderReduce.ReferenceHigh) >> 2] = view.getInt32((at + CancelAt.Reference) | 0)
    f64[(to + OrderReduce.Quantity) >> 3] = view.getUint32((at + CancelAt.Shares) | 0)
    f64[(to + OrderReduce.SourceTime) >> 3] = this.#timeNs[1]!
    batch.usedBytes = to + OrderReduce.Bytes
    return 1
  }

  #orderDelete(at: number, instrument: number, batch: RecordBatch): number {
    const to = batch.usedBytes
    const i32 = this.#i32
    const f64 = this.#f64
    const view = this.#view
    i32[(to + Header.Length) >> 2] = OrderDelete.Bytes
    i32[(to + Header.Type) >> 2] = RecordType.OrderDelete
    i32[(to + Header.Instrument) >> 2] = instrument
    i32[(to + Header.Source) >> 2] = this.#line
    f64[(to + Header.Sequence) >> 3] = 0
    f64[(to + Header.Time) >> 3] = 0
    i32[(to + OrderDelete.ReferenceLow) >> 2] = view.getInt32((at + (DeleteAt.Reference + 4)) | 0)
    i32[(to + OrderDelete.ReferenceHigh) >> 2] = view.getInt32((at + DeleteAt.Reference) | 0)
    f64[(to + OrderDelete.SourceTime) >> 3] = this.#timeNs[1]!
    batch.usedBytes = to + OrderDelete.Bytes
    return 1
  }

  #orderReplace(at: number, instrument: number, batch: RecordBatch): number {
    const to = batch.usedBytes
    const i32 = this.#i32
    const f64 = this.#f64
    const view = this.#view
    i32[(to + Header.Length) >> 2] = OrderReplace.Bytes
    i32[(to + Header.Type) >> 2] = RecordType.OrderReplace
    i32[(to + Header.Instrument) >> 2] = instrument
    i32[(to + Header.Source) >> 2] = this.#line
    f64[(to + Header.Sequence) >> 3] = 0
    f64[(to + Header.Time) >> 3] = 0
    i32[(to + OrderReplace.ReferenceLow) >> 2] = view.getInt32((at + (ReplaceAt.Reference + 4)) | 0)
    i32[(to + OrderReplace.ReferenceHigh) >> 2] = view.getInt32((at + ReplaceAt.Reference) | 0)
    f64[(to + OrderReplace.Price) >> 3] = view.getUint32((at + ReplaceAt.Price) | 0)
    f64[(to + OrderReplace.Quantity) >> 3] = view.getUint32((at + ReplaceAt.Shares) | 0)
    f64[(to + OrderReplace.SourceTime) >> 3] = this.#timeNs[1]!
    i32[(to + OrderReplace.NewReferenceLow) >> 2] = view.getInt32((at + (ReplaceAt.NewReference + 4)) | 0)
    i32[(to + OrderReplace.NewReferenceHigh) >> 2] = view.getInt32((at + ReplaceAt.NewReference) | 0)
    batch.usedBytes = to + OrderReplace.Bytes
    return 1
  }

  #trade(at: number, instrument: number, batch: RecordBatch): number {
    const sideCode = this.#view.getUint8((at + TradeAt.Side) | 0)
    if (sideCode !== Wire.Buy && sideCode !== Wire.Sell)
      return this.#reject(this.#view.getUint8(at), Itch50Reject.UnknownSide)
    const to = batch.usedBytes
    const i32 = this.#i32
    const f64 = this.#f64
    const view = this.#view
    i32[(to + Header.Length) >> 2] = Trade.Bytes
    i32[(to + Header.Type) >> 2] = RecordType.Trade
    i32[(to + Header.Instrument) >> 2] = instrument
    i32[(to + Header.Source) >> 2] = this.#line
    f64[(to + Header.Sequence) >> 3] = 0
    f64[(to + Header.Time) >> 3] = 0
    i32[(to + Trade.ReferenceLow) >> 2] = view.getInt32((at + (TradeAt.Reference + 4)) | 0)
    i32[(to + Trade.ReferenceHigh) >> 2] = view.getInt32((at + TradeAt.Reference) | 0)
    f64[(to + Trade.Price) >> 3] = view.getUint32((at + TradeAt.Price) | 0)
    f64[(to + Trade.Quantity) >> 3] = view.getUint32((at + TradeAt.Shares) | 0)
    f64[(to + Trade.SourceTime) >> 3] = this.#timeNs[1]!
    i32[(to + Trade.MatchLow) >> 2] = view.getInt32((at + (TradeAt.Match + 4)) | 0)
    i32[(to + Trade.MatchHigh) >> 2] = view.getInt32((at + TradeAt.Match) | 0)
    i32[(to + Trade.Side) >> 2] = sideCode === Wire.Buy ? Side.Buy : Side.Sell
    i32[(to + Trade.Reserved) >> 2] = 0
    batch.usedBytes = to + Trade.Bytes
    return 1
  }

  #reject(type: number, reason: Itch50Reject): number {
    this.counts.reject(type, reason)
    return 0
  }
}
