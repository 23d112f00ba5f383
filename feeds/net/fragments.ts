import { FragmentCount } from './fragment-counts.ts'
import { FragmentFit, FragmentSlot } from './fragment-slot.ts'
import { PacketField } from './packet-fields.ts'

/** Datagrams that can be on the way at a time: 4 MiB, made as they are needed. Policy: the oldest is given up. */
export const FRAGMENTED_MAX = 64
/** Seconds of capture time after which a datagram that is not whole is given up; as Linux has it for IPv4. */
export const FRAGMENT_TIMEOUT_SECONDS = 30
const DATAGRAM_BYTES_MAX = 65_535

/**
 * Puts fragmented IP datagrams together. Fragments that overlap with different extents spoil their datagram (RFC 5722, and
 * what Linux does for IPv4, too); the same fragment again is left out.
 */
export class Fragments {
  readonly counts = new Float64Array(FragmentCount.Count)
  /** The datagram that `take` completed: what lies behind its IP headers; stays until the next call. */
  bytes: Uint8Array = new Uint8Array(0)
  length = 0
  readonly #slots: FragmentSlot[] = []

  /**
   * Takes a fragment.
   * @param fields as `parseFrame` filled them; at the last fragment, the protocol is made that of the whole
   * @param seconds slot 0: the capture time
   * @returns whether its datagram is whole
   */
  take(source: Uint8Array, fields: Int32Array, seconds: Float64Array): boolean {
    const { counts } = this
    counts[FragmentCount.Fragments]!++
    if (!isPossible(fields)) {
      counts[FragmentCount.Bad]!++
      return false
    }
    this.#expire(seconds)
    const slot = this.#find(fields) ?? this.#begin(fields, seconds)
    switch (slot.take(source, fields)) {
      case FragmentFit.Complete:
        counts[FragmentCount.Datagrams]!++
        counts[FragmentCount.Used]! += slot.fragments
        fields[PacketField.IpProtocol] = slot.protocol
        this.bytes = slot.bytes
        this.length = slot.length
        slot.isUsed = false
        return true
      case FragmentFit.Repeated:
        counts[FragmentCount.Repeated]!++
        return false
      case FragmentFit.Overlapping:
        counts[FragmentCount.Overlapping]!++
        slot.isUsed = false
        return false
      case FragmentFit.Contradicting:
        counts[FragmentCount.Contradicting]!++
        slot.isUsed = false
        return false
      default:
        return false
    }
  }

  #find(fields: Int32Array): FragmentSlot | undefined {
    for (const slot of this.#slots) if (slot.isUsed && slot.matches(fields)) return slot
    return undefined
  }

  #begin(fields: Int32Array, seconds: Float64Array): FragmentSlot {
    const slot = this.#takeSlot()
    slot.begin(fields, seconds)
    return slot
  }

  #takeSlot(): FragmentSlot {
    let oldest: FragmentSlot | undefined
    for (const slot of this.#slots) {
      if (!slot.isUsed) return slot
      if (oldest === undefined || slot.since[0]! < oldest.since[0]!) oldest = slot
    }
    if (oldest !== undefined && this.#slots.length === FRAGMENTED_MAX) {
      this.counts[FragmentCount.Evicted]!++
      return oldest
    }
    const slot = new FragmentSlot()
    this.#slots.push(slot)
    return slot
  }

  #expire(seconds: Float64Array): void {
    for (const slot of this.#slots) {
      if (!slot.isUsed || seconds[0]! - slot.since[0]! <= FRAGMENT_TIMEOUT_SECONDS) continue
      this.counts[FragmentCount.TimedOut]!++
      slot.isUsed = false
    }
  }
}

/** A fragment is whole in the capture, ends within a datagram's bound, and is a multiple of 8 bytes unless it is the last. */
function isPossible(fields: Int32Array): boolean {
  const length = fields[PacketField.PayloadLength]!
  if (fields[PacketField.IsCut] === 1 || length === 0) return false
  if (fields[PacketField.FragmentOffset]! + length > DATAGRAM_BYTES_MAX) return false
  return fields[PacketField.FragmentHasMore] === 0 || (length & 7) === 0
}
