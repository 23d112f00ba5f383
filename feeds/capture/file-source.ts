import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { type ByteSource, SourceRead, Stored } from './byte-source.ts'
import { CaptureError, toCaptureError } from './capture-error.ts'

/** A plain file, read on the calling thread. */
export class FileSource implements ByteSource {
  error: CaptureError | undefined
  readonly stored = new Float64Array(2)
  readonly #path: string
  #descriptor: number

  /** @throws CaptureError when the file cannot be opened or is not a regular file */
  constructor(path: string) {
    this.#path = path
    this.#descriptor = openCapture(path)
    this.stored[Stored.TotalBytes] = fstatSync(this.#descriptor).size
  }

  read(target: Uint8Array, at: number, length: number): number {
    if (this.#descriptor < 0) return SourceRead.End
    try {
      const count = readSync(this.#descriptor, target, at, length, null)
      this.stored[Stored.ReadBytes]! += count
      return count
    } catch (cause) {
      this.error = toCaptureError(cause, `${this.#path} at byte ${this.stored[Stored.ReadBytes]}`)
      this.close()
      return SourceRead.End
    }
  }

  close(): void {
    if (this.#descriptor >= 0) closeSync(this.#descriptor)
    this.#descriptor = -1
  }
}

/**
 * Opens a regular file for reading.
 * @throws CaptureError
 */
export function openCapture(path: string): number {
  let descriptor: number
  try {
    // Without the flag, opening a FIFO that nobody writes to never comes back.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (cause) {
    throw toCaptureError(cause, path)
  }
  const stat = fstatSync(descriptor)
  if (stat.isFile()) return descriptor
  closeSync(descriptor)
  const what = stat.isDirectory() ? 'this is a folder, not a file' : 'this is not a regular file'
  throw new CaptureError('capture-unreadable', what, path)
}
