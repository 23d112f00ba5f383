import { setTimeout as sleep } from 'node:timers/promises'
import type { BookSnapshot } from '../../feeds/book-view/book-snapshot.ts'
import { type BookTape, TapeStop } from '../../feeds/book-view/book-tape.ts'

/** How often the picture is redrawn at most, and how long the replay sleeps between looks at the clock. */
const FRAME_MS = 40
const NS_PER_MS = 1e6

export interface WatchOptions {
  /** Recorded time that passes in a unit of real time; Infinity does not wait. */
  readonly speed: number
  readonly levelsMax: number
  readonly signal: AbortSignal
  /** Monotonic clock in ms. */
  readonly nowMs: () => number
  /** Shows the book; the replay waits for whoever looks at it. */
  readonly onBook: (book: BookSnapshot) => Promise<void>
}

/** Recorded time against real time, from the first record watched on. */
class Pace {
  readonly #speed: number
  readonly #nowMs: () => number
  readonly #startNs: number
  readonly #startMs: number

  constructor(startNs: number, { speed, nowMs }: WatchOptions) {
    this.#startNs = startNs
    this.#speed = speed
    this.#nowMs = nowMs
    this.#startMs = nowMs()
  }

  /** The recorded time that has come. */
  reachedNs(): number {
    if (this.#speed === Number.POSITIVE_INFINITY) return this.#speed
    return this.#startNs + (this.#nowMs() - this.#startMs) * NS_PER_MS * this.#speed
  }
}

/**
 * Moves a tape on to its end or to a moment, and lets signals and timers have their turn meanwhile.
 * @returns End, or Reached
 */
export async function runTape(tape: BookTape, signal: AbortSignal, onBatch?: () => void): Promise<TapeStop> {
  for (;;) {
    signal.throwIfAborted()
    const stop = tape.advance()
    if (stop === TapeStop.End || stop === TapeStop.Reached) return stop
    onBatch?.()
    await rest(stop)
  }
}

/** Shows the book again and again as it was, at a pace, until the source ends. */
export async function watchPictures(tape: BookTape, options: WatchOptions): Promise<void> {
  const { signal, levelsMax, onBook, nowMs } = options
  if (!(await findFirstBook(tape, signal))) return
  await onBook(tape.snapshot(levelsMax))
  const pace = new Pace(tape.timeNs, options)
  let drawnMs = nowMs()
  for (;;) {
    signal.throwIfAborted()
    tape.until[0] = pace.reachedNs()
    const stop = tape.advance()
    if (nowMs() - drawnMs >= FRAME_MS || stop === TapeStop.End) {
      await onBook(tape.snapshot(levelsMax))
      drawnMs = nowMs()
    }
    if (stop === TapeStop.End) return
    if (stop === TapeStop.Reached) await sleep(FRAME_MS, undefined, { signal })
    else await rest(stop)
  }
}

/** Tells the book at every change of its best bid or offer, one after the other, at a pace. */
export async function watchTops(tape: BookTape, options: WatchOptions): Promise<void> {
  const { signal, levelsMax, onBook } = options
  if (!(await findFirstBook(tape, signal))) return
  await onBook(tape.snapshot(levelsMax))
  const pace = new Pace(tape.timeNs, options)
  for (;;) {
    signal.throwIfAborted()
    tape.until[0] = pace.reachedNs()
    const stop = tape.advance(true)
    if (stop === TapeStop.End) return
    if (stop === TapeStop.Top) await onBook(tape.snapshot(levelsMax))
    else if (stop === TapeStop.Reached) await sleep(FRAME_MS, undefined, { signal })
    else await rest(stop)
  }
}

/** Goes on to where the book has something to show. @returns false when it never has */
async function findFirstBook(tape: BookTape, signal: AbortSignal): Promise<boolean> {
  tape.until[0] = Number.POSITIVE_INFINITY
  if (tape.hasBook) return true
  for (;;) {
    signal.throwIfAborted()
    const stop = tape.advance(true)
    if (stop === TapeStop.End) return false
    if (stop === TapeStop.Top) return true
    await rest(stop)
  }
}

/** A timer only when there is nothing to read. */
async function rest(stop: TapeStop): Promise<void> {
  if (stop === TapeStop.NotYet) await sleep(2)
  else await new Promise((resolve) => setImmediate(resolve))
}
