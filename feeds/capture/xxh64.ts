/*
 * XXH64, the checksum of zstd frames, in pairs of 32-bit words. Only the low half of a digest is stored in a frame.
 * Source: the xxHash fast digest algorithm, xxhash_spec.md, section "XXH64 algorithm description".
 */

const STRIPE_BYTES = 32
/** High and low words of the five primes. */
const P1H = 0x9e3779b1
const P1L = 0x85ebca87
const P2H = 0xc2b2ae3d
const P2L = 0x27d4eb4f
const P3H = 0x165667b1
const P3L = 0x9e3779f9
const P4H = 0x85ebca77
const P4L = 0xc2b2ae63
const P5H = 0x27d4eb2f
const P5L = 0x165667c5

/** Of the words of `state`: four accumulators as (high, low), then the value at hand. */
const VALUE = 8

/** The digest of a run of bytes that comes in pieces, with seed 0. */
export class Xxh64 {
  readonly #state = new Int32Array(10)
  readonly #rest = new Uint8Array(STRIPE_BYTES)
  #restBytes = 0
  #totalBytes = 0

  constructor() {
    this.reset()
  }

  reset(): void {
    const state = this.#state
    this.#set(0, P1H, P1L)
    this.#add(0, P2H, P2L)
    this.#set(2, P2H, P2L)
    this.#set(4, 0, 0)
    this.#set(6, 0, 0)
    // Minus the first prime: its complement and one.
    this.#set(6, ~P1H, ~P1L)
    this.#add(6, 0, 1)
    state[VALUE] = 0
    this.#restBytes = 0
    this.#totalBytes = 0
  }

  update(bytes: Uint8Array): void {
    let at = 0
    this.#totalBytes += bytes.length
    if (this.#restBytes > 0) {
      at = Math.min(STRIPE_BYTES - this.#restBytes, bytes.length)
      this.#rest.set(bytes.subarray(0, at), this.#restBytes)
      this.#restBytes += at
      if (this.#restBytes < STRIPE_BYTES) return
      this.#stripe(this.#rest, 0)
      this.#restBytes = 0
    }
    for (; at + STRIPE_BYTES <= bytes.length; at += STRIPE_BYTES) this.#stripe(bytes, at)
    this.#rest.set(bytes.subarray(at))
    this.#restBytes = bytes.length - at
  }

  /** The low 32 bits of the digest of all bytes so far, unsigned. Ends the run: `reset` begins another. */
  low(): number {
    const state = this.#state
    if (this.#totalBytes >= STRIPE_BYTES) this.#merge()
    else this.#set(VALUE, P5H, P5L)
    this.#add(VALUE, Math.floor(this.#totalBytes / 4294967296), this.#totalBytes | 0)
    this.#finishRest()
    this.#xorShift(33)
    this.#multiply(VALUE, P2H, P2L)
    this.#xorShift(29)
    this.#multiply(VALUE, P3H, P3L)
    this.#xorShift(32)
    return state[VALUE + 1]! >>> 0
  }

  #merge(): void {
    const state = this.#state
    const saved = state.slice(0, 8)
    this.#set(VALUE, 0, 0)
    for (let lane = 0; lane < 4; lane++) {
      this.#rotate(lane * 2, [1, 7, 12, 18][lane]!)
      this.#add(VALUE, state[lane * 2]!, state[lane * 2 + 1]!)
    }
    state.set(saved)
    for (let lane = 0; lane < 8; lane += 2) {
      this.#set(0, 0, 0)
      this.#round(0, saved[lane]!, saved[lane + 1]!)
      state[VALUE]! ^= state[0]!
      state[VALUE + 1]! ^= state[1]!
      this.#multiply(VALUE, P1H, P1L)
      this.#add(VALUE, P4H, P4L)
    }
  }

  #finishRest(): void {
    const state = this.#state
    const rest = this.#rest
    let at = 0
    for (; at + 8 <= this.#restBytes; at += 8) {
      this.#set(0, 0, 0)
      this.#round(0, readLittle(rest, at + 4), readLittle(rest, at))
      state[VALUE]! ^= state[0]!
      state[VALUE + 1]! ^= state[1]!
      this.#rotate(VALUE, 27)
      this.#multiply(VALUE, P1H, P1L)
      this.#add(VALUE, P4H, P4L)
    }
    if (at + 4 <= this.#restBytes) {
      this.#set(0, 0, readLittle(rest, at))
      this.#multiply(0, P1H, P1L)
      state[VALUE]! ^= state[0]!
      state[VALUE + 1]! ^= state[1]!
      this.#rotate(VALUE, 23)
      this.#multiply(VALUE, P2H, P2L)
      this.#add(VALUE, P3H, P3L)
      at += 4
    }
    for (; at < this.#restBytes; at++) {
      this.#set(0, 0, rest[at]!)
      this.#multiply(0, P5H, P5L)
      state[VALUE]! ^= state[0]!
      state[VALUE + 1]! ^= state[1]!
      this.#rotate(VALUE, 11)
      this.#multiply(VALUE, P1H, P1L)
    }
  }

  #stripe(bytes: Uint8Array, at: number): void {
    this.#round(0, readLittle(bytes, at + 4), readLittle(bytes, at))
    this.#round(2, readLittle(bytes, at + 12), readLittle(bytes, at + 8))
    this.#round(4, readLittle(bytes, at + 20), readLittle(bytes, at + 16))
    this.#round(6, readLittle(bytes, at + 28), readLittle(bytes, at + 24))
  }

  /** accumulator ← rotate(accumulator + input × P2, 31) × P1 */
  #round(at: number, high: number, low: number): void {
    const state = this.#state
    const accumulatorHigh = state[at]!
    const accumulatorLow = state[at + 1]!
    this.#set(at, high, low)
    this.#multiply(at, P2H, P2L)
    this.#add(at, accumulatorHigh, accumulatorLow)
    this.#rotate(at, 31)
    this.#multiply(at, P1H, P1L)
  }

  #set(at: number, high: number, low: number): void {
    this.#state[at] = high
    this.#state[at + 1] = low
  }

  #add(at: number, high: number, low: number): void {
    const state = this.#state
    const sum = (state[at + 1]! >>> 0) + (low >>> 0)
    state[at + 1] = sum | 0
    state[at] = (state[at]! + high + (sum > 0xffffffff ? 1 : 0)) | 0
  }

  #multiply(at: number, high: number, low: number): void {
    const state = this.#state
    const aHigh = state[at]!
    const aLow = state[at + 1]!
    // The low words' full product, in 16-bit parts.
    const a1 = aLow >>> 16
    const a0 = aLow & 0xffff
    const b1 = low >>> 16
    const b0 = low & 0xffff
    const part = a0 * b0
    const middle = a1 * b0 + (part >>> 16)
    const cross = a0 * b1 + (middle & 0xffff)
    // Each term is below 2^32: `>>> 16` of a sum that may reach 2^33 is taken by division.
    const carry = a1 * b1 + Math.floor(middle / 65536) + Math.floor(cross / 65536)
    state[at + 1] = Math.imul(aLow, low)
    state[at] = (carry + Math.imul(aHigh, low) + Math.imul(aLow, high)) | 0
  }

  /** Rotates left by 1 to 31 bits. */
  #rotate(at: number, bits: number): void {
    const state = this.#state
    const high = state[at]!
    const low = state[at + 1]!
    state[at] = (high << bits) | (low >>> (32 - bits))
    state[at + 1] = (low << bits) | (high >>> (32 - bits))
  }

  /** value ← value ^ (value >>> bits), 29, 32 or 33. */
  #xorShift(bits: number): void {
    const state = this.#state
    const high = state[VALUE]!
    const low = state[VALUE + 1]!
    if (bits >= 32) {
      state[VALUE + 1] = low ^ (bits === 32 ? high : high >>> (bits - 32))
      return
    }
    state[VALUE] = high ^ (high >>> bits)
    state[VALUE + 1] = low ^ ((low >>> bits) | (high << (32 - bits)))
  }
}

function readLittle(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
}
