import { type ByteSource, SourceRead } from './byte-source.ts'
import { ByteWindow } from './byte-window.ts'
import { CaptureError, type CaptureErrorCode } from './capture-error.ts'
import { FileSource } from './file-source.ts'
import { Unzstd, type UnzstdFailure } from './unzstd.ts'
import { BLOCK_BYTES_MAX } from './zstd-layout.ts'

const CODES: Record<UnzstdFailure['kind'], CaptureErrorCode> = {
  damaged: 'capture-zstd-damaged',
  truncated: 'capture-zstd-truncated',
  unsupported: 'capture-zstd-unsupported',
}

/** A zstd file, decompressed as it is read, on the calling thread: memory is bounded by the window that the file names. */
export class ZstdSource implements ByteSource {
  error: CaptureError | undefined
  readonly stored: Float64Array
  readonly #path: string
  readonly #file: FileSource
  readonly #window = new ByteWindow(2 * BLOCK_BYTES_MAX)
  readonly #unzstd = new Unzstd(this.#window)
  #output: Uint8Array = new Uint8Array(0)
  #outputAt = 0

  /** @throws CaptureError when the file cannot be opened or is not a regular file */
  constructor(path: string) {
    this.#path = path
    this.#file = new FileSource(path)
    this.stored = this.#file.stored
    this.#window.open(this.#file)
  }

  read(target: Uint8Array, at: number, length: number): number {
    if (this.#outputAt === this.#output.length && !this.#decompress()) return SourceRead.End
    const count = Math.min(length, this.#output.length - this.#outputAt)
    target.set(this.#output.subarray(this.#outputAt, this.#outputAt + count), at)
    this.#outputAt += count
    return count
  }

  close(): void {
    this.#file.close()
  }

  #decompress(): boolean {
    const output = this.error === undefined ? this.#unzstd.next() : undefined
    this.#outputAt = 0
    this.#output = output ?? new Uint8Array(0)
    if (output === undefined) this.error ??= this.#file.error ?? this.#toError()
    return output !== undefined
  }

  #toError(): CaptureError | undefined {
    const { failure, outputBytes } = this.#unzstd
    if (failure === undefined) return undefined
    const where = `${this.#path} at byte ${this.#window.offset()}, after ${outputBytes} decompressed bytes`
    return new CaptureError(CODES[failure.kind], `the compressed data is ${failure.kind}: ${failure.what}`, where)
  }
}
