import { XkError } from '../../kernels/host/xk-error.ts'
import { FarWord, SideWord } from './level-ladders.ts'
import { LevelWord } from './level-store.ts'
import { OrderWord } from './order-pool.ts'

/** Limits of a book; all memory is allocated at construction, and costs nothing until it is touched. */
export interface BookLimits {
  /** Most live orders at once, over all instruments; 1 to 2^25. */
  readonly ordersMax: number
  /** Most price levels at once, over all instruments and both sides; 1 to 2^25. */
  readonly levelsMax: number
  /** Highest instrument id; 1 to 2^20. */
  readonly instrumentsMax: number
}

const CACHE_LINE_BYTES = 64
/** Large blocks of the C allocator begin 16 bytes after a page: its chunk header lies in front of them. */
const ALLOCATOR_HEADER_BYTES = 16

/**
 * All memory of a book in one buffer under two views, so that a change of the book works on two base addresses.
 *
 *     ┌─────────┬──────────────┬──────────────┬──────────────┬──────────────┬──────────────┐
 *     │ buckets │ orders       │ levels       │ best levels  │ book sides   │ far runs     │
 *     │ 4 bytes │ 32 bytes     │ 32 bytes     │ 4 bytes      │ 128 bytes    │ 16 bytes     │
 *     │ a hash  │ an order     │ a level      │ a side of an │ a side of an │ a level far  │
 *     │ bucket  │              │              │ instrument   │ instrument   │ from the best│
 *     └─────────┴──────────────┴──────────────┴──────────────┴──────────────┴──────────────┘
 *
 * Slot 0 of orders and levels is "none" and never written. The `…At` are word indices of the regions; all begin on cache
 * lines if the guess about the allocator holds, and only speed depends on it.
 */
export class BookMemory {
  readonly words: Int32Array
  readonly doubles: Float64Array
  /** Power of two: at least two buckets for each order, so at most half of them are in use. */
  readonly buckets: number
  readonly ordersAt: number
  readonly levelsAt: number
  readonly bestsAt: number
  readonly sidesAt: number
  readonly farAt: number
  /** Entries of the far region: see LevelLadders. */
  readonly farEntries: number

  constructor(limits: BookLimits) {
    checkBound('ordersMax', limits.ordersMax, 1 << 25)
    checkBound('levelsMax', limits.levelsMax, 1 << 25)
    checkBound('instrumentsMax', limits.instrumentsMax, 1 << 20)
    const bookSides = (limits.instrumentsMax + 1) * 2
    this.buckets = 1 << Math.max(4, 32 - Math.clz32(limits.ordersMax * 2 - 1))
    this.farEntries = limits.levelsMax * 4
    this.ordersAt = this.buckets
    this.levelsAt = this.ordersAt + toLines((limits.ordersMax + 1) * OrderWord.Words)
    this.bestsAt = this.levelsAt + toLines((limits.levelsMax + 1) * LevelWord.Words)
    this.sidesAt = this.bestsAt + toLines(bookSides)
    this.farAt = this.sidesAt + bookSides * SideWord.Words
    const bytes = (this.farAt + this.farEntries * FarWord.Words) * 4
    const byteOffset = CACHE_LINE_BYTES - ALLOCATOR_HEADER_BYTES
    const buffer = new ArrayBuffer(byteOffset + bytes)
    this.words = new Int32Array(buffer, byteOffset, bytes >> 2)
    this.doubles = new Float64Array(buffer, byteOffset, bytes >> 3)
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

function toLines(words: number): number {
  return (words + 15) & ~15
}
