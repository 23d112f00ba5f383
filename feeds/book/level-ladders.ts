import type { StateArchive } from '../../kernels/records/state-archive.ts'
import { type BookLimits, Cell } from './book-memory.ts'
import { FarWord, SideWord } from './ladder-layout.ts'
import { LevelWord, NO_LEVEL } from './level-store.ts'
import { OrderMap } from './order-map.ts'

/** Slots of `LevelLadders.input`. */
export enum BookInput {
  Price = 0,
  Quantity = 1,
}

const NEAR_MAX = 8
/** Levels that move between near and far at once: half, so that a side does not swing to and fro. */
const MOVED_LEVELS = 4
const FAR_CAPACITY_MIN = 8
const SIZE_CLASSES = 32

/**
 * The price levels of all book sides, sorted. The best eight or fewer of a side lie in its own two lines, where most
 * changes happen; the others, all worse, in a far run in ascending order, searched by bisection. When the near levels
 * are full the worst half moves to the end of the far run, and back when they run out.
 *
 * A hint for each hash of (book side, price) names the level found there last; it is checked against the level itself, so
 * it may be stale. Most adds find their level by it, without a search.
 *
 * Far runs come from one region in powers of two and double when full; outgrown runs are used again for their size.
 * Bound: `levelsMax` levels, and four far entries for each. That covers doubling and outgrown runs while the sides' own
 * maxima sum up to no more than `levelsMax`; policy: `makeLevel` answers 0 and the book counts the refusal.
 */
export class LevelLadders extends OrderMap {
  /** [0] price, [1] quantity of the next call, by `BookInput`: a double argument may be allocated. */
  readonly input = new Float64Array(2)
  liveLevels = 0
  /** Highest book side that ever had a level: those beyond need not be saved. */
  private highestSide = 0
  private readonly inputWords = new Int32Array(this.input.buffer)
  private readonly hintShift: number
  /** First entry of the first outgrown run by size class, −1 for none; a run's first level word names the next. */
  private readonly freeRuns = new Int32Array(SIZE_CLASSES).fill(-1)
  /** [0] key that the far run is searched for: a field, because a double argument may be allocated. */
  private readonly farKey = new Float64Array(1)
  private farUsed = 0
  private freeLevel = NO_LEVEL
  private nextLevelSlot: number
  private readonly lastLevel: number

  constructor(limits: BookLimits) {
    super(limits)
    this.lastLevel = this.levelsSlot + limits.levelsMax - 1
    this.nextLevelSlot = this.levelsSlot
    this.hintShift = 32 - Math.log2(this.hints)
  }

  /** Hints are left out: they are checked against the levels and may be missing. */
  override archive(archive: StateArchive): void {
    super.archive(archive)
    const { words } = this
    this.liveLevels = archive.number(this.liveLevels)
    this.freeLevel = archive.number(this.freeLevel)
    this.nextLevelSlot = archive.number(this.nextLevelSlot)
    this.farUsed = archive.number(this.farUsed)
    archive.array(this.freeRuns)
    archive.array(words, this.levelsSlot << Cell.Shift, (this.nextLevelSlot - this.levelsSlot) << Cell.Shift)
    this.highestSide = archive.number(this.highestSide)
    const sides = this.highestSide + 1
    archive.array(words, this.bestsAt, sides)
    archive.array(words, this.sidesAt, sides * SideWord.Words)
    this.archiveSides(archive, sides)
    archive.array(words, this.farAt, this.farUsed * FarWord.Words)
    this.archiveLevels(archive, this.nextLevelSlot - this.levelsSlot)
  }

  /** For what a book keeps by side, or by instrument, besides. */
  protected archiveSides(_archive: StateArchive, _sides: number): void {}

  /** For what a book keeps by level slot besides its cell. */
  protected archiveLevels(_archive: StateArchive, _levels: number): void {}

  /** Best level of a book side, or 0. */
  bestLevel(bookSide: number): number {
    return this.words[this.bestsAt + bookSide]!
  }

  /** Where a hint about the level of a book side at price `input[0]` lies: an index of `words`. */
  hintAt(bookSide: number): number {
    const { inputWords } = this
    const mixed = Math.imul(inputWords[1]! ^ Math.imul(inputWords[0]!, 0x85ebca6b), 0x9e3779b1)
    return this.hintsAt + (Math.imul(mixed ^ (mixed >>> 15) ^ bookSide, 0xc2b2ae35) >>> this.hintShift)
  }

  /**
   * The level of a book side at price `input[0]`: by its hint if that is right, else by a search of the ladder.
   * @returns its slot, or 0 when there is none
   */
  findLevelAt(bookSide: number): number {
    const { words } = this
    const hintAt = this.hintAt(bookSide)
    const hint = words[hintAt]!
    const at = hint << Cell.Shift
    if (
      words[at | LevelWord.BookSide] === bookSide &&
      this.doubles[(at | LevelWord.Price) >> 1] === this.input[BookInput.Price]
    ) {
      return hint
    }
    const level = this.searchLadder(bookSide)
    if (level !== NO_LEVEL) words[hintAt] = level
    return level
  }

  private searchLadder(bookSide: number): number {
    const { words, doubles } = this
    const price = this.input[BookInput.Price]!
    const side = (this.sidesAt + bookSide * SideWord.Words) | 0
    const key = (bookSide & 1) === 0 ? price : -price
    const keys = side >> 1
    let index = words[side | SideWord.NearCount]! - 1
    while (index >= 0 && doubles[(keys + index) | 0]! > key) index--
    if (index >= 0) {
      return doubles[(keys + index) | 0] === key ? words[((side | SideWord.Levels) + index) | 0]! : NO_LEVEL
    }
    if (words[side | SideWord.FarCount] === 0) return NO_LEVEL
    this.farKey[0] = key
    const entry = this.searchFar(side)
    if (entry < 0) return NO_LEVEL
    return words[this.farAt + (words[side | SideWord.FarFirst]! + entry) * FarWord.Words + FarWord.Level]!
  }

  /**
   * Makes a level at price `input[0]`, where `findLevelAt` found none.
   * @returns its slot, or 0 when the bound is reached
   */
  protected makeLevel(bookSide: number): number {
    const { words, doubles } = this
    const price = this.input[BookInput.Price]!
    let level = this.freeLevel
    const isFree = level !== NO_LEVEL
    if (!isFree) level = this.nextLevelSlot
    if (level > this.lastLevel) return NO_LEVEL
    if (!this.linkLevel(bookSide, level)) return NO_LEVEL
    words[this.hintAt(bookSide)] = level
    const at = level << Cell.Shift
    if (isFree) this.freeLevel = words[at | LevelWord.FirstOrder]!
    else this.nextLevelSlot = level + 1
    doubles[(at | LevelWord.Price) >> 1] = price
    doubles[(at | LevelWord.Quantity) >> 1] = 0
    words[at | LevelWord.Orders] = 0
    words[at | LevelWord.FirstOrder] = 0
    words[at | LevelWord.LastOrder] = 0
    words[at | LevelWord.BookSide] = bookSide
    this.liveLevels++
    if (bookSide > this.highestSide) this.highestSide = bookSide
    return level
  }

  /** Removes a level. */
  protected dropLevel(level: number): void {
    const { words, doubles } = this
    const at = level << Cell.Shift
    const bookSide = words[at | LevelWord.BookSide]!
    const side = (this.sidesAt + bookSide * SideWord.Words) | 0
    const levels = side | SideWord.Levels
    const count = words[side | SideWord.NearCount]!
    let index = count - 1
    while (index >= 0 && words[(levels + index) | 0] !== level) index--
    if (index >= 0) {
      const keys = side >> 1
      for (let i = index + 1; i < count; i++) {
        doubles[keys + i - 1] = doubles[keys + i]!
        words[levels + i - 1] = words[levels + i]!
      }
      words[side | SideWord.NearCount] = count - 1
      if (count === 1 && words[side | SideWord.FarCount]! > 0) this.moveNear(side)
      if (index === count - 1) {
        const left = words[side | SideWord.NearCount]!
        words[this.bestsAt + bookSide] = left === 0 ? NO_LEVEL : words[levels + left - 1]!
      }
    } else {
      const price = doubles[(at | LevelWord.Price) >> 1]!
      this.farKey[0] = (bookSide & 1) === 0 ? price : -price
      this.dropFar(side)
    }
    words[at | LevelWord.BookSide] = 0
    words[at | LevelWord.FirstOrder] = this.freeLevel
    this.freeLevel = level
    this.liveLevels--
  }

  /** Number of levels of a book side. */
  countLevels(bookSide: number): number {
    const side = (this.sidesAt + bookSide * SideWord.Words) | 0
    return this.words[side | SideWord.NearCount]! + this.words[side | SideWord.FarCount]!
  }

  /** The level at a depth from 0, the best, to `countLevels` − 1. */
  levelAtDepth(bookSide: number, depth: number): number {
    const { words } = this
    const side = (this.sidesAt + bookSide * SideWord.Words) | 0
    const near = words[side | SideWord.NearCount]!
    if (depth < near) return words[(side | SideWord.Levels) + near - 1 - depth]!
    const entry = words[side | SideWord.FarFirst]! + words[side | SideWord.FarCount]! - 1 - (depth - near)
    return words[this.farAt + entry * FarWord.Words + FarWord.Level]!
  }

  /** The next worse level, or 0. */
  worseLevel(level: number): number {
    const { words } = this
    const at = level << Cell.Shift
    const bookSide = words[at | LevelWord.BookSide]!
    const side = (this.sidesAt + bookSide * SideWord.Words) | 0
    const near = words[side | SideWord.NearCount]!
    for (let index = near - 1; index > 0; index--) {
      if (words[((side | SideWord.Levels) + index) | 0] === level) return words[(side | SideWord.Levels) + index - 1]!
    }
    const farFirst = words[side | SideWord.FarFirst]!
    let entry = words[side | SideWord.FarCount]!
    if (near === 0 || words[side | SideWord.Levels] !== level) {
      const price = this.doubles[(at | LevelWord.Price) >> 1]!
      this.farKey[0] = (bookSide & 1) === 0 ? price : -price
      entry = this.searchFar(side)
    }
    return entry > 0 ? words[this.farAt + (farFirst + entry - 1) * FarWord.Words + FarWord.Level]! : NO_LEVEL
  }

  private linkLevel(bookSide: number, level: number): boolean {
    const { words, doubles } = this
    const price = this.input[BookInput.Price]!
    const side = (this.sidesAt + bookSide * SideWord.Words) | 0
    const key = (bookSide & 1) === 0 ? price : -price
    const keys = side >> 1
    const levels = side | SideWord.Levels
    if (words[side | SideWord.NearCount] === NEAR_MAX && !this.moveFar(side)) return false
    const count = words[side | SideWord.NearCount]!
    const isWorst = count > 0 && doubles[keys]! > key
    if (isWorst && words[side | SideWord.FarCount]! > 0) {
      this.farKey[0] = key
      return this.linkFar(side, level)
    }
    let index = count
    while (index > 0 && doubles[keys + index - 1]! > key) {
      doubles[(keys + index) | 0] = doubles[keys + index - 1]!
      words[(levels + index) | 0] = words[levels + index - 1]!
      index--
    }
    doubles[(keys + index) | 0] = key
    words[(levels + index) | 0] = level
    words[side | SideWord.NearCount] = count + 1
    if (index === count) words[this.bestsAt + bookSide] = level
    return true
  }

  /** Moves the worst near levels to the end of the far run. @returns false when there is no room */
  private moveFar(side: number): boolean {
    const { words, doubles } = this
    const farCount = words[side | SideWord.FarCount]!
    if (farCount + MOVED_LEVELS > words[side | SideWord.FarCapacity]! && !this.growFar(side)) return false
    const to = this.farAt + (words[side | SideWord.FarFirst]! + farCount) * FarWord.Words
    const keys = side >> 1
    const levels = side | SideWord.Levels
    for (let i = 0; i < MOVED_LEVELS; i++) {
      doubles[(to + i * FarWord.Words) >> 1] = doubles[keys + i]!
      words[to + i * FarWord.Words + FarWord.Level] = words[levels + i]!
      doubles[keys + i] = doubles[keys + i + MOVED_LEVELS]!
      words[levels + i] = words[levels + i + MOVED_LEVELS]!
    }
    words[side | SideWord.NearCount] = NEAR_MAX - MOVED_LEVELS
    words[side | SideWord.FarCount] = farCount + MOVED_LEVELS
    return true
  }

  /** Moves the best far levels into the empty near ones. */
  private moveNear(side: number): void {
    const { words, doubles } = this
    const farCount = words[side | SideWord.FarCount]!
    const moved = Math.min(MOVED_LEVELS, farCount)
    const from = this.farAt + (words[side | SideWord.FarFirst]! + farCount - moved) * FarWord.Words
    for (let i = 0; i < moved; i++) {
      doubles[(side >> 1) + i] = doubles[(from + i * FarWord.Words) >> 1]!
      words[(side | SideWord.Levels) + i] = words[from + i * FarWord.Words + FarWord.Level]!
    }
    words[side | SideWord.NearCount] = moved
    words[side | SideWord.FarCount] = farCount - moved
  }

  /** @returns the entry of `farKey` in a side's far run, or the complement (~) of the entry it would be inserted at */
  private searchFar(side: number): number {
    const { words, doubles } = this
    const key = this.farKey[0]!
    const first = (this.farAt + words[side | SideWord.FarFirst]! * FarWord.Words) >> 1
    const count = words[side | SideWord.FarCount]!
    let low = 0
    let high = count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (doubles[first + middle * (FarWord.Words / 2)]! < key) low = middle + 1
      else high = middle
    }
    return low < count && doubles[first + low * (FarWord.Words / 2)] === key ? low : ~low
  }

  private linkFar(side: number, level: number): boolean {
    const { words, doubles } = this
    const count = words[side | SideWord.FarCount]!
    if (count === words[side | SideWord.FarCapacity]! && !this.growFar(side)) return false
    const entry = ~this.searchFar(side)
    const at = (this.farAt + (words[side | SideWord.FarFirst]! + entry) * FarWord.Words) >> 1
    // Not copyWithin: its call costs more than moving the few entries that lie between here and the best end.
    for (let to = at + (count - entry) * (FarWord.Words / 2); to > at; to -= FarWord.Words / 2) {
      doubles[to] = doubles[to - FarWord.Words / 2]!
      doubles[to + 1] = doubles[to + 1 - FarWord.Words / 2]!
    }
    doubles[at] = this.farKey[0]!
    words[at * 2 + FarWord.Level] = level
    words[side | SideWord.FarCount] = count + 1
    return true
  }

  private dropFar(side: number): void {
    const { words, doubles } = this
    const entry = this.searchFar(side)
    const count = words[side | SideWord.FarCount]!
    const first = (this.farAt + words[side | SideWord.FarFirst]! * FarWord.Words) >> 1
    const last = first + (count - 1) * (FarWord.Words / 2)
    for (let to = first + entry * (FarWord.Words / 2); to < last; to += FarWord.Words / 2) {
      doubles[to] = doubles[to + FarWord.Words / 2]!
      doubles[to + 1] = doubles[to + 1 + FarWord.Words / 2]!
    }
    words[side | SideWord.FarCount] = count - 1
  }

  private growFar(side: number): boolean {
    const { words, farAt } = this
    const oldCapacity = words[side | SideWord.FarCapacity]!
    const oldFirst = words[side | SideWord.FarFirst]!
    const capacity = Math.max(FAR_CAPACITY_MIN, oldCapacity * 2)
    const sizeClass = 31 - Math.clz32(capacity)
    let first = this.freeRuns[sizeClass]!
    if (first >= 0) this.freeRuns[sizeClass] = words[farAt + first * FarWord.Words + FarWord.Level]!
    else {
      if (this.farUsed + capacity > this.farEntries) return false
      first = this.farUsed
      this.farUsed += capacity
    }
    if (oldCapacity > 0) {
      const oldAt = farAt + oldFirst * FarWord.Words
      words.copyWithin(farAt + first * FarWord.Words, oldAt, oldAt + oldCapacity * FarWord.Words)
      const oldClass = 31 - Math.clz32(oldCapacity)
      words[oldAt + FarWord.Level] = this.freeRuns[oldClass]!
      this.freeRuns[oldClass] = oldFirst
    }
    words[side | SideWord.FarFirst] = first
    words[side | SideWord.FarCapacity] = capacity
    return true
  }
}
