import type { StateArchive } from '../../records/state-archive.ts'
import { SlotIndex } from './slot-index.ts'

/**
 * Executions that the venue has told, by order and match number. A match is of one buy and one sell (OUCH 4.2 and 5.0, Executed
 * Order): no order has two executions of one number, though two orders of ours may share it as the two sides.
 *
 * Bound: `capacity` executions; policy: the oldest is forgotten, and counts as new if it is told again.
 */
export class KnownExecutions {
  readonly #capacity: number
  /** By slot, filled in a circle. */
  readonly #matchLow: Int32Array
  readonly #matchHigh: Int32Array
  readonly #sequence: Float64Array
  readonly #isEntered: Uint8Array
  readonly #index: SlotIndex
  #next = 0

  constructor(capacity: number) {
    this.#capacity = capacity
    this.#matchLow = new Int32Array(capacity)
    this.#matchHigh = new Int32Array(capacity)
    this.#sequence = new Float64Array(capacity)
    this.#isEntered = new Uint8Array(capacity)
    this.#index = new SlotIndex(capacity)
  }

  /** Saves or restores what is known; what restores is fresh. */
  archive(archive: StateArchive): void {
    this.#next = archive.number(this.#next)
    for (const column of [this.#matchLow, this.#matchHigh, this.#sequence, this.#isEntered]) archive.array(column)
    if (archive.isSaving) return
    for (let slot = 0; slot < this.#capacity; slot++) {
      if (this.#isEntered[slot] === 1) this.#index.enter(slot, this.#matchLow[slot]!, this.#sequence[slot]! | 0)
    }
  }

  /** Notes an execution of the order with the outbound sequence `sequences[order]`. @returns false when it was known already */
  note(matchLow: number, matchHigh: number, sequences: Float64Array, order: number): boolean {
    const sequence = sequences[order]!
    const found = this.#index.find(matchLow | 0, sequence | 0)
    if (found >= 0) {
      if (this.#matchHigh[found] === (matchHigh | 0) && this.#sequence[found] === sequence) return false
      // One whose words look alike gives way.
      this.#forget(found)
    }
    const slot = this.#next
    this.#next = (slot + 1) % this.#capacity
    if (this.#isEntered[slot] === 1) this.#forget(slot)
    this.#matchLow[slot] = matchLow | 0
    this.#matchHigh[slot] = matchHigh | 0
    this.#sequence[slot] = sequence
    this.#isEntered[slot] = 1
    this.#index.enter(slot, matchLow | 0, sequence | 0)
    return true
  }

  #forget(slot: number): void {
    this.#index.leave(slot)
    this.#isEntered[slot] = 0
  }
}
