import { constants, deflateRawSync, gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gunzipPrefix } from '../../../feeds/gzip/gunzip-prefix.ts'

const NO_BOUND = 1 << 28
const { Z_DEFAULT_STRATEGY, Z_FILTERED, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE, Z_SYNC_FLUSH } = constants

/** Bytes of few kinds repeat, and give codes of all lengths. */
const contents = fc.oneof(
  fc.uint8Array({ maxLength: 3000 }),
  fc.array(fc.constantFrom(0x41, 0x42, 0x43, 0x20, 0x00), { maxLength: 3000 }).map((list) => Uint8Array.from(list)),
  fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.integer({ min: 1, max: 200 })).map(([bytes, times]) => {
    return Uint8Array.from({ length: bytes.length * times }, (_, i) => bytes[i % bytes.length]!)
  }),
)
const packings = fc.record({
  level: fc.integer({ min: 0, max: 9 }),
  strategy: fc.constantFrom(Z_DEFAULT_STRATEGY, Z_FILTERED, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE),
})

/** The longest beginning that zlib takes, by trying all of them. */
function longestByZlib(packed: Uint8Array): Buffer {
  for (let length = packed.length; length > 0; length--) {
    try {
      return gunzipSync(packed.subarray(0, length), { finishFlush: Z_SYNC_FLUSH })
    } catch {
      // One byte less.
    }
  }
  return Buffer.alloc(0)
}

/** zlib can tell of a byte only once the next is there. */
function expectAtLeast(longer: Uint8Array, shorter: Uint8Array): void {
  expect(longer.length).toBeGreaterThanOrEqual(shorter.length)
  expect(Buffer.from(longer).subarray(0, shorter.length).equals(shorter)).toBe(true)
}

describe('gzip', () => {
  it('that is whole gives what was packed, however it was packed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(contents, packings), { minLength: 1, maxLength: 3 }), (members) => {
        const packed = Buffer.concat(members.map(([bytes, options]) => gzipSync(bytes, options)))
        const whole = Buffer.concat(members.map(([bytes]) => bytes))
        expect(whole.equals(gunzipPrefix(packed, NO_BOUND))).toBe(true)
        expect(whole.equals(gunzipPrefix(Buffer.concat([packed, Buffer.alloc(5)]), NO_BOUND))).toBe(true)
        expect(whole.equals(gunzipPrefix(Buffer.concat([packed, Buffer.from('more')]), NO_BOUND))).toBe(true)
      }),
      { numRuns: 150 },
    )
  })

  it('that is damaged gives all that zlib gives of its longest good beginning', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(contents, packings, changes, (bytes, options, changed) => {
        const packed = gzipSync(bytes.subarray(0, 300), options)
        for (const [at, mask] of changed) packed[at % packed.length]! ^= mask
        expectAtLeast(gunzipPrefix(packed, NO_BOUND), longestByZlib(packed))
      }),
      { numRuns: 200 },
    )
  })

  it('cut at any byte gives what zlib gives', () => {
    const packed = gzipSync(Buffer.from('The order book of the day. '.repeat(20) + Math.PI.toString().repeat(9)))
    for (let length = 0; length < packed.length; length++) {
      const cut = packed.subarray(0, length)
      expectAtLeast(gunzipPrefix(cut, NO_BOUND), longestByZlib(cut))
    }
  })

  it('ends where its checksum, its size or its next member is wrong', () => {
    const [one, two] = [gzipSync('one'), gzipSync('two')]
    const textOf = (...parts: Uint8Array[]) => Buffer.from(gunzipPrefix(Buffer.concat(parts), NO_BOUND)).toString()
    expect(textOf(one, two)).toBe('onetwo')
    for (const fromEnd of [8, 4]) {
      const wrong = Buffer.from(one)
      wrong[wrong.length - fromEnd]! ^= 1
      expect(textOf(wrong, two)).toBe('one')
    }
    expect(textOf(one, two.subarray(1))).toBe('one')
  })

  it('may carry an extra field, a name, a comment and a checksum of its header', () => {
    const head = Buffer.from('1f8b081e000000000003', 'hex')
    const options = Buffer.concat([Buffer.from([3, 0, 1, 2, 3]), Buffer.from('name\0remark\0')])
    const tail = gzipSync('content').subarray(-8)
    const header = Buffer.concat([head, options])
    const checksum = gzipSync(header).readUInt32LE(gzipSync(header).length - 8) & 0xffff
    const member = (sum: number) =>
      Buffer.concat([header, Buffer.from([sum & 255, sum >> 8]), deflateRawSync('content'), tail])
    expect(Buffer.from(gunzipPrefix(member(checksum), NO_BOUND)).toString()).toBe('content')
    expect(gunzipSync(member(checksum)).toString()).toBe('content')
    expect(gunzipPrefix(member(checksum ^ 1), NO_BOUND)).toHaveLength(0)
    for (let length = 0; length < header.length; length++) {
      expect(gunzipPrefix(header.subarray(0, length), NO_BOUND)).toHaveLength(0)
    }
  })

  it.each([0, 1, 100, 5000, 100_000])('gives no more than %d bytes when that is the bound', (bytesMax) => {
    for (const content of [
      Buffer.alloc(1 << 17, 'abc'),
      Buffer.from(Array.from({ length: 1 << 17 }, (_, i) => i * i)),
    ]) {
      for (const level of [0, 1, 9]) {
        const output = gunzipPrefix(gzipSync(content, { level }), bytesMax)
        expect(output).toHaveLength(bytesMax)
        expect(content.subarray(0, bytesMax).equals(output)).toBe(true)
      }
    }
  })
})
