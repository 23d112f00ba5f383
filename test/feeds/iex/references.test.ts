import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openFeed } from '../../../feeds/capture/open-feed.ts'
import { findCaptures } from '../../support/captures.ts'
import { sourceOf } from '../support/drain.ts'
import { compareBytes, FeedReplay, hashLines } from './feed-replay.ts'

const captures = findCaptures()
const NAMES: Readonly<Record<string, string>> = {
  'TOPS 1.5': 'iexTops15',
  'TOPS 1.6': 'iexTops16',
  'DEEP 1.0': 'iexDeep10',
  'DEEP+ 1.0': 'iexDeepPlus',
}
/** Single packets put into one file by its publisher, out of order and some twice. */
const COLLECTION = 'all_message_types.pcap'

/** One session of a reference. */
interface Epoch {
  readonly messages: number
  readonly book_levels: number
  readonly book_sha256: string
  readonly symbols_locked_or_crossed: number
}

function listCaptures(folder: string, found: string[] = []): string[] {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) listCaptures(path, found)
    else if (existsSync(`${path}.expected.json`)) found.push(path)
  }
  return found
}

function readExpected(path: string) {
  return JSON.parse(readFileSync(`${path}.expected.json`, 'utf8')).decoded
}

/** A time since the epoch as the references write it. */
function toUnix(epochSeconds: number, ns: number): string {
  return ns < 0 ? 'None' : (BigInt(epochSeconds) * 1_000_000_000n + BigInt(ns)).toString()
}

function topCounts(counts: ReadonlyMap<string, number>): Record<string, number> {
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || compareBytes(a, b))
  return Object.fromEntries(sorted.slice(0, 20))
}

function sumOf(values: Iterable<number>): number {
  let sum = 0
  for (const value of values) sum += value
  return sum
}

const files =
  captures === undefined ? [] : listCaptures(join(captures, 'iex')).filter((path) => !path.endsWith(COLLECTION))

describe.runIf(captures !== undefined)('IEX captures', { timeout: 180_000 }, () => {
  it('are there', () => expect(files.length).toBe(22))

  it.each(files.map((path) => path.slice(captures!.length + 1)))(
    '%s gives what an independent decoder found',
    (name) => {
      const path = join(captures!, name)
      const expected = readExpected(path)
      const source = openFeed(path)
      const replay = new FeedReplay(source)
      const facts = source.facts()
      const { epoch, instruments } = source.shared
      const [feed] = Object.keys(expected.iex_tp_packets_by_protocol)
      const [session] = Object.values(expected.sessions) as Record<string, number | string>[]

      expect(facts.flows.map(({ protocol }) => protocol)).toEqual([NAMES[feed!]])
      expect(facts.messagesByProtocol[NAMES[feed!]!] ?? {}).toEqual(expected.messages_by_type)
      expect(facts.messages).toBe(expected.messages_total)
      expect(facts.undecoded).toEqual({})
      expect(facts.rejectedByType).toEqual({})
      expect(sumOf(facts.sessions.map(({ packets }) => packets))).toBe(session!.packets)
      expect(sumOf(facts.sessions.map(({ messages }) => messages))).toBe(session!.messages)
      expect(sumOf(facts.sessions.map(({ heartbeats }) => heartbeats))).toBe(session!.heartbeats)
      expect(facts.sessions[0]!.firstSequence).toBe(String(session!.first_seq))
      expect(Number(facts.sessions.at(-1)!.lastSequence) + 1).toBe(session!.next_expected_seq)
      expect(facts.sessions.length - 1).toBe(session!.seq_dups_or_resets)
      expect(facts.missing).toBe(0)
      expect(sumOf(facts.sessions.map(({ duplicates, early, late }) => duplicates + early + late))).toBe(0)

      expect(toUnix(epoch.seconds, replay.firstNs)).toBe(expected.first_message_ts_ns)
      expect(toUnix(epoch.seconds, replay.lastNs)).toBe(expected.last_message_ts_ns)
      expect(replay.symbols.size).toBe(expected.symbols)
      const perSymbol = new Map([...replay.symbols].map(([id, symbol]) => [symbol, instruments.messages[id]!]))
      expect(topCounts(perSymbol)).toEqual(expected.messages_per_symbol_top20)
      expect(replay.trades.length).toBe(expected.trade_reports)
      expect(replay.tradedShares).toBe(expected.trade_report_shares)
      expect(hashLines(replay.tradesSince1970(epoch.seconds))).toBe(expected.trade_reports_sha256)
      if (expected.final_tops_quotes !== undefined) {
        const quotes = [...replay.quotes.values()].sort(compareBytes)
        expect(replay.quotes.size).toBe(expected.final_tops_quotes.symbols)
        expect(hashLines(quotes)).toBe(expected.final_tops_quotes.sha256)
      }
      if (expected.final_deep_book !== undefined) {
        const { levels, sum_of_sizes, sha256, sample, symbols_sides_seen } = expected.final_deep_book
        expect(replay.everBook.describe()).toMatchObject({ levels, sum_of_sizes, sha256 })
        expect(replay.everBook.sidesSeen.size).toBe(symbols_sides_seen)
        for (const symbol of Object.keys(sample)) {
          expect(replay.everBook.describeSymbol(symbol), symbol).toEqual(sample[symbol])
        }
      }
    },
  )

  it('of a feed that restarts eleven times gives the books of all twelve sessions', () => {
    const path = join(captures!, 'iex', 'DEEP10.pcap.gz')
    const source = openFeed(path)
    const replay = new FeedReplay(source)
    const { sessions } = source.facts()
    const epochs: Epoch[] = readExpected(path).sequence_epochs.epochs
    expect(sessions.map(({ messages }) => messages)).toEqual(epochs.map(({ messages }) => messages))
    expect(new Set(sessions.map(({ session }) => session))).toEqual(new Set(['channel 1 session 1132527616']))
    const books = [...replay.pastBooks, replay.book.describe()]
    // A session without any level leaves nothing to clear: its empty book goes unnoticed.
    const seen = books.filter(({ levels }) => levels > 0)
    const expected = epochs.filter(({ book_levels }) => book_levels > 0)
    expect(
      seen.map(({ levels, sha256, symbols_locked_or_crossed }) => [levels, sha256, symbols_locked_or_crossed]),
    ).toEqual(
      expected.map(({ book_levels, book_sha256, symbols_locked_or_crossed }) => [
        book_levels,
        book_sha256,
        symbols_locked_or_crossed,
      ]),
    )
  })

  it('of single packets put together gives what an independent decoder found in each, and tells their disorder', () => {
    const path = join(captures!, 'iex', 'omi', 'Iex_DeepPlus.IexTp.1.0.2', COLLECTION)
    const expected = readExpected(path)
    const messages: Record<string, number> = {}
    const perSymbol = new Map<string, number>()
    const trades: string[] = []
    const times: string[] = []
    for (const bytes of splitPackets(readFileSync(path))) {
      const source = sourceOf(bytes)
      const replay = new FeedReplay(source)
      const { epoch, instruments } = source.shared
      for (const [type, count] of Object.entries(source.facts().messagesByProtocol.iexDeepPlus!)) {
        messages[type] = (messages[type] ?? 0) + count
      }
      for (const [id, symbol] of replay.symbols) {
        perSymbol.set(symbol, (perSymbol.get(symbol) ?? 0) + instruments.messages[id]!)
      }
      trades.push(...replay.tradesSince1970(epoch.seconds))
      times.push(toUnix(epoch.seconds, replay.firstNs), toUnix(epoch.seconds, replay.lastNs))
    }
    expect(messages).toEqual(expected.messages_by_type)
    expect([times[0], times.at(-1)]).toEqual([expected.first_message_ts_ns, expected.last_message_ts_ns])
    expect(perSymbol.size).toBe(expected.symbols)
    expect(topCounts(perSymbol)).toEqual(expected.messages_per_symbol_top20)
    expect(trades.length).toBe(expected.trade_reports)
    expect(hashLines(trades)).toBe(expected.trade_reports_sha256)

    // As one file the packets run backwards in time, so that what lies before the first is too early.
    const source = openFeed(path)
    const replay = new FeedReplay(source)
    const { sessions, undecoded } = source.facts()
    expect(sessions).toHaveLength(1)
    const { early, duplicates, messages: handedOut, packets } = sessions[0]!
    expect({ early, duplicates, handedOut, packets, undecoded }).toEqual({
      early: 446,
      duplicates: 0,
      handedOut: 1,
      packets: 13,
      undecoded: {},
    })
    expect(replay.book.describe().levels).toBe(0)
  })
})

/** The packets of a little-endian pcap, each as a file of its own. */
function splitPackets(bytes: Buffer): Buffer[] {
  const packets: Buffer[] = []
  for (let at = 24; at < bytes.length; ) {
    const end = at + 16 + bytes.readUInt32LE(at + 8)
    packets.push(Buffer.concat([bytes.subarray(0, 24), bytes.subarray(at, end)]))
    at = end
  }
  return packets
}
