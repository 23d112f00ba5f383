/**
 * How the parts of a kernel hand over their state: one method a part, `archive`, that names each piece in a fixed order. The
 * same method saves and restores, so the two cannot drift apart: `this.count = archive.number(this.count)`.
 */
export interface StateArchive {
  /** Whether the state is being written; else it is being read into a fresh part. */
  readonly isSaving: boolean
  /** Saves a number and answers it, or answers the one that was saved. */
  number(value: number): number
  text(value: string): string
  /** Saves `count` elements from an index on, or overwrites them; long runs of zeros cost next to nothing. */
  array(values: ArchivedArray, from?: number, count?: number): void
}

/** Memory that can be archived, in whole elements. */
export type ArchivedArray = ArrayBufferView & { readonly BYTES_PER_ELEMENT: number; readonly length: number }

/** A saved state that ends early or holds what this build did not write. */
export class StateArchiveError extends Error {}

/** Zeros are left out in blocks of this size. */
const BLOCK_BYTES = 256
const BYTES_START = 1 << 20

/**
 * Writes a state into memory that grows:
 *
 *     number  f64
 *     text    u32 length, UTF-8
 *     array   f64 length in bytes, then runs of blocks that are not all zero: u32 first block, u32 blocks, bytes; then u32 2^32 − 1
 *
 * Bound: `bytesMax`; policy: a StateArchiveError, the state is not saved.
 */
export class StateSaver implements StateArchive {
  readonly isSaving = true
  /** Bytes written so far. */
  usedBytes = 0
  #bytes = new Uint8Array(BYTES_START)
  #view = new DataView(this.#bytes.buffer)
  readonly #bytesMax: number

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** What was written; valid until the next call. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.usedBytes)
  }

  /** Begins anew in the same memory. */
  reset(): void {
    this.usedBytes = 0
  }

  number(value: number): number {
    this.#reserve(8)
    this.#view.setFloat64(this.usedBytes, value, true)
    this.usedBytes += 8
    return value
  }

  text(value: string): string {
    const text = new TextEncoder().encode(value)
    this.#word(text.length)
    this.#append(text)
    return value
  }

  array(values: ArchivedArray, from = 0, count = values.length - from): void {
    const bytes = viewBytes(values, from, count)
    const isAligned = bytes.byteOffset % 4 === 0
    const words = isAligned ? new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2) : undefined
    this.number(bytes.length)
    let block = 0
    const blocks = Math.ceil(bytes.length / BLOCK_BYTES)
    while (block < blocks) {
      while (block < blocks && isZero(bytes, words, block)) block++
      const first = block
      while (block < blocks && !isZero(bytes, words, block)) block++
      if (block === first) break
      this.#word(first)
      this.#word(block - first)
      this.#append(bytes.subarray(first * BLOCK_BYTES, Math.min(block * BLOCK_BYTES, bytes.length)))
    }
    this.#word(END)
  }

  #word(value: number): void {
    this.#reserve(4)
    this.#view.setUint32(this.usedBytes, value, true)
    this.usedBytes += 4
  }

  #append(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.usedBytes)
    this.usedBytes += bytes.length
  }

  #reserve(bytes: number): void {
    const needed = this.usedBytes + bytes
    if (needed <= this.#bytes.length) return
    if (needed > this.#bytesMax) throw new StateArchiveError(`the state is larger than ${this.#bytesMax} bytes`)
    let size = this.#bytes.length
    while (size < needed) size *= 2
    const larger = new Uint8Array(size)
    larger.set(this.#bytes.subarray(0, this.usedBytes))
    this.#bytes = larger
    this.#view = new DataView(larger.buffer)
  }
}

const END = 0xffffffff

/** Reads what a `StateSaver` wrote. Bytes of a saved state come from a file: each step is checked. */
export class StateLoader implements StateArchive {
  readonly isSaving = false
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  /** Whether everything was read. */
  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  /** @throws StateArchiveError */
  number(): number {
    const at = this.#take(8)
    return this.#view.getFloat64(at, true)
  }

  /** @throws StateArchiveError */
  text(): string {
    const length = this.#word()
    const at = this.#take(length)
    return new TextDecoder().decode(this.#bytes.subarray(at, at + length))
  }

  /** @throws StateArchiveError when another length was saved */
  array(values: ArchivedArray, from = 0, count = values.length - from): void {
    const bytes = viewBytes(values, from, count)
    const saved = this.number()
    if (saved !== bytes.length) throw new StateArchiveError(`an array of ${saved} bytes was saved, not ${bytes.length}`)
    bytes.fill(0)
    for (let block = this.#word(); block !== END; block = this.#word()) {
      const start = block * BLOCK_BYTES
      const length = Math.min(this.#word() * BLOCK_BYTES, bytes.length - start)
      if (length <= 0) throw new StateArchiveError('an array is saved beyond its end')
      const at = this.#take(length)
      bytes.set(this.#bytes.subarray(at, at + length), start)
    }
  }

  #word(): number {
    return this.#view.getUint32(this.#take(4), true)
  }

  #take(bytes: number): number {
    const at = this.#at
    if (at + bytes > this.#bytes.length) throw new StateArchiveError('the saved state ends early')
    this.#at = at + bytes
    return at
  }
}

function viewBytes(values: ArchivedArray, from: number, count: number): Uint8Array {
  const size = values.BYTES_PER_ELEMENT
  return new Uint8Array(values.buffer, values.byteOffset + from * size, count * size)
}

/** Whether a block holds nothing but zeros; by words where the memory is aligned to them. */
function isZero(bytes: Uint8Array, words: Int32Array | undefined, block: number): boolean {
  const start = block * BLOCK_BYTES
  const end = Math.min(start + BLOCK_BYTES, bytes.length)
  let at = start
  if (words !== undefined) {
    const lastWord = end >> 2
    for (let word = start >> 2; word < lastWord; word++) if (words[word] !== 0) return false
    at = lastWord << 2
  }
  for (; at < end; at++) if (bytes[at] !== 0) return false
  return true
}
