import type { StateArchive } from '../../../kernels/records/state-archive.ts'
import type { Timers } from '../context.ts'
import { ControlDouble, Scratch, TIMERS_MAX } from '../memory.ts'
import { StrategyError } from '../strategy-error.ts'

/**
 * One strategy's timers: a binary heap of timer ids ordered by (due time, id), with each id's place in it.
 * Bound: 1,024 timers, named 0 to 1023; policy: another name is an error.
 */
export class TimerHeap implements Timers {
  readonly #due = new Float64Array(TIMERS_MAX)
  readonly #heap = new Int32Array(TIMERS_MAX)
  /** Place in the heap, plus 1; 0 while not set. */
  readonly #place = new Int32Array(TIMERS_MAX)
  #count = 0
  private readonly scratch: Float64Array
  readonly #control: Float64Array

  constructor(scratch: Float64Array, control: Float64Array) {
    this.scratch = scratch
    this.#control = control
    this.#control[ControlDouble.NextTimerDue] = Number.POSITIVE_INFINITY
  }

  /** The control words, where the next due time lies, are archived by the kernel. */
  archive(archive: StateArchive): void {
    archive.array(this.#due)
    archive.array(this.#heap)
    archive.array(this.#place)
    this.#count = archive.number(this.#count)
  }

  setAt(dueTime: number, id: number): void {
    this.scratch[Scratch.TimerDue] = dueTime
    this.schedule(id)
  }

  setAfter(delayNs: number, id: number): void {
    this.scratch[Scratch.TimerDue] = this.scratch[Scratch.Now]! + delayNs
    this.schedule(id)
  }

  /** Takes the due time from scratch: as an argument it would be boxed. */
  private schedule(id: number): void {
    this.#assertId(id)
    const dueTime = this.scratch[Scratch.TimerDue]!
    if (!(dueTime - dueTime === 0)) throw new StrategyError('timer-time', `timer ${id} is due at ${dueTime}`)
    const earliest = this.scratch[Scratch.Now]! + 1
    this.#due[id] = Math.max(earliest, Math.ceil(dueTime))
    if (this.#place[id] === 0) {
      this.#heap[this.#count] = id
      this.#place[id] = ++this.#count
    }
    this.#settle(this.#place[id]! - 1)
    this.#announce()
  }

  cancel(id: number): void {
    this.#assertId(id)
    const place = this.#place[id]! - 1
    if (place < 0) return
    this.#place[id] = 0
    this.#count--
    if (place < this.#count) {
      const moved = this.#heap[this.#count]!
      this.#heap[place] = moved
      this.#place[moved] = place + 1
      this.#settle(place)
    }
    this.#announce()
  }

  isSet(id: number): boolean {
    this.#assertId(id)
    return this.#place[id] !== 0
  }

  /** Takes the earliest timer off and sets the logical time to its due time. @returns its id */
  pop(): number {
    const id = this.#heap[0]!
    this.scratch[Scratch.Now] = this.#due[id]!
    this.cancel(id)
    return id
  }

  #announce(): void {
    this.#control[ControlDouble.NextTimerDue] =
      this.#count === 0 ? Number.POSITIVE_INFINITY : this.#due[this.#heap[0]!]!
  }

  #isBefore(a: number, b: number): boolean {
    const dueA = this.#due[a]!
    const dueB = this.#due[b]!
    return dueA < dueB || (dueA === dueB && a < b)
  }

  /** Moves the timer at a place of the heap up or down to where it belongs. */
  #settle(start: number): void {
    let place = start
    const id = this.#heap[place]!
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (!this.#isBefore(id, this.#heap[parent]!)) break
      this.#put(place, this.#heap[parent]!)
      place = parent
    }
    for (;;) {
      let child = 2 * place + 1
      if (child >= this.#count) break
      if (child + 1 < this.#count && this.#isBefore(this.#heap[child + 1]!, this.#heap[child]!)) child++
      if (!this.#isBefore(this.#heap[child]!, id)) break
      this.#put(place, this.#heap[child]!)
      place = child
    }
    this.#put(place, id)
  }

  #put(place: number, id: number): void {
    this.#heap[place] = id
    this.#place[id] = place + 1
  }

  #assertId(id: number): void {
    if (!(id >= 0 && id < TIMERS_MAX && (id | 0) === id)) {
      throw new StrategyError('timer-id', `a timer is named by a whole number from 0 to ${TIMERS_MAX - 1}, not ${id}`)
    }
  }
}
