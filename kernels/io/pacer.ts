import type { NanoClock } from '../loop/host-clock.ts'
import type { StateArchive } from '../records/state-archive.ts'

/** Spells without market data longer than this are not waited out. */
const IDLE_SPELL_NS = 1e9

/**
 * Turns virtual time into real time: a record of time u is due when (u − first) ÷ speed has passed since the first,
 * idle spells of over a second left out. At speed 0 ("max") everything is due at once.
 */
export class Pacer {
  /** [0]: nanoseconds of idle spells left out; [1]: how many. */
  readonly skipped = new Float64Array(2)
  readonly #speed: number
  readonly #clock: NanoClock
  /** [0] real now, [1] real start, [2] virtual start, [3] last market time, [4] started. */
  readonly #slots = new Float64Array(5)
  #isHurried = false

  /** @param speed times faster than recorded; 0 for as fast as possible */
  constructor(speed: number, clock: NanoClock) {
    this.#speed = speed
    this.#clock = clock
  }

  /** Saves or restores where virtual time stands; real time begins anew with `slowDown`. */
  archive(archive: StateArchive): void {
    archive.array(this.skipped)
    archive.array(this.#slots)
  }

  /** Everything is due at once, until `slowDown`: for a kernel that catches up with an earlier life. */
  hurry(): void {
    this.#isHurried = true
  }

  /** Goes on at its speed from the last market record that it was told of. */
  slowDown(): void {
    const slots = this.#slots
    this.#isHurried = false
    slots[2] = slots[3]! - this.skipped[0]!
    this.#clock.readInto(slots, 1)
  }

  /** Tells the time of the next market record, at `times[index]`: where an idle spell begins and ends. */
  noteMarket(times: Float64Array, index: number): void {
    const slots = this.#slots
    const time = times[index]!
    if (slots[4] === 0) {
      slots[4] = 1
      slots[2] = time
      slots[3] = time
      this.#clock.readInto(slots, 1)
      return
    }
    const spell = time - slots[3]!
    slots[3] = time
    if (spell <= IDLE_SPELL_NS) return
    this.skipped[0]! += spell
    this.skipped[1]!++
  }

  /** Whether a record of time `times[index]` may be published now. */
  isDue(times: Float64Array, index: number): boolean {
    if (this.#speed === 0 || this.#isHurried) return true
    const slots = this.#slots
    if (slots[4] === 0) return true
    const wanted = (times[index]! - slots[2]! - this.skipped[0]!) / this.#speed
    this.#clock.readInto(slots, 0)
    return slots[0]! - slots[1]! >= wanted
  }
}
