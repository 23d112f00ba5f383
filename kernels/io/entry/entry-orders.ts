import type { ArchivedArray, StateArchive } from '../../records/state-archive.ts'
import { EntryEvent, EntryState, NextState, nextState } from './order-states.ts'
import { SlotIndex } from './slot-index.ts'

/** No order. */
export const NO_SLOT = -1
const BY_SEQUENCE = 0

/**
 * The orders of a gateway, each by the outbound sequence of its request and by its strategy and id: state machine and
 * quantities. A replacement is an order of its own.
 *
 * What is done stays known until its slot is needed, oldest first, so that a late answer finds its order. Bound: `capacity`
 * orders that are not done; policy: `enter` answers −1 and the gateway refuses the order.
 */
export class EntryOrders {
  readonly capacity: number
  /** Orders that are not done. */
  openCount = 0
  readonly state: Uint8Array
  /** 1 once the venue has accepted it. */
  readonly isAccepted: Uint8Array
  readonly strategy: Int32Array
  readonly orderId: Int32Array
  readonly instrument: Int32Array
  readonly side: Uint8Array
  /** Outbound sequence of the request; its token. */
  readonly sequence: Float64Array
  readonly price: Float64Array
  /** Open quantity; before the venue has answered, what was asked for. */
  readonly leaves: Float64Array
  readonly filled: Float64Array
  /** What the orders that it replaces had filled: the venue counts a replacement's shares with them. */
  readonly filledBefore: Float64Array
  /** Outbound sequence of the cancel on its way. */
  readonly cancelSequence: Float64Array
  /** Why all of several orders are cancelled at once: a `CancelReason`, 0 for a cancel of this order alone. */
  readonly cancelReason: Uint8Array
  /** 1 while a cancel is to be sent as soon as there is room. */
  readonly wantsCancel: Uint8Array
  /** The order that it is to replace, and the one that is to replace it, while the venue has not answered; −1 for none. */
  readonly replaces: Int32Array
  readonly replacedBy: Int32Array
  /** Terms to be repeated by a replacement: what the request's flags said. */
  readonly flags: Uint16Array
  /** Transitions that cannot be, by state × `EntryEvent.Count` + event. */
  readonly illegal = new Float64Array(EntryState.Count * EntryEvent.Count)
  readonly #bySequence: SlotIndex
  readonly #byId: SlotIndex
  readonly #doneNext: Int32Array
  #doneFirst = NO_SLOT
  #doneLast = NO_SLOT
  #fresh = 0

  constructor(capacity: number) {
    this.capacity = capacity
    this.state = new Uint8Array(capacity)
    this.isAccepted = new Uint8Array(capacity)
    this.strategy = new Int32Array(capacity)
    this.orderId = new Int32Array(capacity)
    this.instrument = new Int32Array(capacity)
    this.side = new Uint8Array(capacity)
    this.sequence = new Float64Array(capacity)
    this.price = new Float64Array(capacity)
    this.leaves = new Float64Array(capacity)
    this.filled = new Float64Array(capacity)
    this.filledBefore = new Float64Array(capacity)
    this.cancelSequence = new Float64Array(capacity)
    this.cancelReason = new Uint8Array(capacity)
    this.wantsCancel = new Uint8Array(capacity)
    this.replaces = new Int32Array(capacity)
    this.replacedBy = new Int32Array(capacity)
    this.flags = new Uint16Array(capacity)
    this.#bySequence = new SlotIndex(capacity)
    this.#byId = new SlotIndex(capacity)
    this.#doneNext = new Int32Array(capacity)
  }

  /** Saves or restores all orders, slot by slot; orders that are restored are fresh. */
  archive(archive: StateArchive): void {
    this.#fresh = archive.number(this.#fresh)
    this.openCount = archive.number(this.openCount)
    this.#doneFirst = archive.number(this.#doneFirst)
    this.#doneLast = archive.number(this.#doneLast)
    for (const column of this.#columns()) archive.array(column, 0, this.#fresh)
    archive.array(this.illegal)
    if (archive.isSaving) return
    for (let slot = 0; slot < this.#fresh; slot++) {
      this.#bySequence.enter(slot, BY_SEQUENCE, (this.sequence[slot]! % 4294967296) | 0)
      this.#byId.enter(slot, this.strategy[slot]!, this.orderId[slot]!)
    }
  }

  #columns(): readonly ArchivedArray[] {
    return [
      ...[this.state, this.isAccepted, this.strategy, this.orderId, this.instrument, this.side, this.sequence],
      ...[this.price, this.leaves, this.filled, this.filledBefore, this.cancelSequence, this.cancelReason],
      ...[this.wantsCancel, this.replaces, this.replacedBy, this.flags, this.#doneNext],
    ]
  }

  /** One more than the highest slot ever used: where a walk over all orders ends. */
  get slotsUsed(): number {
    return this.#fresh
  }

  /** @returns the slot of a request's order, or −1. @param sequenceSlot of `numbers`: the outbound sequence */
  findSequence(numbers: Float64Array, sequenceSlot: number): number {
    const sequence = numbers[sequenceSlot]!
    const slot = this.#bySequence.find(BY_SEQUENCE, (sequence % 4294967296) | 0)
    return slot >= 0 && this.sequence[slot] === sequence ? slot : NO_SLOT
  }

  /** @returns the slot of a strategy's order, or −1 */
  findId(strategy: number, orderId: number): number {
    return this.#byId.find(strategy, orderId)
  }

  /** Enters an order as pending; sequence and id must be unknown. @returns its slot, or −1 when all are open */
  enter(strategy: number, orderId: number, numbers: Float64Array, sequenceSlot: number): number {
    const slot = this.#takeSlot()
    if (slot < 0) return NO_SLOT
    this.openCount++
    this.strategy[slot] = strategy
    this.orderId[slot] = orderId
    this.sequence[slot] = numbers[sequenceSlot]!
    this.isAccepted[slot] = 0
    this.filled[slot] = 0
    this.filledBefore[slot] = 0
    this.cancelSequence[slot] = 0
    this.cancelReason[slot] = 0
    this.wantsCancel[slot] = 0
    this.replaces[slot] = NO_SLOT
    this.replacedBy[slot] = NO_SLOT
    this.#bySequence.enter(slot, BY_SEQUENCE, (numbers[sequenceSlot]! % 4294967296) | 0)
    this.#byId.enter(slot, strategy, orderId)
    this.apply(slot, EntryEvent.Enter)
    return slot
  }

  /** Has `slot` be about to replace `old`. */
  link(slot: number, old: number): void {
    this.replaces[slot] = old
    this.replacedBy[old] = slot
  }

  /** The replacement in a slot is made, or will never be. */
  unlink(slot: number): void {
    const old = this.replaces[slot]!
    if (old === NO_SLOT) return
    this.replaces[slot] = NO_SLOT
    this.replacedBy[old] = NO_SLOT
  }

  /** Moves an order on. @returns false, and counts it, when there is no such transition: its state then stays */
  apply(slot: number, event: EntryEvent): boolean {
    const state: EntryState = this.state[slot]!
    const next =
      event === EntryEvent.Accept && this.isAccepted[slot] === 1 ? NextState.Illegal : nextState(state, event)
    if (next === NextState.Illegal) {
      this.illegal[state * EntryEvent.Count + event]!++
      return false
    }
    if (event === EntryEvent.Accept) this.isAccepted[slot] = 1
    this.state[slot] = next === NextState.Standing ? this.#standing(slot) : next
    if (next === EntryState.Done && state !== EntryState.Done) this.#end(slot)
    return true
  }

  #standing(slot: number): EntryState {
    if (this.isAccepted[slot] === 0) return EntryState.PendingNew
    return this.filled[slot]! > 0 ? EntryState.PartiallyFilled : EntryState.Live
  }

  #end(slot: number): void {
    this.openCount--
    this.#doneNext[slot] = NO_SLOT
    if (this.#doneFirst === NO_SLOT) this.#doneFirst = slot
    else this.#doneNext[this.#doneLast] = slot
    this.#doneLast = slot
  }

  #takeSlot(): number {
    if (this.#fresh < this.capacity) return this.#fresh++
    const slot = this.#doneFirst
    if (slot === NO_SLOT) return NO_SLOT
    this.#doneFirst = this.#doneNext[slot]!
    this.#bySequence.leave(slot)
    this.#byId.leave(slot)
    this.state[slot] = EntryState.Free
    return slot
  }
}
