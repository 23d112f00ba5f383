import { Header } from '../../kernels/records/catalogue.ts'
import { RecordBatch } from '../record-batch.ts'
import { SideCode } from './layout.ts'

const WORD = 4294967296
/** High words of i64 values that a double holds exactly: below 2^53 in magnitude. */
const EXACT_HIGH_MAX = 1 << 21
/** High word of an undefined price, i64's greatest value. */
const UNDEFINED_HIGH = 0x7fffffff

/** What `readPrice` found. */
export enum PriceState {
  Given = 0,
  /** The wire's null; the slot holds 0. */
  Undefined = 1,
  /** Beyond 2^53; the slot holds 0. */
  OutOfRange = 2,
}

/** Slots of `DbnCursor.price`. */
export enum PriceSlot {
  First = 0,
  Second = 1,
  Third = 2,
  Fourth = 3,
  Count = 4,
}

/** The record at hand and the batch it goes to: what the parts of the decoder share. */
export class DbnCursor {
  /** Over the bytes that the record lies in; re-made when they are others. */
  view: DataView = new DataView(new ArrayBuffer(0))
  /** Offset of the record. */
  at = 0
  /** Our id of its instrument; 0 for none. */
  instrument = 0
  /** Header flags of the records it becomes. */
  flags = 0
  /** Goes into the `SourceTime` of its records: [0]. */
  readonly sourceTimeNs = new Float64Array(1)
  /** Where prices are read to, by `PriceSlot`: a double returned may be allocated. */
  readonly price = new Float64Array(PriceSlot.Count)
  batch: RecordBatch = new RecordBatch(2048)
  i32: Int32Array = this.batch.views.i32
  f64: Float64Array = this.batch.views.f64
  #bytes: Uint8Array = new Uint8Array(0)

  attach(bytes: Uint8Array, batch: RecordBatch): void {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    this.batch = batch
    this.i32 = batch.views.i32
    this.f64 = batch.views.f64
  }

  /** Begins a record of the instrument and flags at hand. @returns its offset */
  begin(type: number, bytes: number): number {
    const { batch, i32, f64 } = this
    const to = batch.usedBytes
    i32[(to + Header.Length) >> 2] = bytes
    i32[(to + Header.Type) >> 2] = type | (this.flags << 16)
    i32[(to + Header.Instrument) >> 2] = this.instrument
    i32[(to + Header.Source) >> 2] = 0
    f64[(to + Header.Sequence) >> 3] = 0
    f64[(to + Header.Time) >> 3] = 0
    batch.usedBytes = to + bytes
    return to
  }

  /** Reads the price at an offset of the record into a slot of `price`. */
  readPrice(offset: number, slot: PriceSlot): PriceState {
    const at = this.at + offset
    const low = this.view.getUint32(at, true)
    const high = this.view.getInt32(at + 4, true)
    if (high < EXACT_HIGH_MAX && high >= -EXACT_HIGH_MAX) {
      this.price[slot] = high * WORD + low
      return PriceState.Given
    }
    this.price[slot] = 0
    return high === UNDEFINED_HIGH && low === 0xffffffff ? PriceState.Undefined : PriceState.OutOfRange
  }

  readU8(offset: number): number {
    return this.view.getUint8(this.at + offset)
  }

  readU16(offset: number): number {
    return this.view.getUint16(this.at + offset, true)
  }

  /** A word as int32; `>>> 0` makes it unsigned. */
  readI32(offset: number): number {
    return this.view.getInt32(this.at + offset, true)
  }
}

/** Whether a code names a side of the book. */
export function isBookSide(code: number): boolean {
  return code === SideCode.Bid || code === SideCode.Ask
}
