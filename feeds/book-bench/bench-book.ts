import { type BookLimits, LevelBook } from '../book/level-book.ts'
import { OrderBook } from '../book/order-book.ts'
import { BookDriver } from './drive-book.ts'

/** The result of a book bench; times in nanoseconds for each message, medians over the rounds. */
export interface BookBenchResult {
  readonly messages: number
  readonly rounds: number
  /** Reading each message's length, first and last byte: what any pass over the data costs. */
  readonly walkNsPerMessage: number
  /** Decoding in place and keeping price levels. */
  readonly levelBookNsPerMessage: number
  /** Decoding in place and keeping levels and the queues of their orders. */
  readonly fullBookNsPerMessage: number
  /** In multiples of the walk, medians of the rounds' own ratios. */
  readonly levelBookRatio: number
  readonly fullBookRatio: number
  readonly peakLiveOrders: number
  readonly unknownReferences: number
}

export interface BookBenchOptions {
  readonly rounds?: number
  readonly limits?: BookLimits
  /** Monotonic clock in nanoseconds. */
  readonly nowNs: () => number
  /** Told before each round, from 0. */
  readonly onRound?: (round: number) => void
}

const LIMITS: BookLimits = { ordersMax: 1 << 21, levelsMax: 1 << 20, instrumentsMax: 0xffff }

/** Reads every message's frame: the yardstick that the books are measured against, on the same bytes. */
export function walkMessages(data: Uint8Array): number {
  let at = 0
  let check = 0
  let count = 0
  while (at < data.length) {
    const length = (data[at]! << 8) | data[at + 1]!
    check = (check + data[at + 2]! + data[at + 1 + length]!) | 0
    at += 2 + length
    count++
  }
  return check === 0x7fffffff ? -count : count
}

/**
 * Measures the books on raw ITCH 5.0 data (u16 length and message, whole messages only): in each round the walk, the
 * level book and the full book, one after the other in one process, each book fresh and its memory touched beforehand.
 */
export function benchBook(data: Uint8Array, options: BookBenchOptions): BookBenchResult {
  const { rounds = 7, limits = LIMITS, nowNs, onRound } = options
  const times: [number[], number[], number[]] = [[], [], []]
  let messages = 0
  let unknownReferences = 0
  let peakLiveOrders = 0
  const measure = (samples: number[], run: () => number): void => {
    const start = nowNs()
    messages = Math.abs(run())
    samples.push((nowNs() - start) / messages)
  }
  for (let round = 0; round < rounds; round++) {
    onRound?.(round)
    measure(times[0], () => walkMessages(data))
    const levelBook = new LevelBook(limits)
    levelBook.prefault()
    const levelDriver = new BookDriver(data, levelBook)
    measure(times[1], () => levelDriver.run())
    const orderBook = new OrderBook(limits)
    orderBook.prefault()
    const orderDriver = new BookDriver(data, orderBook)
    measure(times[2], () => orderDriver.run())
    peakLiveOrders = orderBook.liveOrdersPeak
    unknownReferences = orderBook.unknownReferences
  }
  const [walk, level, full] = times
  return {
    messages,
    rounds,
    walkNsPerMessage: median(walk),
    levelBookNsPerMessage: median(level),
    fullBookNsPerMessage: median(full),
    levelBookRatio: median(level.map((time, round) => time / walk[round]!)),
    fullBookRatio: median(full.map((time, round) => time / walk[round]!)),
    peakLiveOrders,
    unknownReferences,
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? 0
}
