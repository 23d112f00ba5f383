import { type ByteSource, SourceRead } from '../capture/byte-source.ts'
import { ByteWindow, Need } from '../capture/byte-window.ts'
import { FuzzFault } from './target.ts'

/** A file in memory that a window reads; what lies in the window behind the file's bytes is poisoned. */
export class PoisonedSource implements ByteSource {
  readonly error = undefined
  readonly stored = new Float64Array(2)
  readonly window = new ByteWindow()
  readonly #poison: number
  #bytes: Uint8Array = new Uint8Array(0)
  #length = 0
  #at = 0

  constructor(poison: number) {
    this.window.u8.fill(poison)
    this.#poison = poison
  }

  /** Opens the first `length` of `bytes` as a file, in the window from its beginning on. */
  open(bytes: Uint8Array, length: number): void {
    const { window } = this
    window.u8.fill(this.#poison, 0, Math.max(window.end, length))
    this.#bytes = bytes
    this.#length = length
    this.#at = 0
    window.open(this)
  }

  /** @throws FuzzFault when a parser has gone beyond the bytes */
  check(): void {
    const { start, end } = this.window
    if (start > end) throw new FuzzFault(`byte ${start} was used of ${end}`)
  }

  read(target: Uint8Array, at: number, length: number): number {
    const count = Math.min(length, this.#length - this.#at)
    if (count === 0) return SourceRead.End
    target.set(this.#bytes.subarray(this.#at, this.#at + count), at)
    this.#at += count
    return count
  }

  /** The first bytes of the file, as recognition sees them. */
  head(bytes: number): Uint8Array {
    const { window } = this
    const count = Math.min(bytes, this.#length)
    if (window.need(count) !== Need.Ready) throw new FuzzFault('the window does not hold the head of a file')
    return window.u8.subarray(window.start, window.start + count)
  }

  close(): void {}
}

const sources = new Map<number, PoisonedSource>()

/** The source of a poison, the same for all subjects: one comes after the other, and a fresh window for each is much garbage. */
export function poisonedSourceOf(poison: number): PoisonedSource {
  const source = sources.get(poison) ?? new PoisonedSource(poison)
  sources.set(poison, source)
  return source
}
