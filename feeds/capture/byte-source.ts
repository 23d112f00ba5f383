import type { CaptureError } from './capture-error.ts'

/** Return values of `ByteSource.read` that are not a number of bytes. */
export enum SourceRead {
  /** No more bytes will come; `error` says whether that is the end of the file or a failure. */
  End = 0,
  /** None yet: ask again later. Only sources that are filled by another thread say so. */
  NotYet = -1,
}

/** Slots of `ByteSource.stored`. */
export enum Stored {
  /** Bytes of the stored (maybe compressed) file that were read. */
  ReadBytes = 0,
  /** Its size. */
  TotalBytes = 1,
}

/** Where a parser's bytes come from. Nothing throws once the source is open: a failure ends it and stays in `error`. */
export interface ByteSource {
  /**
   * Copies up to `length` bytes to `target` from offset `at`.
   * @returns how many bytes, at least one; or a `SourceRead`
   */
  read(target: Uint8Array, at: number, length: number): number
  /** Why the source ended early. */
  readonly error: CaptureError | undefined
  /** How far into the stored file the source is, by `Stored`. */
  readonly stored: Float64Array
  close(): void
}

/** Bytes in memory, handed out in pieces of at most `pieceBytes`. */
export class BufferSource implements ByteSource {
  readonly error = undefined
  readonly stored: Float64Array
  readonly #bytes: Uint8Array
  readonly #pieceBytes: number
  #at = 0

  constructor(bytes: Uint8Array, pieceBytes = bytes.length) {
    this.#bytes = bytes
    this.#pieceBytes = Math.max(1, pieceBytes)
    this.stored = new Float64Array([0, bytes.length])
  }

  read(target: Uint8Array, at: number, length: number): number {
    const count = Math.min(length, this.#pieceBytes, this.#bytes.length - this.#at)
    if (count === 0) return SourceRead.End
    target.set(this.#bytes.subarray(this.#at, this.#at + count), at)
    this.#at += count
    this.stored[Stored.ReadBytes] = this.#at
    return count
  }

  close(): void {}
}
