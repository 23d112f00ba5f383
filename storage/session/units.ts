import type { RecordViews } from '../../kernels/records/views.ts'
import { type ExportInstrument, ExportInstruments } from '../export/export-instruments.ts'

const NS_PER_SECOND = 1_000_000_000n

/** The nearest double: division by a power of ten is rounded once, multiplication by its inverse would be twice. */
export function scaleUnits(units: number, exponent: number): number {
  return exponent < 0 ? units / 10 ** -exponent : units * 10 ** exponent
}

/** Turns the numbers of records into those that people use. */
export class Units {
  /** Unix time of the session's epoch in seconds; 0 where no day is known: times then count from midnight. */
  epochSeconds = 0
  readonly #instruments = new ExportInstruments()

  /** Takes an Instrument record. */
  note(views: RecordViews, at: number): void {
    this.#instruments.note(views, at)
  }

  of(instrument: number): ExportInstrument {
    return this.#instruments.find(instrument)
  }

  price(instrument: number, units: number): number {
    return scaleUnits(units, this.of(instrument).priceExponent)
  }

  quantity(instrument: number, units: number): number {
    return scaleUnits(units, this.of(instrument).quantityExponent)
  }

  /** Money: price units × quantity units. */
  money(instrument: number, units: number): number {
    const { priceExponent, quantityExponent } = this.of(instrument)
    return scaleUnits(units, priceExponent + quantityExponent)
  }

  symbol(instrument: number): string {
    return this.of(instrument).symbol
  }

  /** ns since 1970, or since midnight where no day is known. */
  time(timeNs: number): bigint {
    const sinceEpoch = Number.isFinite(timeNs) ? BigInt(Math.trunc(timeNs)) : 0n
    return BigInt(this.epochSeconds) * NS_PER_SECOND + sinceEpoch
  }
}
