import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { BookCount } from '../../../feeds/book/book-counts.ts'
import { LevelBook } from '../../../feeds/book/level-book.ts'
import { TopSlot } from '../../../feeds/book/level-store.ts'
import { OrderBook } from '../../../feeds/book/order-book.ts'
import { verifyBook } from '../../../feeds/book/verify-book.ts'
import { RecordViews } from '../../../kernels/records/views.ts'
import { findCaptures } from '../../support/captures.ts'
import { readBookMessages } from './itch-book-messages.ts'

const captures = findCaptures()
const folder = captures === undefined ? undefined : join(captures, 'nasdaq-itch50')
const names = folder === undefined ? [] : readdirSync(folder).filter((name) => name.endsWith('.itch'))
const LIMITS = { ordersMax: 20_000, levelsMax: 20_000, instrumentsMax: 65_536 }

interface BookReference {
  readonly counters: Record<string, number>
  readonly open_orders_at_end: number
  readonly levels_at_end: number
  readonly final_levels_sha256: string
  readonly bbo_after_each_book_message_sha256: string
  readonly bbo_messages: number
}

/** The reference's names of what the book counts; an F is an add, X a cancel. */
const COUNTERS: Record<string, BookCount> = {
  adds: BookCount.Adds,
  execs: BookCount.Executes,
  cancels: BookCount.Reduces,
  deletes: BookCount.Deletes,
  replaces: BookCount.Replaces,
  dup_ref: BookCount.Duplicates,
  exec_unknown_ref: BookCount.UnknownExecutes,
  cancel_unknown_ref: BookCount.UnknownReduces,
  delete_unknown_ref: BookCount.UnknownDeletes,
  replace_unknown_ref: BookCount.UnknownReplaces,
}

function finalLevels(book: LevelBook): string[] {
  const lines: string[] = []
  for (let instrument = 1; instrument <= LIMITS.instrumentsMax; instrument++) {
    for (const side of [0, 1]) {
      for (let level = book.firstLevel(instrument, side); level !== 0; level = book.nextLevel(level)) {
        const line = [instrument - 1, side === 0 ? 'B' : 'S', book.levelPrice(level), book.levelQuantity(level)]
        lines.push(`${line.join(' ')}\n`)
      }
    }
  }
  return lines.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
}

describe.skipIf(folder === undefined)('books built from the reference captures', () => {
  for (const name of names) {
    for (const [kind, create] of [
      ['level book', () => new LevelBook(LIMITS)],
      ['order book', () => new OrderBook(LIMITS)],
    ] as const) {
      test(`${name}: the ${kind} has the reference's best prices after every message, its final levels and counters`, () => {
        const expected = JSON.parse(readFileSync(join(folder!, `${name}.expected.json`), 'utf8')).decoded
          .book as BookReference
        const book = create()
        const views = new RecordViews(new ArrayBuffer(512))
        const best = createHash('sha256')
        let messages = 0
        for (const message of readBookMessages(readFileSync(join(folder!, name)), views)) {
          book.apply(views, 0)
          const top = book.top.subarray((message.locate + 1) * TopSlot.Slots)
          best.update(`${message.timeNs} ${message.locate} ${top[0]} ${top[1]} ${top[2]} ${top[3]}\n`)
          messages++
        }
        expect(messages).toBe(expected.bbo_messages)
        expect(best.digest('hex')).toBe(expected.bbo_after_each_book_message_sha256)
        const levels = finalLevels(book)
        expect(createHash('sha256').update(levels.join('')).digest('hex')).toBe(expected.final_levels_sha256)
        expect(levels.length).toBe(expected.levels_at_end)
        expect(book.liveOrders).toBe(expected.open_orders_at_end)
        for (const [counter, index] of Object.entries(COUNTERS)) {
          expect(book.counts[index], counter).toBe(expected.counters[counter] ?? 0)
        }
        expect(verifyBook(book)).toEqual([])
      })
    }
  }
})
