/**
 * The layout of a single-producer, many-consumer ring and of a consumer's cursor.
 *
 *     ring section, in the producer's region              cursor section, in the consumer's region
 *     0        64        128       192                    0
 *     ┌────────┬─────────┬─────────┬──────────────┐       ┌───────┬────────┬──────────┐
 *     │ facts  │ tail    │ claim   │ data 2^n     │       │ epoch │ cursor │ sequence │
 *     └────────┴─────────┴─────────┴──────────────┘       └───────┴────────┴──────────┘
 *
 * Positions count 8-byte words modulo 2^32: they fit the 32-bit atomics of the language, and differences are exact
 * while they stay below 2^31 words. `tail` (what is published) and `claim` (what may be overwritten) stand on cache
 * lines of their own. A record never wraps: padding fills the end of the data,
 * of which the first 8 bytes of a record's header say length and type.
 *
 * The facts hold two marks, written in turn: each pairs a published position, as bytes since the ring was made, with the
 * sequence of the record before it. A mark is written before the tail that it describes, so of the two exactly one
 * agrees with the tail, whatever moment the producer died at.
 *
 *     0          4         8         32                             48               64
 *     ┌──────────┬─────────┬─────────┬───────────────┬──────────────┬────────────────┐
 *     │ capacity │ version │ spare   │ mark 0:       │ published    │ mark 1: as     │
 *     │ u32      │ u32     │         │ sequence f64  │ bytes f64    │ mark 0         │
 *     └──────────┴─────────┴─────────┴───────────────┴──────────────┴────────────────┘
 */
import { RingLayoutError } from './errors.ts'

export const RING_LAYOUT_VERSION = 1

/** Byte offsets within a ring section. */
export enum RingHeader {
  CapacityBytes = 0,
  LayoutVersion = 4,
  Mark0 = 32,
  Mark1 = 48,
  Tail = 64,
  Claim = 128,
  Data = 192,
}

/** Byte offsets within a mark; all plain f64. */
export enum RingMark {
  /** Sequence of the last record before the position; 0 for none. */
  Sequence = 0,
  /** The position in bytes, never wrapped: exact for 2^53 bytes. */
  PublishedBytes = 8,
  Bytes = 16,
}

/** Byte offsets within a cursor section. */
export enum CursorLayout {
  /** Epoch of the consumer that set the cursor; 0 while nobody consumes. */
  Epoch = 0,
  Cursor = 4,
  /** Nothing beyond the record with this sequence was ever given back; plain f64, stored before the cursor. */
  Sequence = 16,
  Bytes = 64,
}

export const RING_CAPACITY_BYTES_MIN = 4096
export const RING_CAPACITY_BYTES_MAX = 1 << 30

if (
  RingHeader.Mark1 !== RingHeader.Mark0 + RingMark.Bytes ||
  RingHeader.Mark1 + RingMark.Bytes > RingHeader.Tail ||
  CursorLayout.Sequence + 8 > CursorLayout.Bytes
) {
  throw new Error('ring layout: fields overlap')
}

/** Size of a ring section. */
export function ringSectionBytes(capacityBytes: number): number {
  return RingHeader.Data + capacityBytes
}

function isRingCapacity(capacityBytes: number): boolean {
  const isPowerOfTwo = (capacityBytes & (capacityBytes - 1)) === 0
  return isPowerOfTwo && capacityBytes >= RING_CAPACITY_BYTES_MIN && capacityBytes <= RING_CAPACITY_BYTES_MAX
}

/** @throws RangeError unless it is a power of two within bounds */
export function assertRingCapacity(capacityBytes: number): void {
  if (!isRingCapacity(capacityBytes)) {
    throw new RangeError(
      `a ring's capacity is a power of two from ${RING_CAPACITY_BYTES_MIN} to ${RING_CAPACITY_BYTES_MAX}, not ${capacityBytes}`,
    )
  }
}

/**
 * Reads the capacity of a formatted ring section.
 * @throws RingLayoutError when it is none of this build
 */
export function readRingCapacity(buffer: ArrayBufferLike, byteOffset: number): number {
  const words = new Int32Array(buffer, byteOffset, RingHeader.Data >> 2)
  const version = words[RingHeader.LayoutVersion >> 2]!
  const capacityBytes = words[RingHeader.CapacityBytes >> 2]!
  if (version !== RING_LAYOUT_VERSION) {
    throw new RingLayoutError(byteOffset, `its layout is version ${version}, this build reads ${RING_LAYOUT_VERSION}`)
  }
  if (!isRingCapacity(capacityBytes) || byteOffset + ringSectionBytes(capacityBytes) > buffer.byteLength) {
    throw new RingLayoutError(byteOffset, `a capacity of ${capacityBytes} bytes is not possible`)
  }
  return capacityBytes
}
