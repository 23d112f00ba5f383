/** CRC32C (Castagnoli, RFC 3720 appendix B.4) by slices of eight bytes: in use until the host addon offers the hardware's. */

const POLYNOMIAL_REFLECTED = 0x82f63b78
const SLICES = 8

function buildTables(): Int32Array {
  const tables = new Int32Array(SLICES * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL_REFLECTED : crc >>> 1
    tables[byte] = crc
  }
  for (let at = 256; at < tables.length; at++) {
    const before = tables[at - 256]!
    tables[at] = tables[before & 0xff]! ^ (before >>> 8)
  }
  return tables
}

const TABLES = buildTables()

/**
 * Checksum of `length` bytes from `offset`.
 * @param seed the checksum of what comes before, 0 for none
 * @returns an unsigned 32-bit number
 */
export function crc32c(bytes: Uint8Array, offset: number, length: number, seed: number): number {
  const tables = TABLES
  let crc = ~seed
  let at = offset
  const end = offset + length
  for (; end - at >= 8; at += 8) {
    const low = crc ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24))
    crc =
      tables[1792 + (low & 0xff)]! ^
      tables[1536 + ((low >>> 8) & 0xff)]! ^
      tables[1280 + ((low >>> 16) & 0xff)]! ^
      tables[1024 + (low >>> 24)]! ^
      tables[768 + bytes[at + 4]!]! ^
      tables[512 + bytes[at + 5]!]! ^
      tables[256 + bytes[at + 6]!]! ^
      tables[bytes[at + 7]!]!
  }
  for (; at < end; at++) crc = tables[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8)
  return ~crc >>> 0
}
