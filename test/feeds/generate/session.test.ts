import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateSession, type SessionFacts } from '../../../feeds/generate/generate-session.ts'
import type { SessionOptions } from '../../../feeds/generate/session-options.ts'
import { NaiveReplay } from './naive-replay.ts'

const MINUTE_NS = 60_000_000_000
/** A day of 32 minutes; what the goldens below are of. */
const SMALL: SessionOptions = {
  seed: 42,
  symbols: 40,
  messages: 20_000,
  startTimeNs: 560 * MINUTE_NS,
  openTimeNs: 564 * MINUTE_NS,
  closeTimeNs: 588 * MINUTE_NS,
  endTimeNs: 592 * MINUTE_NS,
}
/** Change only together with a change that is meant to alter what a seed gives. */
const GOLDEN = {
  raw: '6a5d6af40ab6648c01ab11ebfd56e7ab0c550473bcfd492ac9f7a5f4d7f36878',
  capture: '7a167bacb95e3f0f48224fecfac030393542fc0b6a5b472aa2f1f3e417128e5c',
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'xk-generate-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a generated session', () => {
  let facts: SessionFacts
  let raw: Uint8Array
  let replayed: NaiveReplay

  beforeAll(async () => {
    facts = await generateSession({
      ...SMALL,
      rawPath: join(folder, 'small.itch'),
      capturePath: join(folder, 'small.pcapng'),
    })
    raw = readFileSync(join(folder, 'small.itch'))
    replayed = new NaiveReplay(raw)
  })

  it('has the bytes that its seed has always had', () => {
    expect(facts.raw.sha256).toBe(GOLDEN.raw)
    expect(facts.capture?.sha256).toBe(GOLDEN.capture)
  })

  it('has the same bytes a second time, whichever files are asked for', async () => {
    const again = await generateSession({ ...SMALL, capturePath: join(folder, 'again.pcapng') })
    expect(again.raw.sha256).toBe(facts.raw.sha256)
    expect(again.capture?.sha256).toBe(facts.capture?.sha256)
    expect(readFileSync(join(folder, 'again.pcapng')).equals(readFileSync(join(folder, 'small.pcapng')))).toBe(true)
  })

  it('has other bytes for another seed', async () => {
    const other = await generateSession({ ...SMALL, seed: 43 })
    expect(other.raw.sha256).not.toBe(facts.raw.sha256)
  })

  it('is coherent: an independent replay finds each message true of the book', () => {
    expect(replayed.facts.messages).toBe(facts.messages)
  })

  it('is what its facts say', () => {
    expect(replayed.facts.messagesByType).toEqual(facts.messagesByType)
    expect(replayed.facts.peakLiveOrders).toBe(facts.peakLiveOrders)
    expect(replayed.facts.endLiveOrders).toBe(facts.endLiveOrders)
    expect(replayed.facts.firstTimeNs).toBe(facts.firstMessageNs)
    expect(replayed.facts.lastTimeNs).toBe(facts.lastMessageNs)
    expect(raw.length).toBe(facts.raw.bytes)
    expect(Math.abs(facts.messages - SMALL.messages)).toBeLessThanOrEqual(SMALL.messages / 100)
  })

  it('has the message mix of a real day', () => {
    const share = (types: string) => {
      let count = 0
      for (const type of types) count += facts.messagesByType[type] ?? 0
      return count / facts.messages
    }
    expect(share('A')).toBeGreaterThan(0.4)
    expect(share('A')).toBeLessThan(0.46)
    expect(share('D')).toBeGreaterThan(0.37)
    expect(share('D')).toBeLessThan(0.44)
    expect(share('U')).toBeCloseTo(0.06, 2)
    expect(share('E')).toBeCloseTo(0.05, 2)
    expect(share('X')).toBeCloseTo(0.02, 2)
    expect(share('F')).toBeCloseTo(0.01, 2)
    expect(share('P')).toBeCloseTo(0.01, 2)
    expect(share('C')).toBeLessThan(0.005)
    for (const type of 'SRHYLVJAFECXDUPQBI') expect(facts.messagesByType[type], type).toBeGreaterThan(0)
  })

  it('has ties in time, idle seconds, references on both sides of 2^32, and trades on both sides', () => {
    expect(replayed.facts.ties / facts.messages).toBeGreaterThan(0.1)
    expect(replayed.facts.longestGapNs).toBeGreaterThan(1_000_000_000)
    expect(replayed.facts.referencesAbove32Bits).toBeGreaterThan(1_000)
    expect(replayed.facts.referencesAbove32Bits).toBeLessThan(facts.messages * 0.4)
    const { buy, sell } = replayed.facts.executionsBySide
    expect(Math.min(buy, sell) / (buy + sell)).toBeGreaterThan(0.3)
  })

  it('keeps the usual spread at one to five ticks', () => {
    expect(replayed.facts.usualSpreadShare).toBeGreaterThan(0.9)
  })

  it('compresses to the same bytes under a name that ends in .gz', async () => {
    const paths = { rawPath: join(folder, 'packed.itch.gz'), capturePath: join(folder, 'packed.pcapng.gz') }
    const packed = await generateSession({ ...SMALL, ...paths })
    expect(packed.raw.sha256).toBe(facts.raw.sha256)
    expect(gunzipSync(readFileSync(paths.rawPath)).equals(raw)).toBe(true)
    const capture = gunzipSync(readFileSync(paths.capturePath))
    expect(capture.equals(readFileSync(join(folder, 'small.pcapng')))).toBe(true)
    // RFC 1952: bytes 4 to 7 are the time, 0 for none; bit 3 of byte 3 would announce a name.
    const header = readFileSync(paths.rawPath).subarray(0, 10)
    expect(header.readUInt32LE(4)).toBe(0)
    expect(header[3]).toBe(0)
  })

  it('leaves no partial file behind', () => {
    expect(readdirSync(folder).filter((name) => name.endsWith('.partial'))).toEqual([])
  })
})

describe('sessions of other shapes', () => {
  it.each([
    { seed: 1, symbols: 1, messages: 1_000 },
    { seed: 2, symbols: 3, messages: 5_000 },
    { seed: 3, symbols: 300, messages: 30_000 },
    { seed: 4, symbols: 10, messages: 20_000, liveOrdersTarget: 6_000 },
    { seed: 5, symbols: 5, messages: 10_000, liveOrdersTarget: 0 },
    { seed: 6, symbols: 20, messages: 30_000, startTimeNs: 0, endTimeNs: 86_399 * 1_000_000_000 },
    { seed: 2 ** 53 - 1, symbols: 8, messages: 8_000, referenceHighOffset: 0x0040_0000 },
  ])('are coherent too: $symbols symbols, $messages messages, seed $seed', async (options) => {
    const path = join(folder, `shape-${options.seed}.itch`)
    const facts = await generateSession({ ...options, rawPath: path })
    const replayed = new NaiveReplay(readFileSync(path))
    expect(replayed.facts.messagesByType).toEqual(facts.messagesByType)
    expect(Math.abs(facts.messages - options.messages)).toBeLessThanOrEqual(options.messages / 100)
    expect(facts.peakLiveOrders).toBeGreaterThanOrEqual(options.liveOrdersTarget ?? 0)
  })
})
