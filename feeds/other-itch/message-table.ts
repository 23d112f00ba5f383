import type { OtherFormat } from './formats.ts'

/** The version before the two letters of a type of three. */
const VERSION = 0x31

/** How well a message fits a format. */
export enum Fit {
  UnknownType = 0,
  WrongLength = 1,
  /** A known type, of a length that such messages, and those of other feeds, may have. */
  Possible = 2,
  /** A known type and its one length that no other feed has, or a type of several letters. */
  Exact = 3,
}

/** A format's types and lengths, for messages in place. */
export class MessageTable {
  /** Names of the types, by index. */
  readonly names: readonly string[]
  /** Index of the type that `fit` looked at last; −1 for none. */
  type = -1
  readonly #format: OtherFormat
  /** First and last letter of each type, its least length, and the step to the next length. */
  readonly #first: Uint8Array
  readonly #last: Uint8Array
  readonly #least: Int32Array
  readonly #step: Int32Array
  readonly #isAmbiguous: Uint8Array

  constructor(format: OtherFormat) {
    const lengths = Object.entries(format.lengths)
    this.#format = format
    this.names = lengths.map(([name]) => name)
    this.#first = Uint8Array.from(this.names, (name) => name.charCodeAt(Math.max(0, name.length - 2)))
    this.#last = Uint8Array.from(this.names, (name) => name.charCodeAt(name.length - 1))
    this.#least = Int32Array.from(lengths, ([, length]) => (typeof length === 'number' ? length : length.least))
    this.#step = Int32Array.from(lengths, ([, length]) => (typeof length === 'number' ? 0 : length.step))
    this.#isAmbiguous = Uint8Array.from(this.names, (name) => (format.ambiguous?.includes(name) ? 1 : 0))
    if (this.names.some((name) => name.length !== format.typeBytes)) {
      throw new Error(`${format.name}: a type is not as long as the format says`)
    }
  }

  /** Looks at one message, all of which lies in `bytes`. */
  fit(bytes: Uint8Array, at: number, length: number): Fit {
    const { typeAt, typeBytes } = this.#format
    this.type = -1
    if (length < typeAt + typeBytes) return Fit.UnknownType
    const last = bytes[at + typeAt + typeBytes - 1]!
    const first = typeBytes === 1 ? last : bytes[at + typeAt + typeBytes - 2]!
    if (typeBytes > 2 && bytes[at + typeAt] !== VERSION) return Fit.UnknownType
    for (let type = 0; type < this.names.length; type++) {
      if (this.#last[type] !== last || this.#first[type] !== first) continue
      this.type = type
      const step = this.#step[type]!
      const more = length - this.#least[type]!
      if (step === 0 && more !== 0) return Fit.WrongLength
      if (step === 0) return this.#isAmbiguous[type] === 1 ? Fit.Possible : Fit.Exact
      if (more < 0 || more % step !== 0) return Fit.WrongLength
      // One letter and a range of lengths may be chance.
      return typeBytes > 1 || (step > 1 && more > 0) ? Fit.Exact : Fit.Possible
    }
    return Fit.UnknownType
  }
}
