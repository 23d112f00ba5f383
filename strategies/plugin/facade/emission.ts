import {
  CancelOrder,
  CancelReason,
  Header,
  Log,
  MassCancel,
  NewOrder,
  OrderType,
  RECORD_BYTES_MAX,
  RecordType,
  ReplaceOrder,
  Signal,
  TimeInForce,
} from '../../../kernels/records/catalogue.ts'
import { RecordViews } from '../../../kernels/records/views.ts'
import { ControlWord } from '../memory.ts'
import type { OrderTable } from '../order-table.ts'
import { StrategyError } from '../strategy-error.ts'
import { OrderFlag } from '../vocabulary.ts'
import { encodeUtf8 } from './utf8.ts'

/** Longest text that a Log record carries. */
const LOG_TEXT_BYTES_MAX = RECORD_BYTES_MAX - Log.Bytes

/**
 * Where a plugin's requests become outbound records. The kernel fills in source, sequence, time and cause when it moves
 * them to the ring. Bound: `emissionMax` records for one inbound record; policy: the strategy is stopped.
 */
export class Emission {
  readonly #views: RecordViews
  readonly #control: Int32Array
  readonly #emissionMax: number

  constructor(buffer: ArrayBufferLike, control: Int32Array, emissionMax: number) {
    this.#views = new RecordViews(buffer)
    this.#control = control
    this.#emissionMax = emissionMax
  }

  newOrder(table: OrderTable, slot: number, type: OrderType, flags: number): void {
    const at = this.#begin(NewOrder.Bytes, RecordType.NewOrder, table.instrument[slot]!)
    const { u32, u16, f64 } = this.#views
    const isImmediate = type === OrderType.Market || (flags & OrderFlag.ImmediateOrCancel) !== 0
    u16[(at + Header.Flags) >> 1] = flags & OrderFlag.PostOnly
    u32[(at + NewOrder.OrderId) >> 2] = table.id[slot]!
    u32[(at + NewOrder.Side) >> 2] = table.side[slot]!
    f64[(at + NewOrder.Price) >> 3] = table.price[slot]!
    f64[(at + NewOrder.Quantity) >> 3] = table.quantity[slot]!
    u32[(at + NewOrder.OrderType) >> 2] = type
    u32[(at + NewOrder.TimeInForce) >> 2] = isImmediate ? TimeInForce.ImmediateOrCancel : TimeInForce.Day
  }

  cancelOrder(table: OrderTable, slot: number): void {
    const at = this.#begin(CancelOrder.Bytes, RecordType.CancelOrder, table.instrument[slot]!)
    this.#views.u32[(at + CancelOrder.OrderId) >> 2] = table.id[slot]!
    this.#views.u32[(at + CancelOrder.Reserved) >> 2] = 0
  }

  /** @param old slot of the order to be replaced @param slot of the new order; price and quantity are taken from it */
  replaceOrder(table: OrderTable, old: number, slot: number): void {
    const at = this.#begin(ReplaceOrder.Bytes, RecordType.ReplaceOrder, table.instrument[slot]!)
    const { u32, f64 } = this.#views
    u32[(at + ReplaceOrder.OrderId) >> 2] = table.id[old]!
    u32[(at + ReplaceOrder.NewOrderId) >> 2] = table.id[slot]!
    f64[(at + ReplaceOrder.Price) >> 3] = table.price[slot]!
    f64[(at + ReplaceOrder.Quantity) >> 3] = table.quantity[slot]!
    f64[(at + ReplaceOrder.FilledQuantity) >> 3] = table.filled[old]!
  }

  massCancel(instrument: number): void {
    const at = this.#begin(MassCancel.Bytes, RecordType.MassCancel, instrument)
    this.#views.u32[(at + MassCancel.Reason) >> 2] = CancelReason.MassCancel
    this.#views.u32[(at + MassCancel.Reserved) >> 2] = 0
  }

  signal(name: string, value: number): void {
    if (name.length === 0 || name.length > 16) {
      throw new StrategyError('signal-name', `a signal's name has 1 to 16 characters, "${name}" has ${name.length}`)
    }
    if (!(value - value === 0)) throw new StrategyError('signal-value', `signal "${name}" is ${value}, not a number`)
    for (let i = 0; i < name.length; i++) {
      if (name.charCodeAt(i) < 0x20 || name.charCodeAt(i) > 0x7e) {
        throw new StrategyError('signal-name', `a signal's name is printable ASCII, "${name}" is not`)
      }
    }
    const at = this.#begin(Signal.Bytes, RecordType.Signal, 0)
    const { u8, f64 } = this.#views
    f64[(at + Signal.Value) >> 3] = value === 0 ? 0 : value
    f64[(at + Signal.Name) >> 3] = 0
    f64[(at + Signal.Name + 8) >> 3] = 0
    for (let i = 0; i < name.length; i++) u8[at + Signal.Name + i] = name.charCodeAt(i)
  }

  log(level: number, text: string): void {
    const at = this.#begin(RECORD_BYTES_MAX, RecordType.Log, 0)
    const { u8, u32 } = this.#views
    const textBytes = encodeUtf8(text, u8, at + Log.Text, LOG_TEXT_BYTES_MAX)
    const bytes = (Log.Bytes + textBytes + 7) & ~7
    u8.fill(0, at + Log.Text + textBytes, at + bytes)
    u32[(at + Log.Level) >> 2] = level
    u32[(at + Log.TextBytes) >> 2] = textBytes
    u32[(at + Header.Length) >> 2] = bytes
    this.#control[ControlWord.EmittedBytes]! -= RECORD_BYTES_MAX - bytes
  }

  #begin(bytes: number, type: RecordType, instrument: number): number {
    const control = this.#control
    if (control[ControlWord.EmittedRecords]! >= this.#emissionMax) this.#refuse()
    const at = control[ControlWord.EmittedBytes]!
    control[ControlWord.EmittedRecords]!++
    control[ControlWord.EmittedBytes] = at + bytes
    this.#views.u32[(at + Header.Length) >> 2] = bytes
    this.#views.u32[(at + Header.Type) >> 2] = type
    this.#views.u32[(at + Header.Instrument) >> 2] = instrument
    this.#views.u32[(at + Header.Source) >> 2] = 0
    return at
  }

  /** The word is set as well, so that a plugin which catches the error is stopped all the same. */
  #refuse(): never {
    this.#control[ControlWord.EmissionExceeded] = 1
    throw new StrategyError('emitted-too-much', `more than ${this.#emissionMax} records for one inbound record`)
  }
}
