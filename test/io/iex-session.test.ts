import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { TopSlot } from '../../feeds/book/level-store.ts'
import { verifyBook } from '../../feeds/book/verify-book.ts'
import { openFeed } from '../../feeds/capture/open-feed.ts'
import { MarketSlot } from '../../kernels/io/gate/market-table.ts'
import { findCaptures } from '../support/captures.ts'
import { SessionRig } from './support/session-rig.ts'

const captures = findCaptures()
const STRATEGIES = ['inventory-skew-maker', 'queue-imbalance-taker']

describe.skipIf(captures === undefined)('the bundled strategies on IEX DEEP, a feed of levels', () => {
  const path = join(captures ?? '', 'iex', 'DEEP10.pcap.gz')
  test('trade: orders rest, take and fill, and end with the books of the feed', { timeout: 120_000 }, async () => {
    const rig = await SessionRig.create(openFeed(path, { threaded: false }), STRATEGIES)
    const { io, strategy } = rig.run()
    const [maker, taker] = strategy.kernel.summarise()
    expect(strategy.kernel.stops).toEqual([])
    expect(maker!.fills).toBeGreaterThan(100)
    expect(taker!.fills).toBeGreaterThan(10)
    expect([maker!.illegalTransitions, taker!.illegalTransitions]).toEqual([0, 0])
    expect(strategy.kernel.unknownFills).toBe(0)
    expect(verifyBook(io.venue.book)).toEqual([])
    expect(verifyBook(strategy.kernel.book)).toEqual([])
    expect(Buffer.compare(bytesOf(io.venue.book.top), bytesOf(strategy.kernel.book.top))).toBe(0)
    for (let instrument = 1; instrument <= strategy.kernel.directory.count; instrument++) {
      const at = io.gate.state.market.at(instrument)
      const top = instrument * TopSlot.Slots
      expect(io.gate.state.market.values[at + MarketSlot.BidPrice]).toBe(io.venue.book.top[top + TopSlot.BidPrice])
      expect(io.gate.state.market.values[at + MarketSlot.AskPrice]).toBe(io.venue.book.top[top + TopSlot.AskPrice])
    }
  })
})

function bytesOf(doubles: Float64Array): Buffer {
  return Buffer.from(doubles.buffer, doubles.byteOffset, doubles.byteLength)
}
