/**
 * Checks of arguments before they reach native code. A failed one is a defect of the caller: a RangeError.
 * @module
 */

/** Memory that native code can reach: an ArrayBuffer, a SharedArrayBuffer, or a view of bytes. */
export type Memory = ArrayBufferLike | Uint8Array

/** @throws RangeError when `value` is no whole number from `min` to `max` */
export function requireInteger(name: string, value: number, min: number, max = Number.MAX_SAFE_INTEGER): void {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return
  throw new RangeError(`${name} must be a whole number from ${min} to ${max}, not ${value}`)
}

/**
 * @param alignBytes what the address must be a multiple of
 * @throws RangeError when [byteOffset, byteOffset + length) is not within the memory, or not aligned
 */
export function requireWithin(memory: Memory, byteOffset: number, length: number, alignBytes = 1): void {
  requireInteger('byteOffset', byteOffset, 0)
  requireInteger('length', length, 0)
  if (byteOffset + length > memory.byteLength) {
    throw new RangeError(`bytes ${byteOffset} to ${byteOffset + length} lie outside a memory of ${memory.byteLength}`)
  }
  const base = ArrayBuffer.isView(memory) ? memory.byteOffset : 0
  if ((base + byteOffset) % alignBytes !== 0) {
    throw new RangeError(`byte offset ${base + byteOffset} is not a multiple of ${alignBytes}`)
  }
}

/** What Node-API takes: it knows no SharedArrayBuffer, but views of one. */
export function toNative(memory: Memory): ArrayBuffer | Uint8Array {
  return memory instanceof SharedArrayBuffer ? new Uint8Array(memory) : memory
}
