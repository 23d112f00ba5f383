import { Header, RecordType, Statistic, StatisticKind } from '../../kernels/records/catalogue.ts'
import { findSchema } from '../../kernels/records/schema.ts'
import { SOURCE_TIME_AT } from '../../kernels/records/source-time.ts'
import { RecordViews } from '../../kernels/records/views.ts'
import type { Column } from './columns.ts'
import { type ExportInstrument, ExportInstruments, readText } from './export-instruments.ts'

/** Statistics whose value is a price or a quantity of the instrument; the values of others are plain numbers. */
const PRICE_KINDS = new Set([
  StatisticKind.OpeningPrice,
  StatisticKind.HighPrice,
  StatisticKind.LowPrice,
  StatisticKind.ClosingPrice,
  StatisticKind.SettlementPrice,
  StatisticKind.IndicativePrice,
  StatisticKind.ReferencePrice,
  StatisticKind.VolumeWeightedPrice,
  StatisticKind.HighestBid,
  StatisticKind.LowestOffer,
  StatisticKind.OfferingPrice,
])
const QUANTITY_KINDS = new Set([StatisticKind.ClearedVolume, StatisticKind.OpenInterest, StatisticKind.TotalVolume])
const BREAKER_KINDS = new Set([StatisticKind.BreakerLevel1, StatisticKind.BreakerLevel2, StatisticKind.BreakerLevel3])

/** The record that is being written, and what its cells are read with: instruments, and the moment that times count from. */
export class RecordRow {
  /** [0] the record's time in ns since the session's epoch; of a record without one, that of the record before. */
  readonly timeNs = new Float64Array(1)
  /** Unix time of the session's epoch; undefined while the date is not known: times are then ns since midnight. */
  epochSeconds: number | undefined
  views = new RecordViews(new ArrayBuffer(0))
  at = 0
  type = 0
  readonly #instruments = new ExportInstruments()

  /** Moves to a record; an Instrument record is noted. */
  moveTo(views: RecordViews, at: number): void {
    this.views = views
    this.at = at
    this.type = views.u16[(at + Header.Type) >> 1]!
    if (this.type === RecordType.Instrument) this.#instruments.note(views, at)
    const timeAt = SOURCE_TIME_AT[this.type & 255]!
    if (timeAt !== 0) this.timeNs[0] = views.f64[(at + timeAt) >> 3]!
  }

  /** Moves to a row that is no record of the catalogue: see session-tables.ts. @param timeNs ns since the session's epoch */
  moveToRow(views: RecordViews, timeNs: number): void {
    this.views = views
    this.at = 0
    this.type = RecordType.Padding
    this.timeNs[0] = timeNs
  }

  get instrument(): ExportInstrument {
    return this.#instruments.find(this.views.u32[(this.at + Header.Instrument) >> 2]!)
  }

  get recordName(): string {
    return findSchema(this.type)?.name ?? `type${this.type}`
  }

  /** Whether the cell is empty although the record has the field. */
  isEmpty({ needsFlag }: Column): boolean {
    return needsFlag !== 0 && (this.views.u16[(this.at + Header.Flags) >> 1]! & needsFlag) === 0
  }

  /** An enumerated value's name, beginning in lower case; the number where it has none. */
  nameOf({ offset, names }: Column): string {
    const value = this.views.u32[(this.at + offset) >> 2]!
    const name = names?.[value]
    return name === undefined ? String(value) : name.charAt(0).toLowerCase() + name.slice(1)
  }

  /** The character of an ASCII code; empty for 0, the number where it is no printable character. */
  letterOf({ offset }: Column): string {
    const code = this.views.u32[(this.at + offset) >> 2]!
    if (code === 0) return ''
    return code > 0x20 && code < 0x7f ? String.fromCharCode(code) : code === 0x20 ? '' : String(code)
  }

  textOf({ offset, width }: Column): string {
    return readText(this.views, this.at + offset, width)
  }

  /** Exponent of price × quantity. */
  moneyExponent(): number {
    return this.instrument.priceExponent + this.instrument.quantityExponent
  }

  /** Exponent of a statistic's value. */
  valueExponent(): number {
    const kind = this.views.u32[(this.at + Statistic.Kind) >> 2]!
    if (PRICE_KINDS.has(kind)) return this.instrument.priceExponent
    if (QUANTITY_KINDS.has(kind)) return this.instrument.quantityExponent
    return BREAKER_KINDS.has(kind) ? this.views.i32[(this.at + Statistic.Detail) >> 2]! : 0
  }
}
