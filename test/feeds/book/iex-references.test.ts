import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { BookCount } from '../../../feeds/book/book-counts.ts'
import { LevelBook } from '../../../feeds/book/level-book.ts'
import { OrderBook } from '../../../feeds/book/order-book.ts'
import { verifyBook } from '../../../feeds/book/verify-book.ts'
import { openFeed } from '../../../feeds/capture/open-feed.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import { Header, Instrument, RecordType } from '../../../kernels/records/catalogue.ts'
import type { RecordViews } from '../../../kernels/records/views.ts'
import { findCaptures } from '../../support/captures.ts'
import { compareBytes, hashLines } from '../iex/feed-replay.ts'

const captures = findCaptures()
const LIMITS = { ordersMax: 1, levelsMax: 4_000, instrumentsMax: 8_192 }

interface BookFacts {
  readonly levels: number
  readonly sha256: string
}

/** A book that a capture's records go into; before each run of clears, what it had come to hold. */
class CaptureBook {
  readonly book: LevelBook
  readonly pastBooks: BookFacts[] = []
  readonly #obeysClears: boolean
  #isClearing = false

  constructor(book: LevelBook, obeysClears = true) {
    this.book = book
    this.#obeysClears = obeysClears
  }

  apply(views: RecordViews, at: number, symbols: ReadonlyMap<number, string>): void {
    const isClear = views.u16[(at + Header.Type) >> 1] === RecordType.BookClear
    if (isClear && !this.#isClearing) this.pastBooks.push(this.describe(symbols))
    this.#isClearing = isClear
    if (!isClear || this.#obeysClears) this.book.apply(views, at)
  }

  describe(symbols: ReadonlyMap<number, string>): BookFacts {
    const { book } = this
    const lines: string[] = []
    for (const [id, symbol] of symbols) {
      for (const side of [0, 1]) {
        for (let level = book.firstLevel(id, side); level !== 0; level = book.nextLevel(level)) {
          lines.push(`${symbol} ${'BS'[side]} ${book.levelPrice(level)} ${book.levelQuantity(level)}`)
        }
      }
    }
    return { levels: lines.length, sha256: hashLines(lines.sort(compareBytes)) }
  }
}

/** Reads a capture into books. @returns symbols by instrument, and the number of level updates */
function readInto(path: string, books: readonly CaptureBook[]): { symbols: Map<number, string>; updates: number } {
  const symbols = new Map<number, string>()
  let updates = 0
  const source = openFeed(path, { threaded: false })
  const batch = new RecordBatch()
  const { views } = batch
  for (;;) {
    batch.reset()
    if (source.fill(batch) === 0) break
    for (let at = 0; at < batch.usedBytes; at += views.u32[at >> 2]!) {
      const type = views.u16[(at + Header.Type) >> 1]!
      if (type === RecordType.LevelUpdate) updates++
      if (type === RecordType.Instrument) {
        const text = Buffer.from(views.u8.subarray(at + Instrument.Symbol, at + Instrument.VenueLocate))
        symbols.set(views.u32[(at + Header.Instrument) >> 2]!, text.toString('latin1').replace(/\0+$/, ''))
      }
      for (const book of books) book.apply(views, at, symbols)
    }
  }
  source.close()
  return { symbols, updates }
}

describe.skipIf(captures === undefined)('books of levels built from IEX DEEP', () => {
  const path = join(captures ?? '', 'iex', 'DEEP10.pcap.gz')

  test("have the reference's levels at the end of each session, and, never cleared, those of all together", () => {
    const expected = JSON.parse(readFileSync(`${path}.expected.json`, 'utf8')).decoded
    const cleared = [new CaptureBook(new LevelBook(LIMITS)), new CaptureBook(new OrderBook(LIMITS))]
    const kept = new CaptureBook(new OrderBook(LIMITS), false)
    const { symbols, updates } = readInto(path, [...cleared, kept])
    const epochs: { book_levels: number; book_sha256: string }[] = expected.sequence_epochs.epochs
    const left = epochs.filter(({ book_levels }) => book_levels > 0)
    const { levels, sha256 } = expected.final_deep_book
    for (const each of cleared) {
      const { book } = each
      const seen = [...each.pastBooks, each.describe(symbols)].filter((facts) => facts.levels > 0)
      expect(seen).toEqual(left.map(({ book_levels, book_sha256 }) => ({ levels: book_levels, sha256: book_sha256 })))
      expect(book.counts[BookCount.LevelUpdates]).toBe(updates)
      expect(book.counts[BookCount.LevelsRefused]).toBe(0)
      expect(verifyBook(book)).toEqual([])
    }
    expect(kept.describe(symbols)).toEqual({ levels, sha256 })
    expect(verifyBook(kept.book)).toEqual([])
  }, 120_000)
})
