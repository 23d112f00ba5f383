import type { BackwardBits } from './bits.ts'

/** Least accuracy: what is stored is the accuracy less this. */
const ACCURACY_MIN = 5
const ACCURACY_MASK = 15
/** A symbol with a probability of less than one. */
const LESS_THAN_ONE = -1

/**
 * A decoding table of finite state entropy (RFC 8878, section 4.1): by state, the symbol, and the next state as a base and a
 * number of bits to be added.
 */
export class FseTable {
  /** log2 of the number of states. */
  accuracy = 0
  readonly symbols: Uint8Array
  readonly bits: Uint8Array
  readonly bases: Uint16Array
  readonly #accuracyMax: number
  readonly #symbolMax: number
  /** Probability by symbol, then the state that the symbol's next cell leads to. */
  readonly #counts: Int16Array
  /** By symbol: its probability is less than one, and its cell is at the table's end. */
  readonly #isRare: Uint8Array
  #symbols = 0

  /** @param accuracyMax of the tables that will be read into it @param symbolMax the highest symbol */
  constructor(accuracyMax: number, symbolMax: number) {
    const states = 1 << accuracyMax
    this.#accuracyMax = accuracyMax
    this.#symbolMax = symbolMax
    this.symbols = new Uint8Array(states)
    this.bits = new Uint8Array(states)
    this.bases = new Uint16Array(states)
    this.#counts = new Int16Array(symbolMax + 1)
    this.#isRare = new Uint8Array(symbolMax + 1)
  }

  /** The state that a stream begins with. */
  firstState(stream: BackwardBits): number {
    return stream.read(this.accuracy)
  }

  /** The state after another. */
  nextState(state: number, stream: BackwardBits): number {
    return this.bases[state]! + stream.read(this.bits[state]!)
  }

  /** All states give one symbol. @returns false when there is no such symbol */
  setSingle(symbol: number): boolean {
    if (symbol > this.#symbolMax) return false
    this.accuracy = 0
    this.symbols[0] = symbol
    this.bits[0] = 0
    this.bases[0] = 0
    return true
  }

  /** Takes a distribution that is given, as the format's defaults are. */
  setDistribution(accuracy: number, counts: readonly number[]): void {
    this.accuracy = accuracy
    this.#symbols = counts.length
    this.#counts.set(counts)
    this.#build()
  }

  /**
   * Reads a distribution (section 4.1.1) and builds the table.
   * @returns bytes that it takes, −1 when it is damaged
   */
  read(bytes: Uint8Array, at: number, end: number): number {
    if (at >= end) return -1
    this.accuracy = (bytes[at]! & ACCURACY_MASK) + ACCURACY_MIN
    if (this.accuracy > this.#accuracyMax) return -1
    const bitsRead = this.#readCounts(bytes, at, end)
    if (bitsRead < 0) return -1
    const used = (bitsRead + 7) >> 3
    return at + used <= end && this.#build() ? used : -1
  }

  /** @returns bits read, −1 when the probabilities are not as many as there are states */
  #readCounts(bytes: Uint8Array, at: number, end: number): number {
    const counts = this.#counts
    let threshold = 1 << this.accuracy
    let remaining = threshold + 1
    let width = this.accuracy + 1
    let bit = 4
    let symbol = 0
    while (remaining > 1) {
      if (symbol > this.#symbolMax || at + (bit >> 3) >= end) return -1
      const shortMax = 2 * threshold - 1 - remaining
      const word = readForward(bytes, at, end, bit)
      let count = word & (threshold - 1)
      if (count < shortMax) bit += width - 1
      else {
        count = word & (2 * threshold - 1)
        if (count >= threshold) count -= shortMax
        bit += width
      }
      count--
      remaining -= count < 0 ? -count : count
      counts[symbol++] = count
      for (let repeat = count === 0 ? 3 : 0; repeat === 3; ) {
        repeat = readForward(bytes, at, end, bit) & 3
        bit += 2
        if (symbol + repeat > this.#symbolMax + 1) return -1
        counts.fill(0, symbol, symbol + repeat)
        symbol += repeat
      }
      while (remaining < threshold && threshold > 1) {
        width--
        threshold >>= 1
      }
    }
    this.#symbols = symbol
    return remaining === 1 ? bit : -1
  }

  /** @returns false when the cells do not come out even */
  #build(): boolean {
    const { accuracy, symbols, bits, bases } = this
    const counts = this.#counts
    const isRare = this.#isRare.fill(0)
    const states = 1 << accuracy
    let high = states - 1
    for (let symbol = 0; symbol < this.#symbols; symbol++) {
      if (counts[symbol] !== LESS_THAN_ONE) continue
      symbols[high--] = symbol
      counts[symbol] = 1
      isRare[symbol] = 1
    }
    const step = (states >> 1) + (states >> 3) + 3
    let at = 0
    for (let symbol = 0; symbol < this.#symbols; symbol++) {
      if (isRare[symbol] === 1) continue
      for (let i = 0; i < counts[symbol]!; i++) {
        symbols[at] = symbol
        do at = (at + step) & (states - 1)
        while (at > high)
      }
    }
    if (at !== 0) return false
    for (let state = 0; state < states; state++) {
      const next = counts[symbols[state]!]!++
      const width = accuracy - (31 - Math.clz32(next))
      bits[state] = width
      bases[state] = (next << width) - states
    }
    return true
  }
}

/** At least 24 bits of a stream that is read forward, from a bit on; zero behind its end. */
function readForward(bytes: Uint8Array, at: number, end: number, bit: number): number {
  const from = at + (bit >> 3)
  let word = 0
  for (let i = 0; i < 4 && from + i < end; i++) word |= bytes[from + i]! << (8 * i)
  return word >>> (bit & 7)
}
