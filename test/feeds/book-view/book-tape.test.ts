import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { BookSnapshot } from '../../../feeds/book-view/book-snapshot.ts'
import { BookTape, TapeStop } from '../../../feeds/book-view/book-tape.ts'
import { openFeed } from '../../../feeds/capture/open-feed.ts'
import { generateSession } from '../../../feeds/generate/generate-session.ts'
import { findCaptures } from '../../support/captures.ts'
import { temporaryFolder, writeTemporary } from '../support/drain.ts'
import { mold, pcap, udpFrame } from '../support/frames.ts'
import { itchMessages } from '../support/sample.ts'
import { NaiveBook } from './naive-book.ts'

const captures = findCaptures()
const folder = temporaryFolder()
const ALL = Number.POSITIVE_INFINITY

/** Moves a tape on until it has reached its moment, or its end. */
function run(tape: BookTape): TapeStop {
  for (;;) {
    const stop = tape.advance()
    if (stop === TapeStop.End || stop === TapeStop.Reached) return stop
  }
}

function bookAt(path: string, symbol: string, untilNs: number): BookSnapshot {
  const tape = new BookTape(openFeed(path), symbol)
  tape.until[0] = untilNs
  run(tape)
  return tape.snapshot(ALL)
}

const toUnits = (price: string) => Math.round(Number(price) * 10_000)

describe.runIf(captures !== undefined)('the book of a reference capture', () => {
  it('has the levels at the end that an independent decoder found', () => {
    const path = join(captures!, 'nasdaq-itch50', 'AAPL_12302019_first30000_transcoded.itch')
    const { decoded } = JSON.parse(readFileSync(`${path}.expected.json`, 'utf8'))
    const book = bookAt(path, 'AAPL', ALL)
    const locate = readFileSync(path).readUInt16BE(3)
    const toLines = (letter: string, levels: BookSnapshot['bids']) =>
      levels.map(({ price, quantity }) => `${locate} ${letter} ${toUnits(price)} ${quantity}\n`)
    const lines = [...toLines('B', book.bids), ...toLines('S', book.asks)].sort()
    expect(lines).toHaveLength(decoded.book.levels_at_end)
    expect(createHash('sha256').update(lines.join('')).digest('hex')).toBe(decoded.book.final_levels_sha256)
    expect([...book.bids, ...book.asks].reduce((sum, { orders }) => sum + orders, 0)).toBe(
      decoded.book.open_orders_at_end,
    )
    expect(book.timeNs).toBe(decoded.last_message_ts_ns)
    const { counters } = decoded.book
    const unknown = ['cancel', 'delete', 'exec', 'replace'].map((name) => counters[`${name}_unknown_ref`] as number)
    expect(book.unknownOrders).toBe(unknown.reduce((sum, count) => sum + count, 0))
  })
})

describe.runIf(captures !== undefined)('the book of a capture of price levels', { timeout: 120_000 }, () => {
  it('has the levels that an independent decoder found', () => {
    const path = join(captures!, 'iex', 'DEEP10_20231002_first3000.pcap.gz')
    const { decoded } = JSON.parse(readFileSync(`${path}.expected.json`, 'utf8'))
    const sample = Object.entries(decoded.final_deep_book.sample)
    expect(sample).toHaveLength(10)
    for (const [symbol, expected] of sample) {
      const { bids, asks, bidLevels, askLevels, isDated } = bookAt(path, symbol, ALL)
      const best = (levels: BookSnapshot['bids']) => [toUnits(levels[0]!.price), levels[0]!.quantity]
      const found = { best_bid: best(bids), best_ask: best(asks), bid_levels: bidLevels, ask_levels: askLevels }
      expect(found, symbol).toEqual(expected)
      expect(isDated).toBe(true)
    }
  })
})

describe.runIf(captures !== undefined)('the book of a file of single orders', () => {
  it('has the levels and the orders that an independent decoder found', () => {
    const name = 'orderbooks_mbo_2024-05-08T00-00-00_2024-05-08T00-00-02.dbn.zst'
    const path = join(captures!, 'dbn', 'nautilus', name)
    const { decoded } = JSON.parse(readFileSync(`${path}.expected.json`, 'utf8'))
    const book = bookAt(path, 'ESM4', ALL)
    const [id] = Object.keys(decoded.records_per_instrument_top10)
    const toLines = (letter: string, levels: BookSnapshot['bids']) =>
      levels.map(({ price, quantity, orders }) => `${id} ${letter} ${price.replace('.', '')} ${quantity} ${orders}\n`)
    const lines = [...toLines('A', book.asks), ...toLines('B', book.bids)].sort()
    expect(lines).toHaveLength(decoded.mbo.levels_at_end)
    expect(createHash('sha256').update(lines.join('')).digest('hex')).toBe(decoded.mbo.final_levels_sha256)
  })
})

describe('the book of a generated day', { timeout: 120_000 }, () => {
  const raw = join(folder, 'day.itch')
  let file: Buffer
  let symbols: string[]

  beforeAll(async () => {
    const times = { startTimeNs: 34_000e9, openTimeNs: 34_200e9, closeTimeNs: 34_600e9, endTimeNs: 34_700e9 }
    await generateSession({ seed: 11, symbols: 6, messages: 20_000, rawPath: raw, ...times })
    file = readFileSync(raw)
    const naive = new NaiveBook(file, '')
    naive.advance(ALL)
    symbols = [...naive.symbols.values()]
  })

  it('is at every moment what a map of orders says (seeded)', () => {
    const moment = fc.integer({ min: 33_990, max: 34_710 }).map((seconds) => seconds * 1e9)
    const property = fc.property(fc.nat(5), moment, (index, untilNs) => {
      const symbol = symbols[index]!
      const naive = new NaiveBook(file, symbol)
      naive.advance(untilNs)
      const book = bookAt(raw, symbol, untilNs)
      const toNaive = (levels: BookSnapshot['bids']) =>
        levels.map(({ price, quantity, orders }) => ({ price: toUnits(price), quantity, orders }))
      expect(toNaive(book.bids)).toEqual(naive.levels(true))
      expect(toNaive(book.asks)).toEqual(naive.levels(false))
      const { lastTrade } = book
      expect(
        lastTrade === null ? undefined : { price: toUnits(lastTrade.price), quantity: lastTrade.quantity },
      ).toEqual(naive.lastTrade)
      expect(book.missing + book.unknownOrders + book.refusedOrders).toBe(0)
      if (naive.lastTimeNs >= 0) expect(Number(book.timeNs)).toBeLessThanOrEqual(untilNs)
    })
    fc.assert(property, { numRuns: 30 })
  })

  it('moved on in steps is the same as read at once', () => {
    const symbol = symbols[2]!
    const tape = new BookTape(openFeed(raw), symbol)
    for (let seconds = 34_000; seconds <= 34_700; seconds += 50) {
      tape.until[0] = seconds * 1e9
      run(tape)
      expect(tape.snapshot(ALL)).toEqual(bookAt(raw, symbol, seconds * 1e9))
    }
  })

  it('stops wherever the best bid or offer changed, and only there', () => {
    const symbol = symbols[0]!
    const tape = new BookTape(openFeed(raw), symbol)
    const tops: string[] = []
    for (let stop = tape.advance(true); stop !== TapeStop.End; stop = tape.advance(true)) {
      if (stop !== TapeStop.Top) continue
      const { bids, asks } = tape.snapshot(1)
      tops.push(JSON.stringify([bids, asks]))
    }
    expect(tops.length).toBeGreaterThan(1_000)
    expect(tops.filter((top, index) => top === tops[index - 1])).toEqual([])
    const naive = new NaiveBook(file, symbol)
    const seen: string[] = []
    // Stamps are unique up to some ties: the tops between two stamps are those of a whole stamp.
    for (const timeNs of stampsOf(file)) {
      naive.advance(timeNs)
      const [bid] = naive.levels(true)
      const [ask] = naive.levels(false)
      seen.push(JSON.stringify([bid ?? null, ask ?? null]))
    }
    const changes = seen.filter((top, index) => top !== (seen[index - 1] ?? '[null,null]')).length
    expect(tops.length).toBeGreaterThanOrEqual(changes)
  })
})

/** Different stamps of a raw file, ascending. */
function stampsOf(file: Buffer): number[] {
  const stamps = new Set<number>()
  for (let at = 2; at < file.length; at += 2 + file.readUInt16BE(at - 2)) stamps.add(file.readUIntBE(at + 5, 6))
  return [...stamps].sort((a, b) => a - b)
}

describe('a tape', () => {
  it('tells what the capture lacks, and orders from before it', () => {
    const messages = itchMessages(12)
    const packets = [mold('S', 4n, messages.slice(4, 6)), mold('S', 9n, messages.slice(6, 7))]
    const frames = packets.map((bytes, i) => ({
      bytes: udpFrame(bytes),
      timeNs: 1_700_000_000_000_000_000n + BigInt(i),
    }))
    const book = bookAt(writeTemporary(folder, 'gap.pcap', pcap(frames)), 'SYM1', ALL)
    expect(book).toMatchObject({ symbol: 'SYM1', missing: 3, bids: [{ price: '100.0006', quantity: 100, orders: 1 }] })
    expect(book).toMatchObject({ asks: [], spread: null, mid: null, lastTrade: null, state: 'unknown' })
  })

  it('of a symbol that never occurs knows the names that do', () => {
    const tape = new BookTape(openFeed(raw3()), 'NONE')
    expect(run(tape)).toBe(TapeStop.End)
    expect(tape.instrument).toBe(0)
    expect(tape.hasBook).toBe(false)
    expect(tape.names.symbols()).toEqual(['SYM1', '2', '3'])
    expect(tape.snapshot(5)).toMatchObject({ bids: [], asks: [], records: 0 })
  })
})

function raw3(): string {
  const bytes = Buffer.concat(itchMessages(30).flatMap((message) => [Buffer.from([0, message.length]), message]))
  return writeTemporary(folder, 'three.itch', bytes)
}
