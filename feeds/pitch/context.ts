import {
  FLAG_IMPLIED,
  FLAG_MORE,
  Header,
  Instrument,
  RecordType,
  SYMBOL_BYTES,
} from '../../kernels/records/catalogue.ts'
import { copyText } from '../itch50/wire.ts'
import type { RecordBatch } from '../record-batch.ts'
import { PitchCounts, type PitchReject } from './counts.ts'
import { PITCH_PRICE_EXPONENT, SYMBOL_LONG_BYTES, SYMBOL_SHORT_BYTES, Wire } from './layout.ts'
import type { PitchState } from './state.ts'
import { ANY_UNIT } from './symbol-directory.ts'
import { MessageHeader } from './unit-layout.ts'

/** One cent, in price units: Regulation NMS rule 612; options and futures say better where they are defined. */
const TICK_SIZE = 100
const USD = new Uint8Array([0x55, 0x53, 0x44])

/**
 * The message at hand, and where its records go: what all message decoders of one protocol share. Set `session`, `line`,
 * `unit` and `flags`, then decode.
 */
export class PitchContext {
  readonly counts = new PitchCounts()
  readonly state: PitchState
  readonly #isFutures: boolean
  /** [0] time of the message, ns since the session's epoch; 0 while the unit's second is unknown. */
  readonly time = new Float64Array(1)
  /** Session of the message's unit, for its clock. */
  session = 0
  /** The same for its symbols, or ANY_UNIT. */
  unit = ANY_UNIT
  /** Flow of the message: the header's `Source` of its records. */
  line = 0
  /** Header flags of its records. */
  flags = 0
  /** Records appended so far. */
  records = 0
  bytes: Uint8Array = new Uint8Array(0)
  view = new DataView(this.bytes.buffer)
  #batch: RecordBatch | undefined
  i32: Int32Array = new Int32Array(0)
  f64: Float64Array = new Float64Array(0)
  u8: Uint8Array = this.bytes

  /** @param isFutures short prices are signed */
  constructor(state: PitchState, isFutures = false) {
    this.state = state
    this.#isFutures = isFutures
  }

  /** Takes the bytes that messages lie in, and the batch that records go to. */
  attach(bytes: Uint8Array, batch: RecordBatch): void {
    if (bytes !== this.bytes) {
      this.bytes = bytes
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    }
    if (batch === this.#batch) return
    this.#batch = batch
    this.i32 = batch.views.i32
    this.f64 = batch.views.f64
    this.u8 = batch.views.u8
  }

  /** Appends a record's header. @returns the record's offset; all its fields are the caller's to write */
  begin(bytes: number, type: RecordType, instrument: number): number {
    const { i32, f64 } = this
    const batch = this.#batch!
    const to = batch.usedBytes
    i32[(to + Header.Length) >> 2] = bytes
    i32[(to + Header.Type) >> 2] = type | (this.flags << 16)
    i32[(to + Header.Instrument) >> 2] = instrument
    i32[(to + Header.Source) >> 2] = this.line
    f64[(to + Header.Sequence) >> 3] = 0
    f64[(to + Header.Time) >> 3] = 0
    batch.usedBytes = to + bytes
    this.records++
    return to
  }

  /** The same for a record that another of the same message follows. */
  beginFirst(bytes: number, type: RecordType, instrument: number): number {
    const { flags } = this
    this.flags = flags | FLAG_MORE
    const to = this.begin(bytes, type, instrument)
    this.flags = flags
    return to
  }

  /** Reads a long price (64 bits, 4 decimals) into `out[slot]`: exact below 2^53. */
  readLongPrice(at: number, out: Float64Array, slot: number): void {
    out[slot] = this.view.getInt32((at + 4) | 0, true) * Wire.Word + this.view.getUint32(at, true)
  }

  /** Reads a short price (16 bits, 2 decimals) into `out[slot]`, in the units of the long ones. */
  readShortPrice(at: number, isSigned: boolean, out: Float64Array, slot: number): void {
    const { view } = this
    out[slot] = (isSigned ? view.getInt16(at, true) : view.getUint16(at, true)) * Wire.ShortPriceUnit
  }

  /** Notes the time of a message that has a time offset. */
  stamp(at: number): void {
    const { state, time } = this
    const offsetNs = this.view.getUint32((at + MessageHeader.TimeOffset) | 0, true)
    if (state.clock.stamp(this.session, offsetNs, time)) this.counts.noteTime(time)
  }

  /** The instrument of a symbol of six bytes; see `#instrumentOf`. */
  shortSymbol(at: number, isSigned: boolean): number {
    const low = this.view.getInt32(at, true)
    const high = this.view.getUint16((at + 4) | 0, true) | Wire.TwoSpaces
    return this.#instrumentOf(low, high, at, SYMBOL_SHORT_BYTES, isSigned)
  }

  /** The instrument of a symbol of eight bytes; see `#instrumentOf`. */
  longSymbol(at: number): number {
    const low = this.view.getInt32(at, true)
    let high = this.view.getInt32((at + 4) | 0, true)
    // Options and futures have two reserved bytes there.
    if (high >>> 16 === 0) high |= Wire.TwoSpaces
    return this.#instrumentOf(low, high, at, SYMBOL_LONG_BYTES, false)
  }

  /**
   * The id of a symbol; a new one gets its Instrument record, marked as implied.
   * @returns 0 when all ids are taken
   */
  #instrumentOf(low: number, high: number, at: number, symbolBytes: number, isSigned: boolean): number {
    const { symbols } = this.state
    let id = symbols.find(low, high, this.unit)
    if (id === 0) {
      id = symbols.assign(low, high, this.unit)
      if (id === 0) return 0
      if (this.#isFutures || this.state.isComplex[this.session] === 1) symbols.hasSignedPrices[id] = 1
      const to = this.beginInstrument(id, FLAG_IMPLIED)
      copyText(this.bytes, at, symbolBytes, this.u8, to + Instrument.Symbol, SYMBOL_BYTES)
    }
    if (isSigned) symbols.hasSignedPrices[id] = 1
    symbols.messages[id]!++
    return id
  }

  /** Appends an Instrument record without its symbol. @returns its offset */
  beginInstrument(id: number, moreFlags: number): number {
    const { flags, i32, f64, u8 } = this
    this.flags = flags | moreFlags
    const to = this.begin(Instrument.Bytes, RecordType.Instrument, id)
    this.flags = flags
    u8.fill(0, to + Header.Bytes, to + Instrument.Bytes)
    i32[(to + Instrument.PriceExponent) >> 2] = PITCH_PRICE_EXPONENT
    i32[(to + Instrument.RoundLot) >> 2] = 1
    f64[(to + Instrument.TickSize) >> 3] = TICK_SIZE
    f64[(to + Instrument.SourceTime) >> 3] = this.time[0]!
    u8.set(USD, to + Instrument.Currency)
    return to
  }

  /** Counts the message at `at` as not decoded. */
  reject(at: number, reason: PitchReject): void {
    this.counts.reject(this.bytes[at + MessageHeader.Type]!, reason)
  }
}
