import { u8, u32 } from './bytes.ts'

/** zstd frames made by hand for tests: stored and repeated blocks only, which need no entropy coding. */

const MASK = (1n << 64n) - 1n
const P = [0x9e3779b185ebca87n, 0xc2b2ae3d27d4eb4fn, 0x165667b19e3779f9n, 0x85ebca77c2b2ae63n, 0x27d4eb2f165667c5n]

function rotate(value: bigint, bits: bigint): bigint {
  return ((value << bits) | (value >> (64n - bits))) & MASK
}

function round(accumulator: bigint, input: bigint): bigint {
  return (rotate((accumulator + input * P[1]!) & MASK, 31n) * P[0]!) & MASK
}

/** XXH64 with seed 0, as the specification writes it down. */
export function naiveXxh64(bytes: Buffer): bigint {
  let at = 0
  let hash = P[4]!
  if (bytes.length >= 32) {
    const lanes = [(P[0]! + P[1]!) & MASK, P[1]!, 0n, (MASK + 1n - P[0]!) & MASK]
    for (; at + 32 <= bytes.length; at += 32) {
      for (let lane = 0; lane < 4; lane++) lanes[lane] = round(lanes[lane]!, bytes.readBigUInt64LE(at + lane * 8))
    }
    hash = (rotate(lanes[0]!, 1n) + rotate(lanes[1]!, 7n) + rotate(lanes[2]!, 12n) + rotate(lanes[3]!, 18n)) & MASK
    for (const lane of lanes) hash = ((hash ^ round(0n, lane)) * P[0]! + P[3]!) & MASK
  }
  hash = (hash + BigInt(bytes.length)) & MASK
  for (; at + 8 <= bytes.length; at += 8) {
    hash = (rotate(hash ^ round(0n, bytes.readBigUInt64LE(at)), 27n) * P[0]! + P[3]!) & MASK
  }
  if (at + 4 <= bytes.length) {
    hash = (rotate(hash ^ ((BigInt(bytes.readUInt32LE(at)) * P[0]!) & MASK), 23n) * P[1]! + P[2]!) & MASK
    at += 4
  }
  for (; at < bytes.length; at++) hash = (rotate(hash ^ ((BigInt(bytes[at]!) * P[4]!) & MASK), 11n) * P[0]!) & MASK
  hash = ((hash ^ (hash >> 33n)) * P[1]!) & MASK
  hash = ((hash ^ (hash >> 29n)) * P[2]!) & MASK
  return hash ^ (hash >> 32n)
}

function littleU32(value: number): Buffer {
  return Buffer.from(u32(value)).reverse()
}

/** A frame of stored blocks of at most `blockBytes`, with its checksum. */
export function zstdStored(bytes: Buffer, blockBytes = 1 << 16): Buffer {
  const parts = [Buffer.from('28b52ffd', 'hex'), u8(0x04), u8((17 - 10) << 3)]
  let at = 0
  do {
    const block = bytes.subarray(at, at + blockBytes)
    at += blockBytes
    const isLast = at >= bytes.length ? 1 : 0
    parts.push(littleU32((block.length << 3) | isLast).subarray(0, 3), block)
  } while (at < bytes.length)
  parts.push(littleU32(Number(naiveXxh64(bytes) & 0xffffffffn)))
  return Buffer.concat(parts)
}

export function zstdSkippable(bytes: Buffer, number = 3): Buffer {
  return Buffer.concat([littleU32(0x184d2a50 + number), littleU32(bytes.length), bytes])
}
