import fs from 'node:fs'
import { join } from 'node:path'
import { reserveFile } from '../../kernels/host/file.ts'

/** A segment made ahead, beside the segments: whole, durable, all zeros. */
export const SPARE_NAME = 'spare.next'
const UNFINISHED_NAME = 'spare.tmp'
const CHUNK_BYTES = 512 * 1024

/**
 * Takes the spare for a new segment: a rename, where making one would wait for the disk.
 * @returns whether there was one of the right size
 */
export function adoptSpare(folder: string, path: string, sizeBytes: number): boolean {
  const spare = join(folder, SPARE_NAME)
  try {
    if (fs.statSync(spare).size !== sizeBytes || fs.existsSync(path)) return false
    fs.renameSync(spare, path)
    return true
  } catch {
    return false // there is none: the segment is made the slow way
  }
}

/** Removes what was made ahead and is not needed any more. */
export function removeSpare(folder: string): void {
  for (const name of [SPARE_NAME, UNFINISHED_NAME]) fs.rmSync(join(folder, name), { force: true })
}

/**
 * Makes a segment ahead, a piece at a time. Its blocks are reserved and then written with zeros: to blocks that were only reserved,
 * the file system has to note at each fdatasync which ones are in use by now, which doubles the time of a small one.
 */
export class SpareMaker {
  readonly #folder: string
  readonly #sizeBytes: number
  readonly #zeros = new Uint8Array(CHUNK_BYTES)
  #fd = -1
  #doneBytes = 0
  #hasFailed = false

  constructor(folder: string, sizeBytes: number) {
    this.#folder = folder
    this.#sizeBytes = sizeBytes
  }

  /**
   * Does a piece of the work.
   * @param isHurried leaves it at reserved blocks: the segment is needed before it could be filled, and filling would take the
   *   disk from those who write fast
   * @returns whether there was something to do
   */
  step(isHurried = false): boolean {
    if (this.#hasFailed) return false
    try {
      if (this.#fd < 0) return this.#begin()
      return isHurried ? this.#finish() : this.#fill()
    } catch {
      // A disk that is full tells the writer, when that needs a segment; here it only ends the making ahead.
      this.#hasFailed = true
      this.close()
      return false
    }
  }

  /** Gives up what is unfinished. */
  close(): void {
    if (this.#fd >= 0) fs.closeSync(this.#fd)
    this.#fd = -1
    fs.rmSync(join(this.#folder, UNFINISHED_NAME), { force: true })
  }

  #begin(): boolean {
    if (fs.existsSync(join(this.#folder, SPARE_NAME))) return false
    this.#fd = fs.openSync(join(this.#folder, UNFINISHED_NAME), 'w', 0o644)
    this.#doneBytes = 0
    reserveFile(this.#fd, 0, this.#sizeBytes, `spare journal segment, descriptor ${this.#fd}`)
    return true
  }

  #fill(): boolean {
    const length = Math.min(CHUNK_BYTES, this.#sizeBytes - this.#doneBytes)
    this.#doneBytes += fs.writeSync(this.#fd, this.#zeros, 0, length, this.#doneBytes)
    fs.fdatasyncSync(this.#fd)
    return this.#doneBytes < this.#sizeBytes || this.#finish()
  }

  #finish(): boolean {
    fs.fsyncSync(this.#fd)
    fs.closeSync(this.#fd)
    this.#fd = -1
    fs.renameSync(join(this.#folder, UNFINISHED_NAME), join(this.#folder, SPARE_NAME))
    return true
  }
}
