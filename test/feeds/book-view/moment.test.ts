import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { momentToSession, parseMoment } from '../../../feeds/book-view/moment.ts'

/** 2019-12-30 00:00 in New York. */
const EPOCH_SECONDS = 1_577_682_000
const HALF_PAST_NINE_NS = 34_200e9

describe('a moment', () => {
  it.each([
    ['09:30:00.123456789', 34_200_123_456_789],
    ['09:30:00.5', 34_200_500_000_000],
    ['9:30', HALF_PAST_NINE_NS],
    ['26:00:00', 93_600e9],
    ['2019-12-30T09:30:00-05:00', HALF_PAST_NINE_NS],
    ['2019-12-30 14:30:00.000000001Z', HALF_PAST_NINE_NS + 1],
    ['2019-12-30T14:30 UTC', HALF_PAST_NINE_NS],
    ['2019-12-30T20:00:00+0530', HALF_PAST_NINE_NS],
    ['1577716200000000000', HALF_PAST_NINE_NS],
  ])('%s is understood', (text, ns) => {
    expect(momentToSession('--at', parseMoment('--at', text), EPOCH_SECONDS)).toBe(ns)
  })

  it('without a date is one of the day where the file tells none', () => {
    expect(momentToSession('--at', parseMoment('--at', '09:30'), undefined)).toBe(HALF_PAST_NINE_NS)
    expect(momentToSession('--at', parseMoment('--at', '34200000000000'), undefined)).toBe(HALF_PAST_NINE_NS)
    const dated = parseMoment('--at', '2019-12-30T14:30Z')
    expect(() => momentToSession('--at', dated, undefined)).toThrow(/tells no date/)
  })

  it.each([
    '',
    'noon',
    '09:60',
    '9',
    '09:30:00.1234567890',
    '2019-12-30',
    '2019-02-30T09:30Z',
    '2019-12-30T25:00Z',
    '-1',
  ])('"%s" is refused, with what to write', (text) => {
    // A bare number is one of ns.
    if (text === '9') expect(parseMoment('--at', text)).toEqual({ kind: 'ns', ns: 9n })
    else expect(() => parseMoment('--at', text)).toThrow(/--at.*09:30:00\.123456789/)
  })

  it('without its zone is refused', () => {
    expect(() => parseMoment('--at', '2019-12-30T09:30:00')).toThrow(/no time zone/)
  })

  it('of any text is understood or refused by a typed error (seeded)', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[\d:.TZ+-]{1,30}$/))
    const property = fc.property(text, (candidate) => {
      try {
        expect(Number.isFinite(momentToSession('--at', parseMoment('--at', candidate), 0))).toBe(true)
      } catch (error) {
        expect(error).toMatchObject({ code: 'time-option' })
      }
    })
    fc.assert(property, { numRuns: 2_000 })
  })
})
