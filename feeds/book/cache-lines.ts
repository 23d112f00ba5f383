const CACHE_LINE_BYTES = 64
/** Large blocks of the C allocator begin 16 bytes after a page: its chunk header lies in front of them. */
const ALLOCATOR_HEADER_BYTES = 16

/**
 * A zeroed buffer and the offset in it at which 64-byte groups fall on cache lines, so that a 32-byte entry never
 * straddles two. Only speed depends on the guess about the allocator. Untouched pages cost no memory.
 */
export class LineAlignedBuffer {
  readonly buffer: ArrayBuffer
  readonly byteOffset = CACHE_LINE_BYTES - ALLOCATOR_HEADER_BYTES

  constructor(bytes: number) {
    this.buffer = new ArrayBuffer(this.byteOffset + bytes)
  }

  /** The whole of it as 32-bit words. */
  int32(): Int32Array {
    return new Int32Array(this.buffer, this.byteOffset, (this.buffer.byteLength - this.byteOffset) >> 2)
  }

  /** The whole of it as doubles. */
  float64(): Float64Array {
    return new Float64Array(this.buffer, this.byteOffset, (this.buffer.byteLength - this.byteOffset) >> 3)
  }
}
