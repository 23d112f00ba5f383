import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { verifyBook } from '../../feeds/book/verify-book.ts'
import { openFeed } from '../../feeds/capture/open-feed.ts'
import { findCaptures } from '../support/captures.ts'
import { SessionRig } from './support/session-rig.ts'

const captures = findCaptures()
const STRATEGIES = ['inventory-skew-maker', 'queue-imbalance-taker']
/** Half a point: the capture holds no definition, so that no tick is known. */
const TICK_SIZE = 500_000_000

describe.skipIf(captures === undefined)('the bundled strategies on lines A and B of a CME channel', () => {
  const path = join(captures ?? '', 'cme-mdp3', 'mdp3_v8_AB_20160927.pcapng')
  test('trade in the books that the incremental feed alone made whole', { timeout: 120_000 }, async () => {
    const source = openFeed(path, { threaded: false })
    const rig = await SessionRig.create(source, STRATEGIES, { size: 5, tickSize: TICK_SIZE })
    const { io, strategy } = rig.run()
    const [maker, taker] = strategy.kernel.summarise()
    expect(strategy.kernel.stops).toEqual([])
    expect(maker!.fills).toBeGreaterThan(0)
    expect(taker!.fills).toBeGreaterThan(10)
    expect([maker!.illegalTransitions, taker!.illegalTransitions]).toEqual([0, 0])
    expect(strategy.kernel.unknownFills).toBe(0)
    expect(verifyBook(io.venue.book)).toEqual([])
    expect(verifyBook(strategy.kernel.book)).toEqual([])
    // Each of the 5,000 packets once, whichever line was first.
    const [session] = source.facts().sessions
    expect([session!.messages, session!.duplicates, session!.missing]).toEqual([5_000, 5_000, 0])
  })
})
