import { preferHugePages } from '../../kernels/host/memory.ts'
import { XkError } from '../../kernels/host/xk-error.ts'
import { Cell } from '../book/book-memory.ts'
import { BookInput, LevelLadders } from '../book/level-ladders.ts'
import { LevelWord, NO_LEVEL } from '../book/level-store.ts'
import { SelfMatch } from './engine-codes.ts'
import { NO_SLOT, OrderCell, OrderCellDouble, OrderCellShift, OrderFlag } from './order-cell.ts'

const ORDERS_MAX = 1 << 24

/** Limits of a matching engine; all memory is allocated at construction. */
export interface EngineLimits {
  /** Most live orders at once; to 2^24. Policy: an order beyond is rejected. */
  readonly ordersMax: number
  /** Most price levels; to 2^24. Policy: what would need one more is cancelled by the system. */
  readonly levelsMax: number
  /** Highest instrument number, from 1; to 2^18. */
  readonly instrumentsMax: number
  /** Highest account number, from 0; to 2^16. */
  readonly accountsMax: number
  /** References count up from here; whole, below 2^52. */
  readonly firstReference?: number
}

/** Lists of orders that lie at no price, each linked in time priority. */
export enum ListKind {
  Pegs = 0,
  /** Orders for crosses only. */
  Crosses = 1,
  Kinds = 2,
}

/**
 * The orders that the engine holds: cells, and the queues in which they wait.
 *
 * Displayed and hidden orders have ladders of their own (the feed's `LevelLadders`, with book sides numbered
 * (instrument × 2 + isHidden) × 2 + side), so that a displayed level's quantity is what the feed shows. Pegs and orders for
 * a cross wait in lists.
 */
export class MatchBook extends LevelLadders {
  /** Cells by slot; see `OrderCell`. */
  readonly cells: Int32Array
  readonly cellDoubles: Float64Array
  readonly slotsMax: number
  readonly engineLimits: EngineLimits
  /** By account. */
  readonly selfMatch: Uint8Array
  /** Live orders. */
  liveCount = 0
  /** [0] the latest reference given. */
  readonly reference = new Float64Array(1)
  /** Ends of the lists; index = list kind × list sides + book side. */
  protected readonly listFirst: Int32Array
  protected readonly listLast: Int32Array
  private readonly listSides: number
  private freeCell = NO_SLOT
  private cellsUsed = 0

  constructor(limits: EngineLimits) {
    if (!(Number.isInteger(limits.ordersMax) && limits.ordersMax >= 1 && limits.ordersMax <= ORDERS_MAX)) {
      throw new XkError({
        code: 'matching-limits',
        what: `a matching engine cannot hold ${limits.ordersMax} orders`,
        next: `give a whole number from 1 to ${ORDERS_MAX}`,
      })
    }
    super({ ordersMax: 1, levelsMax: limits.levelsMax, instrumentsMax: limits.instrumentsMax * 2 + 1 })
    this.engineLimits = limits
    this.slotsMax = limits.ordersMax
    const buffer = new ArrayBuffer((limits.ordersMax + 1) * OrderCell.Words * 4)
    preferHugePages(buffer)
    this.cells = new Int32Array(buffer)
    this.cellDoubles = new Float64Array(buffer)
    this.selfMatch = new Uint8Array(limits.accountsMax + 1).fill(SelfMatch.Allowed)
    this.listSides = (limits.instrumentsMax + 1) * 2
    this.listFirst = new Int32Array(this.listSides * ListKind.Kinds)
    this.listLast = new Int32Array(this.listSides * ListKind.Kinds)
    this.reference[0] = (limits.firstReference ?? 1) - 1
  }

  /** The best displayed level of a book side (instrument × 2 + side), or 0. */
  bestDisplayed(bookSide: number): number {
    return this.bestLevel(((bookSide >> 1) << 2) | (bookSide & 1))
  }

  /** The best hidden level of a book side, or 0. */
  bestHidden(bookSide: number): number {
    return this.bestLevel(((bookSide >> 1) << 2) | 2 | (bookSide & 1))
  }

  /** Price of a level; 0 of level 0. */
  priceOf(level: number): number {
    return this.doubles[((level << Cell.Shift) | LevelWord.Price) >> 1]! | 0
  }

  /** The order first in line at a level. */
  firstAt(level: number): number {
    return this.words[(level << Cell.Shift) | LevelWord.FirstOrder]!
  }

  /** First of the pegs of a book side, or of its orders for crosses. */
  firstOf(kind: ListKind, bookSide: number): number {
    return this.listFirst[kind * this.listSides + bookSide]!
  }

  /** The next in line of a level or list, or 0. */
  laterOf(slot: number): number {
    return this.cells[(slot << OrderCellShift.Words) | OrderCell.Later]!
  }

  /** An order's number in the feed. */
  referenceOf(slot: number): number {
    return this.cellDoubles[(slot << OrderCellShift.Doubles) | OrderCellDouble.Reference]!
  }

  /** Side of an order: 0 buys. */
  sideOf(slot: number): number {
    return this.cells[(slot << OrderCellShift.Words) | OrderCell.BookSide]! & 1
  }

  /** Whether a slot holds a live order; for callers that keep slots. */
  isLive(slot: number): boolean {
    return slot > 0 && slot <= this.slotsMax && this.cells[(slot << OrderCellShift.Words) | OrderCell.Live] === 1
  }

  /** Most slots that were ever used: a walk over all orders ends here. */
  get highestSlot(): number {
    return this.cellsUsed
  }

  /** Takes a cell; the caller fills it. @returns its slot, or 0 at the bound */
  protected claimCell(): number {
    let slot = this.freeCell
    if (slot !== NO_SLOT) this.freeCell = this.cells[(slot << OrderCellShift.Words) | OrderCell.Later]!
    else if (this.cellsUsed < this.slotsMax) slot = ++this.cellsUsed
    else return NO_SLOT
    this.cells[(slot << OrderCellShift.Words) | OrderCell.Live] = 1
    this.liveCount++
    return slot
  }

  /** Gives a cell back, which must lie in no queue. */
  protected releaseCell(slot: number): void {
    const at = slot << OrderCellShift.Words
    this.cells[at | OrderCell.Live] = 0
    this.cells[at | OrderCell.Later] = this.freeCell
    this.freeCell = slot
    this.liveCount--
  }

  /** The next reference, put into an order's cell. */
  protected stampReference(slot: number): void {
    const next = this.reference[0]! + 1
    this.reference[0] = next
    this.cellDoubles[(slot << OrderCellShift.Doubles) | OrderCellDouble.Reference] = next
  }

  /** Whether an order's kind waits at a price level. */
  protected isAtLevel(flags: number): boolean {
    return (flags & OrderFlag.OffBook) === 0
  }

  /** Puts an order last in line at its price. @returns false when there is no level for it */
  protected joinLevel(slot: number): boolean {
    const { cells, words, doubles, input } = this
    const at = slot << OrderCellShift.Words
    const bookSide = cells[at | OrderCell.BookSide]!
    const hidden = (cells[at | OrderCell.Flags]! & OrderFlag.Hidden) === 0 ? 0 : 2
    const ladder = ((bookSide >> 1) << 2) | hidden | (bookSide & 1)
    input[BookInput.Price] = cells[at | OrderCell.Price]!
    let level = this.findLevelAt(ladder)
    if (level === NO_LEVEL) level = this.makeLevel(ladder)
    if (level === NO_LEVEL) return false
    const levelAt = level << Cell.Shift
    const last = words[levelAt | LevelWord.LastOrder]!
    cells[at | OrderCell.Level] = level
    cells[at | OrderCell.Earlier] = last
    cells[at | OrderCell.Later] = NO_SLOT
    if (last === NO_SLOT) words[levelAt | LevelWord.FirstOrder] = slot
    else cells[(last << OrderCellShift.Words) | OrderCell.Later] = slot
    words[levelAt | LevelWord.LastOrder] = slot
    words[levelAt | LevelWord.Orders]!++
    doubles[(levelAt | LevelWord.Quantity) >> 1]! += cells[at | OrderCell.Open]!
    return true
  }

  /** Takes an order out of its level, with what is open of it. */
  protected leaveLevel(slot: number): void {
    const { cells, words, doubles } = this
    const at = slot << OrderCellShift.Words
    const level = cells[at | OrderCell.Level]!
    const levelAt = level << Cell.Shift
    cells[at | OrderCell.Level] = NO_LEVEL
    if (words[levelAt | LevelWord.Orders] === 1) {
      this.dropLevel(level)
      return
    }
    words[levelAt | LevelWord.Orders]!--
    doubles[(levelAt | LevelWord.Quantity) >> 1]! -= cells[at | OrderCell.Open]!
    const earlier = cells[at | OrderCell.Earlier]!
    const later = cells[at | OrderCell.Later]!
    if (earlier === NO_SLOT) words[levelAt | LevelWord.FirstOrder] = later
    else cells[(earlier << OrderCellShift.Words) | OrderCell.Later] = later
    if (later === NO_SLOT) words[levelAt | LevelWord.LastOrder] = earlier
    else cells[(later << OrderCellShift.Words) | OrderCell.Earlier] = earlier
  }

  /** Takes shares off an order that stays where it is. */
  protected takeOpen(slot: number, quantity: number): void {
    const { cells, doubles } = this
    const at = slot << OrderCellShift.Words
    cells[at | OrderCell.Open]! -= quantity
    const level = cells[at | OrderCell.Level]!
    if (level !== NO_LEVEL) doubles[((level << Cell.Shift) | LevelWord.Quantity) >> 1]! -= quantity
  }

  /** Puts a peg or an order for a cross last in its list. */
  protected joinList(slot: number): void {
    const { cells, listFirst, listLast } = this
    const list = this.listOf(slot)
    const at = slot << OrderCellShift.Words
    const last = listLast[list]!
    cells[at | OrderCell.Level] = NO_LEVEL
    cells[at | OrderCell.Earlier] = last
    cells[at | OrderCell.Later] = NO_SLOT
    if (last === NO_SLOT) listFirst[list] = slot
    else cells[(last << OrderCellShift.Words) | OrderCell.Later] = slot
    listLast[list] = slot
  }

  protected leaveList(slot: number): void {
    const { cells, listFirst, listLast } = this
    const list = this.listOf(slot)
    const at = slot << OrderCellShift.Words
    const earlier = cells[at | OrderCell.Earlier]!
    const later = cells[at | OrderCell.Later]!
    if (earlier === NO_SLOT) listFirst[list] = later
    else cells[(earlier << OrderCellShift.Words) | OrderCell.Later] = later
    if (later === NO_SLOT) listLast[list] = earlier
    else cells[(later << OrderCellShift.Words) | OrderCell.Earlier] = earlier
  }

  /** Takes a resting order out of whatever queue it waits in. */
  protected leaveQueue(slot: number): void {
    if (this.isAtLevel(this.cells[(slot << OrderCellShift.Words) | OrderCell.Flags]!)) this.leaveLevel(slot)
    else this.leaveList(slot)
  }

  private listOf(slot: number): number {
    const at = slot << OrderCellShift.Words
    const isForCross = (this.cells[at | OrderCell.Flags]! & OrderFlag.AnyCross) !== 0
    const kind = isForCross ? ListKind.Crosses : ListKind.Pegs
    return kind * this.listSides + this.cells[at | OrderCell.BookSide]!
  }
}
