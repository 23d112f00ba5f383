/**
 * The layout of a single-producer, many-consumer ring and of a consumer's cursor.
 *
 *     ring section, in the producer's region              cursor section, in the consumer's region
 *     0        64        128       192                    0
 *     ┌────────┬─────────┬─────────┬──────────────┐       ┌───────┬────────┬─────────┐
 *     │ facts  │ tail    │ claim   │ data 2^n     │       │ epoch │ cursor │ waiting │
 *     └────────┴─────────┴─────────┴──────────────┘       └───────┴────────┴─────────┘
 *
 * Positions count 8-byte words modulo 2^32: they fit the 32-bit atomics of the language, and differences are exact
 * while a ring is smaller than 16 GiB. `tail` (what is published) and `claim` (what may be overwritten) stand on cache
 * lines of their own. A record never wraps: a padding record fills the end of the data.
 */

export const RING_LAYOUT_VERSION = 1

/** Byte offsets within a ring section. */
export enum RingHeader {
  CapacityBytes = 0,
  LayoutVersion = 4,
  /** Sequence of the last published record; plain f64, exact when read together with a stable tail. */
  LastSequence = 8,
  /** Total bytes published since the region was created. */
  PublishedBytes = 16,
  Tail = 64,
  /** Last sequence and time of the *claim* line are plain; the claim word itself is atomic. */
  Claim = 128,
  Data = 192,
}

/** Byte offsets within a cursor section. */
export enum CursorLayout {
  /** Epoch of the consumer that set the cursor; 0 while nobody consumes. */
  Epoch = 0,
  Cursor = 4,
  /** 1 while the consumer sleeps on the ring's tail word and wants a wake. */
  Waiting = 8,
  /** Sequence of the last record that the consumer is done with; plain f64. */
  Sequence = 16,
  Bytes = 64,
}

/** Padding needs a length and a type: the first 8 bytes of a header. */
export const PADDING_BYTES_MIN = 8

export const RING_CAPACITY_BYTES_MIN = 4096
export const RING_CAPACITY_BYTES_MAX = 1 << 30

/** Size of a ring section. */
export function ringSectionBytes(capacityBytes: number): number {
  return RingHeader.Data + capacityBytes
}

/** @throws RangeError unless it is a power of two within bounds */
export function assertRingCapacity(capacityBytes: number): void {
  const isPowerOfTwo = (capacityBytes & (capacityBytes - 1)) === 0
  if (!isPowerOfTwo || capacityBytes < RING_CAPACITY_BYTES_MIN || capacityBytes > RING_CAPACITY_BYTES_MAX) {
    throw new RangeError(
      `a ring's capacity is a power of two from ${RING_CAPACITY_BYTES_MIN} to ${RING_CAPACITY_BYTES_MAX}, not ${capacityBytes}`,
    )
  }
}
