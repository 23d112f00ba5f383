import { hostAddon } from './addon.ts'
import { type Memory, requireInteger, requireWithin, toNative } from './arguments.ts'

/**
 * CRC-32C (Castagnoli) as in RFC 3720, 12.1, in hardware where there is SSE4.2.
 * @param seed the CRC of what came before, so that a long text can be done in parts; 0 at the beginning
 * @returns 32 bits, unsigned
 */
export function crc32c(memory: Memory, byteOffset: number, length: number, seed = 0): number {
  requireWithin(memory, byteOffset, length)
  requireInteger('length', length, 0, 0xffffffff)
  return hostAddon().crc32c(toNative(memory), byteOffset, length, seed)
}

/** How `crc32c` is computed in this process. */
export function crc32cMethod(): 'sse4.2' | 'tables' {
  return hostAddon().hasCrc32cInstruction() ? 'sse4.2' : 'tables'
}
