import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatIpv6 } from '../../../feeds/net/address.ts'

const SEED = Number(process.env.XK_FUZZ_SEED ?? 20_240_117)

function format(groups: readonly number[]): string {
  return formatIpv6([0, 1, 2, 3].map((word) => (groups[2 * word]! << 16) | groups[2 * word + 1]! | 0))
}

describe('an IPv6 address', () => {
  it.each([
    ['2001:db8::1', [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1]],
    ['::', [0, 0, 0, 0, 0, 0, 0, 0]],
    ['::1', [0, 0, 0, 0, 0, 0, 0, 1]],
    ['ff02::', [0xff02, 0, 0, 0, 0, 0, 0, 0]],
    ['2001:db8:0:1:1:1:1:1', [0x2001, 0xdb8, 0, 1, 1, 1, 1, 1]],
    ['2001:db8::1:0:0:1', [0x2001, 0xdb8, 0, 0, 1, 0, 0, 1]],
    ['2001:0:0:1::1', [0x2001, 0, 0, 1, 0, 0, 0, 1]],
    ['::ffff:192.0.2.1', [0, 0, 0, 0, 0, 0xffff, 0xc000, 0x0201]],
  ])('is written as RFC 5952 says: %s', (expected, groups) => {
    expect(format(groups)).toBe(expected)
  })

  it('is written as the URL standard writes it (property)', () => {
    const group = fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 0, max: 0xffff }))
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        fc.pre(!(groups[5] === 0xffff && groups.slice(0, 5).every((value) => value === 0)))
        const full = groups.map((value) => value.toString(16)).join(':')
        expect(`[${format(groups)}]`).toBe(new URL(`http://[${full}]/`).hostname)
      }),
      { seed: SEED, numRuns: 2000 },
    )
  })
})
