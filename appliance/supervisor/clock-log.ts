import { appendFileSync } from 'node:fs'
import { join } from 'node:path'

/** One reading of both clocks, as close together as a process can. */
export interface ClockReading {
  readonly monotonicNs: number
  readonly unixSeconds: number
  /** Beyond `unixSeconds`. */
  readonly unixNanoseconds: number
}

export const CLOCK_LOG_NAME = 'clock.csv'
const COLUMNS = 'monotonicNs,unixSeconds,unixNanoseconds,offsetChangeNs\n'

/**
 * The log of how the host's wall clock went against its monotonic clock, beside the journal: one line now and then. A step of the
 * wall clock, or the slew of its discipline, can be read off afterwards when journals of several hosts are laid side by side.
 */
export class ClockLog {
  readonly #path: string
  readonly #intervalMs: number
  readonly #read: () => ClockReading
  readonly #append: (path: string, text: string) => void
  #nextMs = Number.NEGATIVE_INFINITY
  #first: ClockReading | undefined

  constructor(folder: string, intervalMs: number, read: () => ClockReading, append = appendToFile) {
    this.#path = join(folder, CLOCK_LOG_NAME)
    this.#intervalMs = intervalMs
    this.#read = read
    this.#append = append
  }

  /** Writes a line when it is due. A log that cannot be written is no reason to stop: what matters is in the journal. */
  look(nowMs: number): void {
    if (nowMs < this.#nextMs) return
    this.#nextMs = nowMs + this.#intervalMs
    const now = this.#read()
    const isFirst = this.#first === undefined
    this.#first ??= now
    const wallNs = (now.unixSeconds - this.#first.unixSeconds) * 1e9 + now.unixNanoseconds - this.#first.unixNanoseconds
    const changeNs = Math.round(wallNs - (now.monotonicNs - this.#first.monotonicNs))
    const line = `${Math.round(now.monotonicNs)},${now.unixSeconds},${now.unixNanoseconds},${changeNs}\n`
    this.#append(this.#path, isFirst ? COLUMNS + line : line)
  }
}

function appendToFile(path: string, text: string): void {
  try {
    appendFileSync(path, text)
  } catch {
    return // the disk guard and the journal itself tell of a disk that takes nothing
  }
}
