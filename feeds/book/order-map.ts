import type { StateArchive } from '../../kernels/records/state-archive.ts'
import { type BookLimits, BookMemory, Cell, HomeBlock } from './book-memory.ts'
import { NO_ORDER, OrderWord } from './order-layout.ts'

/**
 * The orders of a book, found by their u64 reference.
 *
 * Every reference has a home cell. The order lies in it, or, when it came while the home was taken, in a cell of its own
 * that hangs in the home's chain; it stays where it is, and a home left empty keeps its chain. So most look-ups, and
 * the check of an add against duplicates, touch one cache line, and there are no tombstones. The hash keeps
 * neighbouring references in neighbouring homes, because venues number orders upwards: adds then stream through memory.
 * Every lap around the homes is shifted by a pseudo-random amount that depends on the lap, so that strided references
 * spread too.
 *
 * Bound: `ordersMax` orders; policy: `claimOrder` answers 0 and the book counts the refusal.
 */
export class OrderMap extends BookMemory {
  /** Highest order slot there can be. */
  readonly orderSlotMax: number
  /** Live orders, and the most there were. */
  liveOrders = 0
  liveOrdersPeak = 0
  private readonly homeBits: number
  private readonly homeMask: number
  private freeOrder = NO_ORDER
  private nextOrderSlot: number

  constructor(limits: BookLimits) {
    super(limits)
    this.homeMask = this.homes - 1
    this.homeBits = 31 - Math.clz32(this.homes)
    this.nextOrderSlot = this.moreOrdersSlot
    this.orderSlotMax = this.moreOrdersSlot + limits.ordersMax - 1
  }

  /** The home cell of a reference. */
  homeOf(referenceLow: number, referenceHigh: number): number {
    const key = referenceLow ^ Math.imul(referenceHigh, 0x85ebca6b)
    const lap = (key >>> this.homeBits) ^ (referenceHigh >>> 16)
    return (((key + Math.imul(lap, 0x9e3779b1)) | 0) & this.homeMask) + 1
  }

  /** Slot of the live order with this reference (two 32-bit words), or 0. */
  findOrder(referenceLow: number, referenceHigh: number): number {
    return this.findFrom(this.homeOf(referenceLow, referenceHigh), referenceLow, referenceHigh)
  }

  /** The same with the reference's home at hand. */
  protected findFrom(home: number, referenceLow: number, referenceHigh: number): number {
    const { words } = this
    const at = home << Cell.Shift
    if (
      words[at | OrderWord.ReferenceLow] === referenceLow &&
      words[at | OrderWord.ReferenceHigh] === referenceHigh &&
      words[at | OrderWord.Level] !== 0
    ) {
      return home
    }
    const chain = words[at | OrderWord.Chain]!
    return chain === NO_ORDER ? NO_ORDER : this.findChained(chain, referenceLow, referenceHigh)
  }

  private findChained(chain: number, referenceLow: number, referenceHigh: number): number {
    const { words } = this
    for (let slot = chain; slot !== NO_ORDER; slot = words[(slot << Cell.Shift) | OrderWord.Chain]!) {
      const at = slot << Cell.Shift
      if (
        words[at | OrderWord.ReferenceLow] === referenceLow &&
        words[at | OrderWord.ReferenceHigh] === referenceHigh
      ) {
        return slot
      }
    }
    return NO_ORDER
  }

  /**
   * Takes a cell for a reference that is not there, with its home at hand. Level, links and quantity are for the caller to
   * set, the level at once.
   * @returns the slot, or 0 when there are `ordersMax` orders
   */
  protected claimOrder(home: number, referenceLow: number, referenceHigh: number): number {
    const { words } = this
    if (this.liveOrders === this.ordersMax) return NO_ORDER
    let at = home << Cell.Shift
    let slot = home
    this.touchedHomes[home >> HomeBlock.Shift] = 1
    if (words[at | OrderWord.Level] !== 0) {
      slot = this.chainTo(at)
      at = slot << Cell.Shift
    }
    words[at | OrderWord.ReferenceLow] = referenceLow
    words[at | OrderWord.ReferenceHigh] = referenceHigh
    this.liveOrders++
    if (this.liveOrders > this.liveOrdersPeak) this.liveOrdersPeak = this.liveOrders
    return slot
  }

  /** Hangs a free cell into the chain of a taken home. */
  private chainTo(homeAt: number): number {
    const { words } = this
    let slot = this.freeOrder
    if (slot !== NO_ORDER) this.freeOrder = words[(slot << Cell.Shift) | OrderWord.Chain]!
    else {
      slot = this.nextOrderSlot
      this.nextOrderSlot = slot + 1
    }
    words[(slot << Cell.Shift) | OrderWord.Chain] = words[homeAt | OrderWord.Chain]!
    words[homeAt | OrderWord.Chain] = slot
    return slot
  }

  /** Saves or restores the orders: the homes that are taken or have a chain, the other cells, and what counts them. */
  archive(archive: StateArchive): void {
    const { words, touchedHomes } = this
    archive.array(touchedHomes)
    const count = archive.number(archive.isSaving ? this.countHomes() : 0)
    const slots = new Int32Array(count)
    const cells = new Int32Array(count << Cell.Shift)
    if (archive.isSaving) this.gatherHomes(slots, cells)
    archive.array(slots)
    archive.array(cells)
    if (!archive.isSaving) this.spreadHomes(slots, cells)
    this.archiveSlots(archive, slots)
    this.liveOrders = archive.number(this.liveOrders)
    this.liveOrdersPeak = archive.number(this.liveOrdersPeak)
    this.freeOrder = archive.number(this.freeOrder)
    this.nextOrderSlot = archive.number(this.nextOrderSlot)
    const more = this.nextOrderSlot - this.moreOrdersSlot
    archive.array(words, this.moreOrdersSlot << Cell.Shift, more << Cell.Shift)
    this.archiveCells(archive, this.moreOrdersSlot, more)
  }

  private countHomes(): number {
    let count = 0
    for (let slot = this.nextHome(0); slot !== NO_ORDER; slot = this.nextHome(slot)) count++
    return count
  }

  private gatherHomes(slots: Int32Array, cells: Int32Array): void {
    let index = 0
    for (let slot = this.nextHome(0); slot !== NO_ORDER; slot = this.nextHome(slot)) {
      slots[index] = slot
      for (let word = 0; word < 1 << Cell.Shift; word++) {
        cells[(index << Cell.Shift) | word] = this.words[(slot << Cell.Shift) | word]!
      }
      index++
    }
  }

  private spreadHomes(slots: Int32Array, cells: Int32Array): void {
    for (let index = 0; index < slots.length; index++) {
      const slot = slots[index]!
      if (!(slot >= 1 && slot <= this.homes)) throw new RangeError(`no home cell has the slot ${slot}`)
      this.words.set(cells.subarray(index << Cell.Shift, (index + 1) << Cell.Shift), slot << Cell.Shift)
    }
  }

  /** The next home that is taken or has a chain, or 0. */
  private nextHome(after: number): number {
    const { words, touchedHomes } = this
    for (let slot = after + 1; slot <= this.homes; slot++) {
      if (touchedHomes[slot >> HomeBlock.Shift] === 0) slot |= (1 << HomeBlock.Shift) - 1
      else if (words[(slot << Cell.Shift) | OrderWord.Level] !== 0) return slot
      else if (words[(slot << Cell.Shift) | OrderWord.Chain] !== 0) return slot
    }
    return NO_ORDER
  }

  /** For what a book keeps by order slot besides its cell: of scattered slots, and of a run of them. */
  protected archiveSlots(_archive: StateArchive, _slots: Int32Array): void {}

  protected archiveCells(_archive: StateArchive, _first: number, _cells: number): void {}

  /** Gives a live order's cell back. */
  protected releaseOrder(slot: number): void {
    this.words[(slot << Cell.Shift) | OrderWord.Level] = 0
    if (slot > this.homes) this.unchain(slot)
    this.liveOrders--
  }

  private unchain(slot: number): void {
    const { words } = this
    const at = slot << Cell.Shift
    const home = this.homeOf(words[at | OrderWord.ReferenceLow]!, words[at | OrderWord.ReferenceHigh]!)
    let before = (home << Cell.Shift) | OrderWord.Chain
    for (let other = words[before]!; other !== slot; other = words[before]!) {
      before = (other << Cell.Shift) | OrderWord.Chain
    }
    words[before] = words[at | OrderWord.Chain]!
    words[at | OrderWord.Chain] = this.freeOrder
    this.freeOrder = slot
  }
}
