import { Header } from './catalogue.ts'

/**
 * The typed views over one ArrayBuffer of records: how all hot code reads and writes them.
 * A field of a record at byte offset `at` is `f64[(at + OrderAdd.Price) >> 3]`, `u32[(at + OrderAdd.Side) >> 2]`,
 * `u16[(at + Header.Type) >> 1]`. `byteOffset` of the region must be a multiple of 8.
 */
export class RecordViews {
  readonly u8: Uint8Array
  readonly u16: Uint16Array
  readonly u32: Uint32Array
  readonly i32: Int32Array
  readonly f64: Float64Array

  constructor(buffer: ArrayBufferLike, byteOffset = 0, byteLength = buffer.byteLength - byteOffset) {
    if (byteOffset % 8 !== 0 || byteLength % 8 !== 0) {
      throw new RangeError(`record views need 8-byte alignment, got offset ${byteOffset} and length ${byteLength}`)
    }
    this.u8 = new Uint8Array(buffer, byteOffset, byteLength)
    this.u16 = new Uint16Array(buffer, byteOffset, byteLength >> 1)
    this.u32 = new Uint32Array(buffer, byteOffset, byteLength >> 2)
    this.i32 = new Int32Array(buffer, byteOffset, byteLength >> 2)
    this.f64 = new Float64Array(buffer, byteOffset, byteLength >> 3)
  }
}

/** Writes a record's header words; sequence and time are left zero for the publisher to set. */
export function beginRecord(views: RecordViews, at: number, bytes: number, type: number, instrument: number): void {
  views.u32[(at + Header.Length) >> 2] = bytes
  views.u32[(at + Header.Type) >> 2] = type
  views.u32[(at + Header.Instrument) >> 2] = instrument
  views.u32[(at + Header.Source) >> 2] = 0
  views.f64[(at + Header.Sequence) >> 3] = 0
  views.f64[(at + Header.Time) >> 3] = 0
}
