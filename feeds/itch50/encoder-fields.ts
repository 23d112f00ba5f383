import { RecordViews } from '../../kernels/records/views.ts'
import { EncodeCounts, EncodeLoss, EncodeRefusal } from './encode-counts.ts'
import { STOCK_BYTES } from './layout.ts'
import type { ListedInstrument } from './locate-table.ts'
import { MessageChunk } from './message-chunk.ts'

const U32_MAX = 0xffffffff
const SPACE = 0x20
/** Of `price` and `quantity`: it cannot be written, and that is counted. */
export const NO_VALUE = -1

/** Fields of the record at hand, brought to those of a message. */
export class EncoderFields extends MessageChunk {
  readonly losses = new EncodeCounts()
  protected views = new RecordViews(new ArrayBuffer(0))
  protected at = 0
  protected type = 0

  /** Counts the record as not written. @returns false */
  protected refuse(reason: EncodeRefusal): false {
    this.losses.refuse(reason, this.type)
    return false
  }

  /** A price in units of four decimals, or NO_VALUE. */
  protected price(field: number, { priceShift }: ListedInstrument): number {
    const value = shiftDecimals(this.views.f64[(this.at + field) >> 3]!, priceShift)
    if (!Number.isInteger(value)) {
      this.refuse(EncodeRefusal.PriceDecimals)
      return NO_VALUE
    }
    if (value >= 0 && value <= U32_MAX) return value
    this.refuse(EncodeRefusal.PriceRange)
    return NO_VALUE
  }

  /** A number of shares, or NO_VALUE. */
  protected quantity(field: number, { quantityShift }: ListedInstrument, most = U32_MAX): number {
    const value = shiftDecimals(this.views.f64[(this.at + field) >> 3]!, quantityShift)
    if (Number.isInteger(value) && value >= 0 && value <= most) return value
    this.refuse(EncodeRefusal.Quantity)
    return NO_VALUE
  }

  /** Writes a pair of words, low first in the record, high first on the wire. */
  protected putPair(to: number, field: number): void {
    const { u32 } = this.views
    this.putU32(to, u32[(this.at + field + 4) >> 2]!)
    this.putU32(to + 4, u32[(this.at + field) >> 2]!)
  }

  protected putStock(to: number, { stock }: ListedInstrument): void {
    for (let i = 0; i < STOCK_BYTES; i++) this.bytes[to + i] = stock[i]!
    if (stock[0] === SPACE) this.losses.lose(EncodeLoss.StockUnknown, this.type)
  }

  /** Writes zero-padded text of the record padded with spaces. */
  protected putPadded(to: number, field: number, width: number): void {
    const { u8 } = this.views
    for (let i = 0; i < width; i++) {
      const byte = u8[this.at + field + i]!
      this.bytes[to + i] = byte === 0 ? SPACE : byte
    }
  }
}

/** A value times ten to the power of `shift`; exact where both are whole, broken where decimals are lost. */
export function shiftDecimals(value: number, shift: number): number {
  if (shift === 0) return value
  return shift > 0 ? value * 10 ** shift : value / 10 ** -shift
}
