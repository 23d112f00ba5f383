import { preferHugePages } from '../../kernels/host/memory.ts'
import { XkError } from '../../kernels/host/xk-error.ts'
import { FarWord, SideWord } from './ladder-layout.ts'

/** Limits of a book; all memory is allocated at construction, and costs nothing until it is touched. */
export interface BookLimits {
  /** Most live orders at once, over all instruments; 1 to 2^24. */
  readonly ordersMax: number
  /** Most price levels at once, over all instruments and both sides; 1 to 2^24. */
  readonly levelsMax: number
  /** Highest instrument id; 1 to 2^20. */
  readonly instrumentsMax: number
}

/**
 * A cell is an order or a level, of 1 << Shift words of 32 bits. A slot is the number of its cell, so slot << Cell.Shift is
 * its first word. An enum, because the build puts its members into the code; a constant of a module is loaded and checked
 * wherever it is used.
 */
export enum Cell {
  Shift = 3,
}
/** Home cells are touched in blocks of 1 << Shift, 32 KiB. */
export enum HomeBlock {
  Shift = 10,
}
const CACHE_LINE_BYTES = 64
/** Large blocks of the C allocator begin 16 bytes after a page: its chunk header lies in front of them. */
const ALLOCATOR_HEADER_BYTES = 16

/**
 * All memory of a book in one buffer under two views, so that a change of the book works on two base addresses.
 *
 *     ┌────────┬─────────────┬─────────────┬────────────┬─────────┬──────────────┬──────────────┬──────────────┐
 *     │ cell 0 │ home orders │ more orders │ levels     │ hints   │ best levels  │ book sides   │ far runs     │
 *     │ unused │ 32 bytes    │ 32 bytes    │ 32 bytes   │ 4 bytes │ 4 bytes      │ 128 bytes    │ 16 bytes     │
 *     │        │ a hash home │ an order    │ a level    │ a level │ a side of an │ a side of an │ a level far  │
 *     │        │             │             │            │ found   │ instrument   │ instrument   │ from the best│
 *     └────────┴─────────────┴─────────────┴────────────┴─────────┴──────────────┴──────────────┴──────────────┘
 *
 * Orders and levels are cells, named by their number (slot); 0 is "none". Cells and sides begin at multiples of their
 * size, so a member's index can be or-ed to it, which spares the overflow check of an addition. Sides also begin on cache
 * lines if the guess about the allocator holds; only speed depends on that.
 */
export class BookMemory {
  readonly ordersMax: number
  readonly levelsMax: number
  readonly instrumentsMax: number
  readonly words: Int32Array
  readonly doubles: Float64Array
  /** Homes of the orders' hash, a power of two; slots 1 to `homes`. */
  readonly homes: number
  /** Slots of the orders that found their home taken follow, then those of the levels. */
  readonly moreOrdersSlot: number
  readonly levelsSlot: number
  /** Number of hints, a power of two. */
  readonly hints: number
  /** Word indices of the other regions. */
  readonly hintsAt: number
  readonly bestsAt: number
  readonly sidesAt: number
  readonly farAt: number
  /** Entries of the far region: see LevelLadders. */
  readonly farEntries: number

  /** By block of home cells: 1 once an order lay there. What was never touched need not be saved. */
  readonly touchedHomes: Uint8Array

  constructor(limits: BookLimits) {
    checkBound('ordersMax', limits.ordersMax, 1 << 24)
    checkBound('levelsMax', limits.levelsMax, 1 << 24)
    checkBound('instrumentsMax', limits.instrumentsMax, 1 << 20)
    this.ordersMax = limits.ordersMax
    this.levelsMax = limits.levelsMax
    this.instrumentsMax = limits.instrumentsMax
    const bookSides = (limits.instrumentsMax + 1) * 2
    this.homes = 1 << Math.max(4, 33 - Math.clz32(limits.ordersMax - 1))
    this.farEntries = limits.levelsMax * 4
    this.touchedHomes = new Uint8Array((this.homes >> HomeBlock.Shift) + 1)
    this.moreOrdersSlot = this.homes + 1
    this.levelsSlot = this.moreOrdersSlot + limits.ordersMax
    this.hints = 1 << Math.max(4, 32 - Math.clz32(limits.levelsMax - 1))
    this.hintsAt = toSides((this.levelsSlot + limits.levelsMax) << Cell.Shift)
    this.bestsAt = toSides(this.hintsAt + this.hints)
    this.sidesAt = toSides(this.bestsAt + bookSides)
    this.farAt = this.sidesAt + bookSides * SideWord.Words
    const bytes = (this.farAt + this.farEntries * FarWord.Words) * 4
    const byteOffset = CACHE_LINE_BYTES - ALLOCATOR_HEADER_BYTES
    const buffer = new ArrayBuffer(byteOffset + bytes)
    preferHugePages(buffer)
    this.words = new Int32Array(buffer, byteOffset, bytes >> 2)
    this.doubles = new Float64Array(buffer, byteOffset, bytes / 8)
  }
}

function checkBound(name: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return
  throw new XkError({
    code: 'book-limits',
    what: `a book cannot have a ${name} of ${value}`,
    next: `give a whole number from 1 to ${most}`,
  })
}

/** Rounds a word index up to where a book side may begin. */
function toSides(words: number): number {
  return Math.ceil(words / SideWord.Words) * SideWord.Words
}
