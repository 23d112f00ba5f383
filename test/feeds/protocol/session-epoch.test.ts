import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SessionEpoch } from '../../../feeds/protocol/session-epoch.ts'

const SEED = 20_170_425
const DAY_NS = 86_400n * 1_000_000_000n

function toSession(epoch: SessionEpoch, unixNs: bigint): number {
  const out = new Float64Array(2)
  epoch.wordsToSession(Number(unixNs >> 32n) | 0, Number(unixNs & 0xffffffffn) | 0, out, 1)
  return out[1]!
}

describe('a session epoch', () => {
  it('gives exact times for moments in ns since 1970, as two words', () => {
    const moment = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n - 100n * DAY_NS })
    const after = fc.bigInt({ min: 0n, max: 100n * DAY_NS })
    fc.assert(
      fc.property(moment, after, (start, elapsed) => {
        const epoch = new SessionEpoch()
        const midnight = start - (start % DAY_NS)
        expect(BigInt(toSession(epoch, start))).toBe(start - midnight)
        expect(BigInt(epoch.seconds)).toBe(midnight / 1_000_000_000n)
        expect(BigInt(toSession(epoch, start + elapsed))).toBe(start + elapsed - midnight)
      }),
      { seed: SEED, numRuns: 2000 },
    )
  })

  it('stays where it was set', () => {
    const epoch = new SessionEpoch()
    epoch.set(1_517_058_000)
    expect(toSession(epoch, 1_517_058_016_638_245_341n)).toBe(16_638_245_341)
    expect(toSession(epoch, 1_517_057_999_999_999_999n)).toBe(-1)
  })
})
