const MESSAGES_FIRST = 1024

/**
 * The sequenced messages of one session and user, kept so that a client that comes back gets what it missed. Grows by doubling
 * up to its bounds; a message beyond them is refused, and the session must end: numbers without their messages would be a lie.
 */
export class SequencedLog {
  /** Messages; their numbers begin at 1. */
  count = 0
  bytes: Uint8Array
  #ends: Float64Array
  readonly #bytesMax: number
  readonly #messagesMax: number

  constructor(bytesMax: number, messagesMax: number) {
    this.#bytesMax = bytesMax
    this.#messagesMax = messagesMax
    this.bytes = new Uint8Array(Math.min(bytesMax, 1 << 16))
    this.#ends = new Float64Array(Math.min(messagesMax, MESSAGES_FIRST) + 1)
  }

  /** Appends a message. @returns false when the log is full */
  append(from: Uint8Array, at: number, length: number): boolean {
    const start = this.#ends[this.count]!
    if (start + length > this.#bytesMax || this.count >= this.#messagesMax) return false
    if (start + length > this.bytes.length) this.#growBytes(start + length)
    if (this.count + 1 >= this.#ends.length) this.#growEnds()
    for (let i = 0; i < length; i++) this.bytes[start + i] = from[at + i]!
    this.count++
    this.#ends[this.count] = start + length
    return true
  }

  /** Where the message of a number begins in `bytes`. */
  startOf(sequence: number): number {
    return this.#ends[sequence - 1]!
  }

  lengthOf(sequence: number): number {
    return this.#ends[sequence]! - this.#ends[sequence - 1]!
  }

  #growBytes(least: number): void {
    const grown = new Uint8Array(Math.min(this.#bytesMax, Math.max(least, 2 * this.bytes.length)))
    grown.set(this.bytes)
    this.bytes = grown
  }

  #growEnds(): void {
    const grown = new Float64Array(Math.min(this.#messagesMax + 1, 2 * this.#ends.length))
    grown.set(this.#ends)
    this.#ends = grown
  }
}
