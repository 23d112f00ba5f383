import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CrossType } from '../../../feeds/ouch/codes.ts'
import { OuchFault } from '../../../feeds/ouch/faults.ts'
import { OuchField, OuchMessage } from '../../../feeds/ouch/message.ts'
import { OrderTerms } from '../../../feeds/ouch/order-terms.ts'
import { createOuchCodecs, OUCH_BYTES_MAX, OuchVersion } from '../../../feeds/ouch/versions.ts'
import { anyMessage } from './support/messages.ts'

const VERSIONS = [OuchVersion.V42, OuchVersion.V50]
const CODECS = VERSIONS.flatMap((version) => {
  const { requests, responses } = createOuchCodecs(version)
  return [requests, responses]
})
const EVERY = CODECS.flatMap((codec) => codec.layouts.map((layout) => ({ codec, layout })))
const NULL_BYTE = 0xa5

describe('any message of any layout', () => {
  it('is read as it was written, wherever it lies', () => {
    for (const { codec, layout } of EVERY) {
      fc.assert(
        fc.property(anyMessage(layout), fc.nat(9), (message, at) => {
          const bytes = new Uint8Array(OUCH_BYTES_MAX + 10).fill(NULL_BYTE)
          const length = codec.encode(message, bytes, at)
          expect(length).toBeLessThanOrEqual(OUCH_BYTES_MAX)
          const read = new OuchMessage()
          expect(codec.decode(bytes, at, length, read)).toBe(OuchFault.None)
          expect(read).toEqual(message)
          expect(bytes.subarray(0, at).every((byte) => byte === NULL_BYTE)).toBe(true)
          expect(bytes.subarray(at + length).every((byte) => byte === NULL_BYTE)).toBe(true)
        }),
        { numRuns: 30 },
      )
    }
  })

  it('is refused or read when bytes are changed or missing, and what is read is written again', () => {
    for (const { codec, layout } of EVERY) {
      const edits = fc.array(fc.tuple(fc.nat(OUCH_BYTES_MAX), fc.nat(255)), { maxLength: 6 })
      fc.assert(
        fc.property(anyMessage(layout), edits, fc.nat(12), (message, changes, cut) => {
          const bytes = new Uint8Array(OUCH_BYTES_MAX)
          const whole = codec.encode(message, bytes, 0)
          for (const [at, value] of changes) bytes[at % whole] = value
          const length = Math.max(0, whole - cut)
          const read = new OuchMessage()
          const before = codec.unknownOptions
          const fault = codec.decode(bytes, 0, length, read)
          expect(fault).toBeLessThan(OuchFault.Count)
          if (fault !== OuchFault.None) return
          const again = new Uint8Array(OUCH_BYTES_MAX)
          const second = new OuchMessage()
          // Unknown options are not kept, and a short appendage may come out without its length.
          const rewritten = codec.encode(read, again, 0)
          expect(codec.decode(again, 0, rewritten, second)).toBe(OuchFault.None)
          expect(second).toEqual(read)
          expect(codec.unknownOptions).toBeGreaterThanOrEqual(before)
        }),
        { numRuns: 60 },
      )
    }
  })
})

describe('the terms of an order', () => {
  const anyTerms = fc.record({
    isImmediate: fc.boolean(),
    isMarket: fc.boolean(),
    isPostOnly: fc.boolean(),
    isMidpointPeg: fc.boolean(),
    isAttributable: fc.boolean(),
    minimumShares: fc.nat(999_999),
    displayedSharesMax: fc.nat(999_999),
    crossType: fc.constantFrom(CrossType.None, CrossType.Opening, CrossType.Closing),
    expireSeconds: fc.nat(86_399),
  })

  it('say the same in both versions, but for a reserve, which OUCH 4.2 lacks', () => {
    fc.assert(
      fc.property(anyTerms, fc.boolean(), (terms, isHidden) => {
        const hidden = isHidden || terms.isMidpointPeg
        const said = Object.assign(new OrderTerms(), terms, {
          isHidden: hidden,
          isAttributable: terms.isAttributable && !hidden,
          isPostOnly: terms.isPostOnly && (!hidden || terms.isMidpointPeg),
          expireSeconds: terms.isImmediate ? 0 : terms.expireSeconds,
        })
        for (const version of VERSIONS) {
          const { requests } = createOuchCodecs(version)
          const message = new OuchMessage()
          message.begin(0x4f)
          message.numbers[OuchField.Price] = 102_500
          said.write(message, version)
          const bytes = new Uint8Array(OUCH_BYTES_MAX)
          const read = new OuchMessage()
          expect(requests.decode(bytes, 0, requests.encode(message, bytes, 0), read)).toBe(OuchFault.None)
          const heard = new OrderTerms()
          heard.read(read, version)
          const expected = version === OuchVersion.V42 ? { ...said, displayedSharesMax: 0 } : { ...said }
          expect({ ...heard }).toEqual(expected)
        }
      }),
      { numRuns: 300 },
    )
  })
})
