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

  /** Saves or restores the orders: the homes that were ever taken, the other cells, and what counts them. */
  archive(archive: StateArchive): void {
    const { words, touchedHomes } = this
    archive.array(touchedHomes)
    for (let block = 0; block < touchedHomes.length; block++) {
      if (touchedHomes[block] === 0) continue
      const first = block << HomeBlock.Shift
      const cells = Math.min(1 << HomeBlock.Shift, this.moreOrdersSlot - first)
      archive.array(words, first << Cell.Shift, cells << Cell.Shift)
      this.archiveCells(archive, first, cells)
    }
    this.liveOrders = archive.number(this.liveOrders)
    this.liveOrdersPeak = archive.number(this.liveOrdersPeak)
    this.freeOrder = archive.number(this.freeOrder)
    this.nextOrderSlot = archive.number(this.nextOrderSlot)
    const more = this.nextOrderSlot - this.moreOrdersSlot
    archive.array(words, this.moreOrdersSlot << Cell.Shift, more << Cell.Shift)
    this.archiveCells(archive, this.moreOrdersSlot, more)
  }

  /** For what a book keeps by order slot besides its cell. */
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
