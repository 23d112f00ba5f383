import { expect, test } from 'vitest'
import { hostAddon } from '../../../kernels/host/addon.ts'
import { crc32c, crc32cMethod } from '../../../kernels/host/crc32c.ts'

const ascii = (text: string) => new TextEncoder().encode(text)

/** Written out by bits, straight from the polynomial. */
function crcByBits(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  }
  return ~crc >>> 0
}

/** RFC 3720, B.4; the first is the check value of the CRC catalogue. The RFC prints the bytes in order of transmission. */
const vectors: readonly [string, Uint8Array, number][] = [
  ['the check text', ascii('123456789'), 0xe3069283],
  ['32 bytes of zeroes', new Uint8Array(32), 0x8a9136aa],
  ['32 bytes of ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['32 incrementing bytes', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ['32 decrementing bytes', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  [
    'an iSCSI SCSI Read (10) command PDU',
    Uint8Array.from(
      '01c00000000000000000000000000000140000000000040000000014000000182800000000000000020000000000000000'
        .match(/../g)!
        .slice(0, 48)
        .map((hex) => Number.parseInt(hex, 16)),
    ),
    0xd9963a56,
  ],
]

test.each(vectors)('The CRC of %s is the published one, by instruction and by tables', (_, bytes, expected) => {
  expect(crc32c(bytes, 0, bytes.length)).toBe(expected)
  expect(hostAddon().crc32cByTables(bytes, 0, bytes.length, 0)).toBe(expected)
})

test('Instruction, tables and the definition agree on every length and alignment', () => {
  const bytes = Uint8Array.from({ length: 100 }, (_, i) => (i * 167 + 13) & 0xff)
  for (let start = 0; start < 9; start++) {
    for (let length = 0; start + length <= bytes.length; length++) {
      const expected = crcByBits(bytes.subarray(start, start + length))
      expect(crc32c(bytes, start, length)).toBe(expected)
      expect(hostAddon().crc32cByTables(bytes, start, length, 0)).toBe(expected)
    }
  }
})

test('A CRC is continued from that of what came before', () => {
  const text = ascii('the quick brown fox jumps over the lazy dog')
  const whole = crc32c(text, 0, text.length)
  for (let cut = 0; cut <= text.length; cut++) {
    expect(crc32c(text, cut, text.length - cut, crc32c(text, 0, cut))).toBe(whole)
  }
})

test('Plain and shared buffers and views of them are all read', () => {
  const shared = new SharedArrayBuffer(16)
  new Uint8Array(shared).set(ascii('123456789'), 3)
  expect(crc32c(shared, 3, 9)).toBe(0xe3069283)
  expect(crc32c(new Uint8Array(shared, 2), 1, 9)).toBe(0xe3069283)
  expect(crc32c(new Uint8Array(shared).slice().buffer, 3, 9)).toBe(0xe3069283)
  expect(crc32c(new ArrayBuffer(0), 0, 0)).toBe(0)
})

test('What lies outside the memory is refused', () => {
  expect(() => crc32c(new ArrayBuffer(8), 4, 5)).toThrow(RangeError)
  expect(() => crc32c(new ArrayBuffer(8), -1, 2)).toThrow(RangeError)
  expect(() => crc32c(new ArrayBuffer(8), 0, 1.5)).toThrow(RangeError)
})

test('The method is named', () => {
  expect(['sse4.2', 'tables']).toContain(crc32cMethod())
})
