/*
 * The library decodes the weights of a Huffman tree until their bits run out. Where one weight has all the probability,
 * a weight takes no bits and that never happens: damage like this must be found before.
 */

const SYMBOLS_MAX = 256
/** Tree descriptions from here on give each weight in four bits, without a table. */
const DIRECT_WEIGHTS = 128
/** Bytes of the literals section's header by its size format (RFC 8878, section 3.1.1.3.1.1). */
const LITERALS_HEADER_BYTES = [3, 3, 4, 5]

/**
 * Whether a compressed block describes a Huffman tree whose weights never end. zstd refuses them as damaged, too.
 * Source: RFC 8878, sections 3.1.1.3.1 (literals), 4.2.1.2 (weights) and 4.1.1 (distribution of a table).
 * @param at of the block's contents
 */
export function hasEndlessTree(bytes: Uint8Array, at: number, length: number): boolean {
  if (length < 8 || (bytes[at]! & 3) !== 2) return false
  const treeAt = at + LITERALS_HEADER_BYTES[(bytes[at]! >> 2) & 3]!
  return bytes[treeAt]! < DIRECT_WEIGHTS && hasCertainSymbol(bytes, treeAt + 1, at + length)
}

/** Whether the first symbol with any probability has all of it. */
function hasCertainSymbol(bytes: Uint8Array, at: number, end: number): boolean {
  const total = 1 << ((bytes[at]! & 15) + 5)
  let bitAt = 4
  const read = (bits: number) => {
    const from = at + (bitAt >> 3)
    const word = (bytes[from] ?? 0) | ((bytes[from + 1] ?? 0) << 8) | ((bytes[from + 2] ?? 0) << 16)
    return (word >> (bitAt & 7)) & ((1 << bits) - 1)
  }
  // All that comes before it has probability 0, so what remains is always the total.
  const bits = 32 - Math.clz32(total + 1)
  const mask = (1 << bits) - 1
  const shortMax = mask - (total + 1)
  for (let symbol = 0; symbol < SYMBOLS_MAX && at + (bitAt >> 3) < end; symbol++) {
    let value = read(bits)
    const low = value & (mask >> 1)
    bitAt += low < shortMax ? bits - 1 : bits
    if (low < shortMax) value = low
    else if (value > mask >> 1) value -= shortMax
    if (value !== 1) return value - 1 === total
    let repeat = 3
    while (repeat === 3 && at + (bitAt >> 3) < end) {
      repeat = read(2)
      bitAt += 2
    }
  }
  return false
}
