/** What is wrong with a capture file's framing. */
export enum Damage {
  /** The file ends in the middle of a record. */
  TruncatedTail = 0,
  /** A length that no record of the format can have. Policy: reading ends there. */
  CorruptLength = 1,
  /** pcapng: the length behind a block differs from the one before it. Policy: reading ends there. */
  CorruptTrailer = 2,
  /** pcapng: a section header whose byte-order magic is neither. Policy: reading ends there. */
  CorruptByteOrder = 3,
  /** pcapng: a packet of an interface that was not described. Policy: the packet is skipped. */
  UnknownInterface = 4,
  /** pcapng: an interface beyond the bound of interfaces in a section. Policy: its packets are skipped. */
  TooManyInterfaces = 5,
  /** pcapng: a time unit that cannot be brought to nanoseconds. Policy: its packets have time 0. */
  UnknownTimeUnit = 6,
  /** A record's fraction of a second is a second or more. Policy: the time is used as it stands. */
  CorruptTime = 7,
  Count = 8,
}

/** Names in reports, by `Damage`. */
export const DAMAGE_NAMES: readonly string[] = [
  'truncatedTail',
  'corruptLength',
  'corruptTrailer',
  'corruptByteOrder',
  'unknownInterface',
  'tooManyInterfaces',
  'unknownTimeUnit',
  'corruptTime',
]

/** Kinds behind which nothing of a file is read although there is more of it. */
const READING_ENDS: readonly string[] = [Damage.CorruptLength, Damage.CorruptTrailer, Damage.CorruptByteOrder].map(
  (kind) => DAMAGE_NAMES[kind]!,
)

/** Whether files were read as far as they go; one that ends inside a record was. */
export function isReadToEnd(facts: { readonly errors: readonly unknown[]; readonly damage: object }): boolean {
  return facts.errors.length === 0 && !READING_ENDS.some((kind) => kind in facts.damage)
}

/** Counts of a file's damage, with the byte offset (of the decompressed stream) at which each kind first occurred. */
export class DamageLog {
  readonly counts = new Float64Array(Damage.Count)
  /** Offset of the first record of each kind; −1 for none. */
  readonly firstAt = new Float64Array(Damage.Count).fill(-1)

  note(kind: Damage, offset: number): void {
    if (this.counts[kind] === 0) this.firstAt[kind] = offset
    this.counts[kind]!++
  }

  /** Damage that occurred, as `{ truncatedTail: { count, firstAtByte } }`. */
  toObject(): Record<string, { count: number; firstAtByte: number }> {
    const facts: Record<string, { count: number; firstAtByte: number }> = {}
    for (let kind = 0; kind < Damage.Count; kind++) {
      if (this.counts[kind] === 0) continue
      facts[DAMAGE_NAMES[kind]!] = { count: this.counts[kind]!, firstAtByte: this.firstAt[kind]! }
    }
    return facts
  }
}
