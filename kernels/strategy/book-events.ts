import { BookChange } from '../../feeds/book/book-counts.ts'
import type { StateArchive } from '../records/state-archive.ts'

/**
 * The books that an exchange event has changed while more of its records are to come (FLAG_MORE), so that strategies are
 * told of them only when all of the event is in. Events of several lines may be open at once; a record that ends one ends
 * that of its line, and that of the line on which its instrument changed (lines A and B of a feed take turns).
 *
 * Bound: each instrument waits once; policy: none is needed.
 */
export class BookEvents {
  /** Instruments whose event is not over. */
  openCount = 0
  /** Instruments to tell of, in the order in which they changed, and the next of them. */
  readyCount = 0
  #nextReady = 0
  readonly #open: Int32Array
  readonly #ready: Int32Array
  /** By instrument: bits of `BookChange`, 0 while it does not wait; and the line on which it changed last. */
  readonly #change: Uint8Array
  readonly #line: Uint16Array

  constructor(instrumentsMax: number) {
    this.#open = new Int32Array(instrumentsMax + 1)
    this.#ready = new Int32Array(instrumentsMax + 1)
    this.#change = new Uint8Array(instrumentsMax + 1)
    this.#line = new Uint16Array(instrumentsMax + 1)
  }

  archive(archive: StateArchive): void {
    this.openCount = archive.number(this.openCount)
    this.readyCount = archive.number(this.readyCount)
    this.#nextReady = archive.number(this.#nextReady)
    archive.array(this.#open)
    archive.array(this.#ready)
    archive.array(this.#change)
    archive.array(this.#line)
  }

  /** An instrument's book changed within an event. */
  note(instrument: number, line: number, change: number): void {
    if (change === BookChange.None) return
    if (this.#change[instrument] === 0) {
      this.#open[this.openCount] = instrument
      this.openCount = (this.openCount + 1) | 0
    }
    this.#change[instrument]! |= change
    this.#line[instrument] = line
  }

  /** An event is over with a record of this line about this instrument: its instruments become ready. */
  complete(instrument: number, line: number): void {
    const isOpen = instrument < this.#change.length && this.#change[instrument] !== 0
    const otherLine = isOpen ? this.#line[instrument]! : line
    let kept = 0
    for (let i = 0; i < this.openCount; i++) {
      const each = this.#open[i]!
      const itsLine = this.#line[each]!
      if (itsLine === line || itsLine === otherLine) {
        this.#ready[this.readyCount] = each
        this.readyCount = (this.readyCount + 1) | 0
      } else this.#open[kept++] = each
    }
    this.openCount = kept
  }

  hasReady(): boolean {
    return this.#nextReady < this.readyCount
  }

  /** The next instrument to tell of; `changeOf` says what changed until `passReady`. */
  peekReady(): number {
    return this.#ready[this.#nextReady]!
  }

  changeOf(instrument: number): number {
    return this.#change[instrument]!
  }

  passReady(): void {
    this.#change[this.#ready[this.#nextReady]!] = 0
    this.#nextReady = (this.#nextReady + 1) | 0
    if (this.#nextReady < this.readyCount) return
    this.#nextReady = 0
    this.readyCount = 0
  }
}
