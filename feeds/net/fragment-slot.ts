import { PacketField } from './packet-fields.ts'

/** Fragments lie at multiples of 8 bytes. */
const UNIT_BYTES = 8
const DATAGRAM_BYTES_MAX = 65_535
const UNITS_MAX = (DATAGRAM_BYTES_MAX + UNIT_BYTES) / UNIT_BYTES

/** Words of what fragments of one datagram have in common: transport (IP version), id, protocol (IPv4 only), addresses. */
const FRAGMENT_KEY_WORDS = 11

/** What a fragment did to its datagram. */
export enum FragmentFit {
  Taken = 0,
  /** All of its bytes were there. */
  Repeated = 1,
  /** Some of its bytes were there: the datagram cannot be trusted. */
  Overlapping = 2,
  /** It lies behind the datagram's end, or gives it another one. */
  Contradicting = 3,
  Complete = 4,
}

/** One datagram on the way from its fragments to the whole. */
export class FragmentSlot {
  readonly bytes = new Uint8Array(UNITS_MAX * UNIT_BYTES)
  isUsed = false
  /** Capture time of the first fragment; slot 0, seconds. */
  readonly since = new Float64Array(1)
  /** Fragments taken. */
  fragments = 0
  /** Bytes of the whole, −1 until the last fragment is there. */
  length = -1
  /** Protocol of the contents, as the first fragment says. */
  protocol = -1
  readonly #key = new Int32Array(FRAGMENT_KEY_WORDS)
  /** A bit for each unit that is there. */
  readonly #present = new Int32Array(Math.ceil(UNITS_MAX / 32))
  #units = 0
  #endUnits = 0

  /** Begins with the datagram of a fragment. */
  begin(fields: Int32Array, seconds: Float64Array): void {
    this.isUsed = true
    this.since[0] = seconds[0]!
    this.fragments = 0
    this.length = -1
    this.protocol = -1
    this.#units = 0
    this.#endUnits = 0
    this.#present.fill(0)
    for (let word = 0; word < FRAGMENT_KEY_WORDS; word++) this.#key[word] = readKey(fields, word)
  }

  /** Whether a fragment is of this datagram. */
  matches(fields: Int32Array): boolean {
    for (let word = 0; word < FRAGMENT_KEY_WORDS; word++) if (this.#key[word] !== readKey(fields, word)) return false
    return true
  }

  /** Takes a whole fragment in; its offset and length are within a datagram's bounds. */
  take(source: Uint8Array, fields: Int32Array): FragmentFit {
    const at = fields[PacketField.PayloadAt]!
    const length = fields[PacketField.PayloadLength]!
    const offset = fields[PacketField.FragmentOffset]!
    const isLast = fields[PacketField.FragmentHasMore] === 0
    const first = offset / UNIT_BYTES
    const end = Math.ceil((offset + length) / UNIT_BYTES)
    if (this.length >= 0 && (offset + length > this.length || (isLast && offset + length !== this.length))) {
      return FragmentFit.Contradicting
    }
    if (isLast && end < this.#endUnits) return FragmentFit.Contradicting
    const present = this.#countPresent(first, end)
    if (present > 0) return present === end - first ? FragmentFit.Repeated : FragmentFit.Overlapping
    this.bytes.set(source.subarray(at, at + length), offset)
    this.#mark(first, end)
    this.fragments++
    if (isLast) this.length = offset + length
    if (offset === 0) this.protocol = fields[PacketField.IpProtocol]!
    return this.length >= 0 && this.#units === Math.ceil(this.length / UNIT_BYTES)
      ? FragmentFit.Complete
      : FragmentFit.Taken
  }

  #countPresent(first: number, end: number): number {
    let count = 0
    for (let unit = first; unit < end; unit++) if ((this.#present[unit >> 5]! & (1 << (unit & 31))) !== 0) count++
    return count
  }

  #mark(first: number, end: number): void {
    for (let unit = first; unit < end; unit++) this.#present[unit >> 5]! |= 1 << (unit & 31)
    this.#units += end - first
    this.#endUnits = Math.max(this.#endUnits, end)
  }
}

/** Word `word` of a fragment's key. The unused words of an IPv4 address count as zero. */
function readKey(fields: Int32Array, word: number): number {
  const isV6 = fields[PacketField.Transport] !== 0
  if (word === 0) return fields[PacketField.Transport]!
  if (word === 1) return fields[PacketField.FragmentId]!
  // RFC 8200, 4.5: source, target and id; RFC 791, 3.2: the protocol, too.
  if (word === 2) return isV6 ? 0 : fields[PacketField.IpProtocol]!
  const address = word - 3
  if (!isV6 && (address & 3) !== 0) return 0
  return fields[PacketField.SourceAddress + address]!
}
