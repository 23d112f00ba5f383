import type { ArchivedArray, StateArchive } from '../../records/state-archive.ts'
import { SlotIndex } from '../entry/slot-index.ts'

/** No execution. */
export const NO_EXECUTION = -1

/** Bits of `Executions.seen`: who has told of an execution. */
export enum Seen {
  /** Order entry. */
  Told = 1,
  /** The drop copy. */
  Copied = 2,
  Both = 3,
}

/** Where an execution stands in the table: one of its lists. */
enum List {
  /** Known by one alone. */
  Told = 0,
  Copied = 1,
  /** Nothing more is awaited; the oldest is forgotten for a new one. */
  Settled = 2,
  Count = 3,
}

/**
 * Executions by match number and order, each with what order entry and what the drop copy say of it. Both sides of a match may
 * be ours: then there are two.
 *
 * Bound: `capacity` executions that are known by one alone; policy: `enter` answers −1 and the check says so.
 */
export class Executions {
  readonly seen: Uint8Array
  readonly matchLow: Int32Array
  readonly matchHigh: Int32Array
  /** Outbound sequence of the order's request. */
  readonly sequence: Float64Array
  readonly strategy: Int32Array
  readonly orderId: Int32Array
  readonly instrument: Int32Array
  /** A `SideMark`. */
  readonly side: Uint8Array
  readonly ownQuantity: Float64Array
  readonly copyQuantity: Float64Array
  /** Prices as on the wire. */
  readonly ownPrice: Float64Array
  readonly copyPrice: Float64Array
  /** By how much more it has moved the gate's position than the drop copy's, as far as that is known. */
  readonly explained: Float64Array
  /** When the first word of it came. */
  readonly sinceNs: Float64Array
  readonly #index: SlotIndex
  readonly #next: Int32Array
  readonly #before: Int32Array
  readonly #first = new Int32Array(List.Count).fill(NO_EXECUTION)
  readonly #last = new Int32Array(List.Count).fill(NO_EXECUTION)
  readonly #listOf: Uint8Array
  readonly #capacity: number
  #fresh = 0

  constructor(capacity: number) {
    this.#capacity = capacity
    this.seen = new Uint8Array(capacity)
    this.matchLow = new Int32Array(capacity)
    this.matchHigh = new Int32Array(capacity)
    this.sequence = new Float64Array(capacity)
    this.strategy = new Int32Array(capacity)
    this.orderId = new Int32Array(capacity)
    this.instrument = new Int32Array(capacity)
    this.side = new Uint8Array(capacity)
    this.ownQuantity = new Float64Array(capacity)
    this.copyQuantity = new Float64Array(capacity)
    this.ownPrice = new Float64Array(capacity)
    this.copyPrice = new Float64Array(capacity)
    this.explained = new Float64Array(capacity)
    this.sinceNs = new Float64Array(capacity)
    this.#index = new SlotIndex(capacity)
    this.#next = new Int32Array(capacity)
    this.#before = new Int32Array(capacity)
    this.#listOf = new Uint8Array(capacity)
  }

  /** Saves or restores the table; one that is restored is fresh. */
  archive(archive: StateArchive): void {
    this.#fresh = archive.number(this.#fresh)
    archive.array(this.#first)
    archive.array(this.#last)
    for (const column of this.#columns()) archive.array(column, 0, this.#fresh)
    this.#archiveIndex(archive)
  }

  /** Not every execution is found any more: which ones are is part of the state. */
  #archiveIndex(archive: StateArchive): void {
    const isFound = new Uint8Array(this.#fresh)
    if (archive.isSaving) for (let i = 0; i < this.#fresh; i++) isFound[i] = this.#isFound(i) ? 1 : 0
    archive.array(isFound)
    if (archive.isSaving) return
    for (let i = 0; i < this.#fresh; i++) {
      if (isFound[i] === 1) this.#index.enter(i, this.matchLow[i]!, (this.sequence[i]! % 4294967296) | 0)
    }
  }

  #isFound(entry: number): boolean {
    return this.#index.find(this.matchLow[entry]!, (this.sequence[entry]! % 4294967296) | 0) === entry
  }

  #columns(): readonly ArchivedArray[] {
    return [
      ...[this.seen, this.matchLow, this.matchHigh, this.sequence, this.strategy, this.orderId, this.instrument],
      ...[this.side, this.ownQuantity, this.copyQuantity, this.ownPrice, this.copyPrice, this.explained],
      ...[this.sinceNs, this.#next, this.#before, this.#listOf],
    ]
  }

  /** The execution told longest ago that was not copied, or −1. */
  get firstTold(): number {
    return this.#first[List.Told]!
  }

  /** The execution copied longest ago that was not told, or −1. */
  get firstCopied(): number {
    return this.#first[List.Copied]!
  }

  /** Whether nothing waits for its other half. */
  get isSettled(): boolean {
    return this.firstTold === NO_EXECUTION && this.firstCopied === NO_EXECUTION
  }

  /** @returns the execution with that match number of the order whose outbound sequence stands in a slot, or −1 */
  find(matchLow: number, matchHigh: number, numbers: Float64Array, slot: number): number {
    const sequence = numbers[slot]!
    const found = this.#index.find(matchLow | 0, (sequence % 4294967296) | 0)
    if (found < 0) return NO_EXECUTION
    return this.matchHigh[found] === (matchHigh | 0) && this.sequence[found] === sequence ? found : NO_EXECUTION
  }

  /** Enters an execution that `find` does not know, as known by one. @returns its slot, or −1 when there is no room */
  enter(matchLow: number, matchHigh: number, numbers: Float64Array, slot: number, seen: Seen): number {
    const entry = this.#takeSlot()
    if (entry === NO_EXECUTION) return NO_EXECUTION
    this.seen[entry] = seen
    this.explained[entry] = 0
    this.matchLow[entry] = matchLow | 0
    this.matchHigh[entry] = matchHigh | 0
    this.sequence[entry] = numbers[slot]!
    this.ownQuantity[entry] = 0
    this.copyQuantity[entry] = 0
    this.ownPrice[entry] = 0
    this.copyPrice[entry] = 0
    const second = (numbers[slot]! % 4294967296) | 0
    // A match number of 2^32 others ago, of the same order: that one is forgotten.
    const old = this.#index.find(matchLow | 0, second)
    if (old >= 0) this.#index.leave(old)
    this.#index.enter(entry, matchLow | 0, second)
    this.#append(entry, seen === Seen.Told ? List.Told : List.Copied)
    return entry
  }

  /** Nothing more is awaited of an execution. */
  settle(entry: number): void {
    if (this.#listOf[entry] === List.Settled) return
    this.#remove(entry)
    this.#append(entry, List.Settled)
  }

  #takeSlot(): number {
    if (this.#fresh < this.#capacity) return this.#fresh++
    const entry = this.#first[List.Settled]!
    if (entry === NO_EXECUTION) return NO_EXECUTION
    this.#remove(entry)
    if (this.#isFound(entry)) this.#index.leave(entry)
    return entry
  }

  #append(entry: number, list: List): void {
    const last = this.#last[list]!
    this.#listOf[entry] = list
    this.#before[entry] = last
    this.#next[entry] = NO_EXECUTION
    if (last === NO_EXECUTION) this.#first[list] = entry
    else this.#next[last] = entry
    this.#last[list] = entry
  }

  #remove(entry: number): void {
    const list = this.#listOf[entry]!
    const before = this.#before[entry]!
    const next = this.#next[entry]!
    if (before === NO_EXECUTION) this.#first[list] = next
    else this.#next[before] = next
    if (next === NO_EXECUTION) this.#last[list] = before
    else this.#before[next] = before
  }
}
