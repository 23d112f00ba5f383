import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OrderTokens } from '../../../kernels/io/entry/order-tokens.ts'

function tokenOf(tokens: OrderTokens, sequence: number): string {
  const bytes = new Uint8Array(14)
  tokens.write(bytes, 0, new Float64Array([sequence]), 0)
  return Buffer.from(bytes).toString('latin1')
}

describe('a token', () => {
  it('is letters and digits, and tells its sequence again', () => {
    const numbers = new Float64Array(1)
    const any = fc.tuple(fc.nat(4e9), fc.integer({ min: 1, max: 36 ** 9 - 1 }))
    fc.assert(
      fc.property(any, ([startSeconds, sequence]) => {
        const tokens = new OrderTokens(startSeconds)
        const token = tokenOf(tokens, sequence)
        expect(token).toMatch(/^[0-9A-Z]{14}$/)
        expect(tokens.read(Buffer.from(token), 0, numbers, 0)).toBe(true)
        expect(numbers[0]).toBe(sequence)
      }),
    )
  })

  it('of another run, or of anybody else, is not taken', () => {
    const numbers = new Float64Array(1)
    const tokens = new OrderTokens(1_700_000_000)
    for (const other of [new OrderTokens(1_700_000_001), new OrderTokens(1_700_086_400)]) {
      expect(tokens.read(Buffer.from(tokenOf(other, 5)), 0, numbers, 0)).toBe(false)
    }
    for (const text of [`${tokenOf(tokens, 1).slice(0, 5)}00000000a`, `${tokenOf(tokens, 1).slice(0, 5)}000000000`]) {
      expect(tokens.read(Buffer.from(text), 0, numbers, 0), text).toBe(false)
    }
  })

  it('needs a second in which its run began', () => {
    for (const startSeconds of [-1, 1.5, Number.NaN]) expect(() => new OrderTokens(startSeconds)).toThrow(RangeError)
  })
})

describe('a user reference', () => {
  it('goes on from what the venue said', () => {
    const tokens = new OrderTokens(1)
    const numbers = new Float64Array([7])
    expect(tokens.toUserRef(numbers, 0)).toBe(false)
    tokens.userRefBase[0] = 1000
    expect(tokens.toUserRef(numbers, 0)).toBe(true)
    expect(numbers[0]).toBe(1007)
    expect(tokens.fromUserRef(numbers, 0)).toBe(true)
    expect(numbers[0]).toBe(7)
    numbers[0] = 999
    expect(tokens.fromUserRef(numbers, 0)).toBe(false)
    numbers[0] = 0xffffffff
    expect(tokens.toUserRef(numbers, 0)).toBe(false)
  })
})
