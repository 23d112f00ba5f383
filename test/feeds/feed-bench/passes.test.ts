import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { OrderBook } from '../../../feeds/book/order-book.ts'
import { type FeedLoad, loadCapture, loadFile } from '../../../feeds/feed-bench/feed-load.ts'
import { FeedPasses } from '../../../feeds/feed-bench/feed-passes.ts'
import { generateInMemory } from '../../../feeds/generate/memory-session.ts'
import { findCaptures } from '../../support/captures.ts'

const captures = findCaptures()
const nowNs = () => Number(process.hrtime.bigint())

/** Records of three passes, each into a fresh book. */
function recordsOf(load: FeedLoad): number[] {
  const feed = new FeedPasses(load, nowNs)
  return [1, 2, 3].map(() => {
    feed.run(new OrderBook({ ordersMax: 1 << 16, levelsMax: 1 << 16, instrumentsMax: 0xffff }))
    expect(feed.messages).toBeGreaterThan(0)
    return feed.records
  })
}

describe('passes over the messages of a feed in memory', () => {
  it('give as many records each time: the sequence numbers go on', () => {
    const { capture, raw } = generateInMemory({ seed: 4, symbols: 3, messages: 3000 })
    const [load, ...others] = loadCapture(capture)
    expect(others).toEqual([])
    const [first, second, third] = recordsOf(load!)
    expect(first).toBeGreaterThan(2900)
    expect(second).toBe(first)
    expect(third).toBe(first)
    expect(raw.length).toBeGreaterThan(first! * 10)
  })

  const files = [
    'cme-mdp3/mdp3_v8_AB_20160927.pcapng',
    'iex/DEEP10_20231002_first3000.pcap.gz',
    'cboe-pitch/cfe_futures_20190501_first6000.pcap',
  ]
  it.runIf(captures !== undefined).each(files)('%s, whatever the transport numbers', (name) => {
    const path = join(captures!, name)
    expect(existsSync(path)).toBe(true)
    const [load] = loadFile(path)
    const [first, second, third] = recordsOf(load!)
    // The first pass makes its instruments known, too.
    expect(second).toBeGreaterThan(first! * 0.8)
    // And in the second one books may become whole.
    expect(third).toBeLessThanOrEqual(second!)
    expect(third).toBeGreaterThan(second! * 0.99)
  })
})
