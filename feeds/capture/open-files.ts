import { type ByteSource, Stored } from './byte-source.ts'
import { ByteWindow } from './byte-window.ts'
import type { CaptureError } from './capture-error.ts'
import type { CaptureFile } from './capture-file.ts'

/** A file that is being read. */
export interface OpenFile {
  readonly source: ByteSource
  readonly window: ByteWindow
}

/** The files of a source that are open, how far they are read, and why they ended early. */
export class OpenFiles {
  /** [0] how much of the stored bytes is read, from 0 to 1; [1] stored bytes of the files that are closed. */
  readonly progress = new Float64Array(2)
  readonly errors: CaptureError[] = []
  readonly #open: OpenFile[] = []
  /** Windows of files that are closed: used again, so that the hot parts keep to the same bytes. */
  readonly #windows: ByteWindow[] = []
  readonly #totalBytes: number

  constructor(totalBytes: number) {
    this.#totalBytes = Math.max(1, totalBytes)
  }

  /** Opens a file. @returns undefined when it cannot be opened; the error is kept */
  open(file: CaptureFile): OpenFile | undefined {
    let source: ByteSource
    try {
      source = file.open()
    } catch (error) {
      this.errors.push(error as CaptureError)
      return undefined
    }
    const window = this.#windows.pop() ?? new ByteWindow()
    window.open(source)
    const opened = { source, window }
    this.#open.push(opened)
    return opened
  }

  close(file: OpenFile): void {
    const { source, window } = file
    this.#open.splice(this.#open.indexOf(file), 1)
    this.#windows.push(window)
    if (source.error !== undefined) this.errors.push(source.error)
    this.progress[1]! += source.stored[Stored.TotalBytes]!
    source.close()
    this.noteProgress()
  }

  closeAll(): void {
    for (const file of [...this.#open]) this.close(file)
  }

  noteProgress(): void {
    let read = this.progress[1]!
    for (let i = 0; i < this.#open.length; i++) read += this.#open[i]!.source.stored[Stored.ReadBytes]!
    this.progress[0] = Math.min(1, read / this.#totalBytes)
  }
}
