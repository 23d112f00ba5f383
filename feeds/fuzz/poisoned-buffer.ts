import { INPUT_BYTES_MAX } from './target.ts'

/** Poisoned bytes before the input, and behind it: as far as a u16 length can lead astray. */
const BEFORE_BYTES = 256
const BEHIND_BYTES = 1 << 17

/** Room for one input between poisoned bytes; what was left of a longer one before is poisoned again. */
export class PoisonedBuffer {
  readonly bytes = new Uint8Array(BEFORE_BYTES + INPUT_BYTES_MAX + BEHIND_BYTES)
  readonly at = BEFORE_BYTES
  readonly #poison: number
  #used = 0

  constructor(poison: number) {
    this.#poison = poison
    this.bytes.fill(poison)
  }

  /** Lays the first `length` of `input` down at `at`. */
  place(input: Uint8Array, length: number): void {
    const { bytes, at } = this
    for (let i = 0; i < length; i++) bytes[at + i] = input[i]!
    if (length < this.#used) bytes.fill(this.#poison, at + length, at + this.#used)
    this.#used = length
  }
}

const buffers = new Map<number, PoisonedBuffer>()

/** The buffer of a poison, the same for all subjects: one epoch comes after the other, and a fresh one for each is much garbage. */
export function poisonedBufferOf(poison: number): PoisonedBuffer {
  const buffer = buffers.get(poison) ?? new PoisonedBuffer(poison)
  buffers.set(poison, buffer)
  return buffer
}
