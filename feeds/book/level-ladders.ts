/** Words of one book side in `LevelLadders.sides`. */
export enum LadderWord {
  /** Index in `keys` and `levels` of the worst level. */
  First = 0,
  Count = 1,
  Capacity = 2,
  /** Slot of the best level, or 0. */
  Best = 3,
  Words = 4,
}

const CAPACITY_MIN = 8
/** Levels from the best that a search compares one by one: most adds go there. */
const NEAR_LEVELS = 8
/** Shifts longer than this are left to the engine's memory move. */
const SHIFT_BY_HAND_MAX = 48
const SIZE_CLASSES = 32

/**
 * The sorted price levels of every book side. Each ladder is a run of two parallel arrays, the sort key (the price of a
 * bid, minus the price of an offer) and the level's slot, ascending, so that the best level is at the end and a change
 * near the touch moves little. Deep in the book a search is binary.
 *
 * Runs come from one arena in powers of two and double when full; outgrown runs are used again for their size. Bound: the
 * arena, four entries for each level of `levelsMax` and one smallest run for each book side. That covers doubling and
 * outgrown runs while the sides' own maxima sum up to no more than `levelsMax`; policy: `insert` answers false.
 */
export class LevelLadders {
  readonly sides: Int32Array
  readonly keys: Float64Array
  readonly levels: Int32Array
  /** First entry of the first outgrown run by size class; a run's first entry of `levels` names the next one. */
  private readonly freeRuns = new Int32Array(SIZE_CLASSES).fill(-1)
  private arenaUsed = 0
  private insertedAt = 0

  constructor(bookSides: number, levelsMax: number) {
    this.sides = new Int32Array(bookSides * LadderWord.Words)
    const entries = bookSides * CAPACITY_MIN + levelsMax * 4
    this.keys = new Float64Array(entries)
    this.levels = new Int32Array(entries)
  }

  /**
   * Finds the key `wanted[1]` in a book side's ladder.
   * @returns its index, or the complement (~) of the index at which it would be inserted
   */
  search(bookSide: number, wanted: Float64Array): number {
    const keys = this.keys
    const key = wanted[1]!
    const side = bookSide * LadderWord.Words
    const first = this.sides[side + LadderWord.First]!
    const end = first + this.sides[side + LadderWord.Count]!
    const near = Math.max(end - NEAR_LEVELS, first)
    let index = end - 1
    while (index >= near && keys[index]! > key) index--
    if (index >= near) return keys[index] === key ? index : ~(index + 1)
    return near === first ? ~first : this.searchFar(first, near, key)
  }

  private searchFar(first: number, end: number, key: number): number {
    const keys = this.keys
    let low = first
    let high = end
    while (low < high) {
      const middle = (low + high) >>> 1
      if (keys[middle]! < key) low = middle + 1
      else high = middle
    }
    return low < end && keys[low] === key ? low : ~low
  }

  /** Opens a gap with key `wanted[1]` at an index that `search` answered. @returns false when the arena is used up */
  insert(bookSide: number, index: number, wanted: Float64Array): boolean {
    const side = bookSide * LadderWord.Words
    const count = this.sides[side + LadderWord.Count]!
    let at = index
    if (count === this.sides[side + LadderWord.Capacity]!) {
      const depth = this.sides[side + LadderWord.First]! + count - index
      if (!this.grow(side, count)) return false
      at = this.sides[side + LadderWord.First]! + count - depth
    }
    const end = this.sides[side + LadderWord.First]! + count
    if (end - at > SHIFT_BY_HAND_MAX) {
      this.keys.copyWithin(at + 1, at, end)
      this.levels.copyWithin(at + 1, at, end)
    } else {
      for (let i = end; i > at; i--) {
        this.keys[i] = this.keys[i - 1]!
        this.levels[i] = this.levels[i - 1]!
      }
    }
    this.keys[at] = wanted[1]!
    this.sides[side + LadderWord.Count] = count + 1
    this.insertedAt = at
    return true
  }

  /** Puts a level's slot into the gap that `insert` opened. */
  place(bookSide: number, level: number): void {
    const side = bookSide * LadderWord.Words
    this.levels[this.insertedAt] = level
    const last = this.sides[side + LadderWord.First]! + this.sides[side + LadderWord.Count]! - 1
    if (this.insertedAt === last) this.sides[side + LadderWord.Best] = level
  }

  /** Removes the level with key `wanted[1]`, which must be there. */
  remove(bookSide: number, wanted: Float64Array): void {
    const side = bookSide * LadderWord.Words
    const at = this.search(bookSide, wanted)
    const first = this.sides[side + LadderWord.First]!
    const count = this.sides[side + LadderWord.Count]! - 1
    const end = first + count
    if (end - at > SHIFT_BY_HAND_MAX) {
      this.keys.copyWithin(at, at + 1, end + 1)
      this.levels.copyWithin(at, at + 1, end + 1)
    } else {
      for (let i = at; i < end; i++) {
        this.keys[i] = this.keys[i + 1]!
        this.levels[i] = this.levels[i + 1]!
      }
    }
    this.sides[side + LadderWord.Count] = count
    this.sides[side + LadderWord.Best] = count === 0 ? 0 : this.levels[end - 1]!
  }

  /** Writes every page, so that later use takes no page faults; only before the first insert. */
  prefault(): void {
    this.keys.fill(0)
    this.levels.fill(0)
  }

  private grow(side: number, count: number): boolean {
    const oldFirst = this.sides[side + LadderWord.First]!
    const capacity = Math.max(CAPACITY_MIN, count * 2)
    const sizeClass = 31 - Math.clz32(capacity)
    let first = this.freeRuns[sizeClass]!
    if (first >= 0) {
      this.freeRuns[sizeClass] = this.levels[first]!
    } else {
      if (this.arenaUsed + capacity > this.keys.length) return false
      first = this.arenaUsed
      this.arenaUsed += capacity
    }
    for (let i = 0; i < count; i++) {
      this.keys[first + i] = this.keys[oldFirst + i]!
      this.levels[first + i] = this.levels[oldFirst + i]!
    }
    if (count > 0) {
      const oldClass = 31 - Math.clz32(count)
      this.levels[oldFirst] = this.freeRuns[oldClass]!
      this.freeRuns[oldClass] = oldFirst
    }
    this.sides[side + LadderWord.First] = first
    this.sides[side + LadderWord.Capacity] = capacity
    return true
  }
}
