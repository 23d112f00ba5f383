import { PositionSlot } from './memory.ts'
import { ORDER_TRANSITION_EVENTS, ORDER_TRANSITIONS, type OrderTransition } from './order-transitions.ts'
import { OrderState } from './vocabulary.ts'

/** Header words of the table. */
enum TableWord {
  FreeHead = 0,
  Count = 1,
  IllegalTransitions = 2,
  Slots = 16,
}

const EMPTY = 0

/** The table size for so many orders: the next power of two from 16 to 65,536. */
export function orderTableSize(ordersWanted: number): number {
  let size = 16
  while (size < ordersWanted && size < 65_536) size *= 2
  return size
}

/** @throws RangeError unless it is a power of two from 16 to 65,536 */
function assertOrdersMax(ordersMax: number): void {
  if ((ordersMax & (ordersMax - 1)) !== 0 || ordersMax < 16 || ordersMax > 65_536) {
    throw new RangeError(`ordersMax is a power of two from 16 to 65536, not ${ordersMax}`)
  }
}

/** Bytes of a table's memory. */
export function orderTableBytes(ordersMax: number, instrumentsMax: number): number {
  const words = TableWord.Slots + 8 * (ordersMax + 1) + 2 * ordersMax + instrumentsMax + 1
  return ((words * 4 + 7) & ~7) + 7 * (ordersMax + 1) * 8
}

/**
 * A strategy's own orders that are not done, over memory that the kernel and the plugin both view. Slots run from 1;
 * 0 stands for none. Bound: `ordersMax`; policy: `add` answers 0 and the request is not made.
 *
 * Orders are found by id through an open-addressed hash table (linear probing, deletion by shifting back), and by
 * instrument through doubly linked lists, newest first.
 */
export class OrderTable {
  readonly id: Uint32Array
  readonly instrument: Int32Array
  readonly side: Int32Array
  readonly state: Int32Array
  /** Slot of the order that this one is to replace, or the slot that is to replace this one. */
  readonly replaces: Int32Array
  readonly replacedBy: Int32Array
  readonly nextSlot: Int32Array
  readonly previousSlot: Int32Array
  readonly firstSlot: Int32Array
  readonly price: Float64Array
  readonly quantity: Float64Array
  readonly leaves: Float64Array
  readonly filled: Float64Array
  readonly ahead: Float64Array
  readonly sentTime: Float64Array
  readonly acceptedTime: Float64Array
  readonly #words: Int32Array
  readonly #hash: Int32Array
  readonly #hashMask: number
  readonly #hashShift: number
  readonly #positions: Float64Array

  /** @param positions the strategy's positions, whose open quantities follow the table */
  constructor(buffer: ArrayBufferLike, ordersMax: number, instrumentsMax: number, positions: Float64Array) {
    assertOrdersMax(ordersMax)
    const slots = ordersMax + 1
    let at = 0
    const words = (count: number) => {
      const view = new Int32Array(buffer, at, count)
      at += count * 4
      return view
    }
    this.#words = words(TableWord.Slots)
    this.id = new Uint32Array(buffer, at, slots)
    at += slots * 4
    this.instrument = words(slots)
    this.side = words(slots)
    this.state = words(slots)
    this.replaces = words(slots)
    this.replacedBy = words(slots)
    this.nextSlot = words(slots)
    this.previousSlot = words(slots)
    this.#hash = words(2 * ordersMax)
    this.firstSlot = words(instrumentsMax + 1)
    at = (at + 7) & ~7
    const doubles = () => {
      const view = new Float64Array(buffer, at, slots)
      at += slots * 8
      return view
    }
    this.price = doubles()
    this.quantity = doubles()
    this.leaves = doubles()
    this.filled = doubles()
    this.ahead = doubles()
    this.sentTime = doubles()
    this.acceptedTime = doubles()
    this.#hashMask = 2 * ordersMax - 1
    this.#hashShift = Math.clz32(2 * ordersMax - 1)
    this.#positions = positions
  }

  /** Threads the free list through fresh memory; the kernel does it once. */
  format(): void {
    const slots = this.id.length
    for (let slot = 1; slot < slots; slot++) this.nextSlot[slot] = slot + 1 < slots ? slot + 1 : EMPTY
    this.#words[TableWord.FreeHead] = 1
  }

  get count(): number {
    return this.#words[TableWord.Count]!
  }

  get illegalTransitions(): number {
    return this.#words[TableWord.IllegalTransitions]!
  }

  hasRoom(): boolean {
    return this.#words[TableWord.FreeHead] !== EMPTY
  }

  /** Enters a new order in state PendingNew; the caller has checked `hasRoom` and fills in price, times and `open`. */
  add(id: number, instrument: number, side: number): number {
    const slot = this.#words[TableWord.FreeHead]!
    if (slot === EMPTY) return EMPTY
    this.#words[TableWord.FreeHead] = this.nextSlot[slot]!
    this.#words[TableWord.Count]!++
    this.id[slot] = id
    this.instrument[slot] = instrument
    this.side[slot] = side
    this.state[slot] = OrderState.PendingNew
    this.replaces[slot] = EMPTY
    this.replacedBy[slot] = EMPTY
    this.leaves[slot] = 0
    this.filled[slot] = 0
    this.ahead[slot] = 0
    this.acceptedTime[slot] = 0
    this.#link(slot, instrument)
    let probe = this.#home(id)
    while (this.#hash[probe] !== EMPTY) probe = (probe + 1) & this.#hashMask
    this.#hash[probe] = slot
    return slot
  }

  /** @returns the slot of an order, or 0 */
  find(id: number): number {
    let probe = this.#home(id)
    for (;;) {
      const slot = this.#hash[probe]!
      if (slot === EMPTY || this.id[slot] === id) return slot
      probe = (probe + 1) & this.#hashMask
    }
  }

  /** Moves an order along the state machine. @returns false, and counts, when its state does not know the event */
  apply(slot: number, event: OrderTransition): boolean {
    const next = ORDER_TRANSITIONS[this.state[slot]! * ORDER_TRANSITION_EVENTS + event]!
    if (next < 0) {
      this.#words[TableWord.IllegalTransitions]!++
      return false
    }
    this.state[slot] = next
    return true
  }

  /** Whether the state machine knows the event in the order's state. */
  allows(slot: number, event: OrderTransition): boolean {
    return ORDER_TRANSITIONS[this.state[slot]! * ORDER_TRANSITION_EVENTS + event]! >= 0
  }

  /** Sets the open quantity to `quantity[slot]` for a new order. */
  open(slot: number): void {
    this.leaves[slot] = this.quantity[slot]!
    this.#positions[this.#openSlot(slot)]! += this.quantity[slot]!
  }

  /** Sets quantity and open quantity to `source[index]`: what a venue made of a new or replaced order. */
  resize(slot: number, source: Float64Array, index: number): void {
    this.#positions[this.#openSlot(slot)]! += source[index]! - this.leaves[slot]!
    this.quantity[slot] = source[index]!
    this.leaves[slot] = source[index]!
  }

  /** Books a fill of `source[index]`: the open quantity falls, never below zero. */
  take(slot: number, source: Float64Array, index: number): void {
    const leaves = this.leaves[slot]!
    this.filled[slot]! += source[index]!
    const taken = Math.min(source[index]!, leaves)
    this.leaves[slot] = leaves - taken
    this.#positions[this.#openSlot(slot)]! -= taken
  }

  /** Frees a slot; what was still open is open no more. */
  remove(slot: number): void {
    this.#positions[this.#openSlot(slot)]! -= this.leaves[slot]!
    const replaced = this.replaces[slot]!
    if (replaced !== EMPTY) this.replacedBy[replaced] = EMPTY
    const successor = this.replacedBy[slot]!
    if (successor !== EMPTY) this.replaces[successor] = EMPTY
    this.#unhash(this.id[slot]!)
    this.#unlink(slot)
    this.state[slot] = OrderState.Free
    this.nextSlot[slot] = this.#words[TableWord.FreeHead]!
    this.#words[TableWord.FreeHead] = slot
    this.#words[TableWord.Count]!--
  }

  #openSlot(slot: number): number {
    return this.instrument[slot]! * PositionSlot.Slots + PositionSlot.OpenBuyQuantity + this.side[slot]!
  }

  #home(id: number): number {
    return Math.imul(id, 0x9e3779b1) >>> this.#hashShift
  }

  #link(slot: number, instrument: number): void {
    const first = this.firstSlot[instrument]!
    this.nextSlot[slot] = first
    this.previousSlot[slot] = EMPTY
    if (first !== EMPTY) this.previousSlot[first] = slot
    this.firstSlot[instrument] = slot
  }

  #unlink(slot: number): void {
    const next = this.nextSlot[slot]!
    const previous = this.previousSlot[slot]!
    if (next !== EMPTY) this.previousSlot[next] = previous
    if (previous !== EMPTY) this.nextSlot[previous] = next
    else this.firstSlot[this.instrument[slot]!] = next
  }

  #unhash(id: number): void {
    const mask = this.#hashMask
    let hole = this.#home(id)
    while (this.id[this.#hash[hole]!] !== id) hole = (hole + 1) & mask
    let probe = hole
    for (;;) {
      probe = (probe + 1) & mask
      const slot = this.#hash[probe]!
      if (slot === EMPTY) break
      const home = this.#home(this.id[slot]!)
      if (((probe - home) & mask) >= ((probe - hole) & mask)) {
        this.#hash[hole] = slot
        hole = probe
      }
    }
    this.#hash[hole] = EMPTY
  }
}
