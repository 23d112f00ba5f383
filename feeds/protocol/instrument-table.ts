export const INSTRUMENTS_MAX_DEFAULT = 65_536

/**
 * Dense instrument ids of a source, from 1, in the order of first sight, whatever protocol names them. A decoder keeps its
 * own way from the venue's key to the id.
 * Bound: `instrumentsMax`; policy: `assign` refuses, and the decoder counts the message as not decoded.
 */
export class InstrumentTable {
  readonly instrumentsMax: number
  /** Number of ids assigned so far. */
  count = 0
  /** Messages of each instrument, by id, counted by the decoders; [0] those of none. */
  readonly messages: Float64Array

  constructor(instrumentsMax = INSTRUMENTS_MAX_DEFAULT) {
    if (!(Number.isInteger(instrumentsMax) && instrumentsMax >= 1)) {
      throw new RangeError(`instrumentsMax is a whole number from 1, not ${instrumentsMax}`)
    }
    this.instrumentsMax = instrumentsMax
    this.messages = new Float64Array(instrumentsMax + 1)
  }

  /** @returns a new id, or 0 when all are taken */
  assign(): number {
    if (this.count === this.instrumentsMax) return 0
    this.count++
    return this.count
  }
}
