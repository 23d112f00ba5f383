/** What the streams have brought: one double a counter, by type code. */
export class SoupCounts {
  readonly byType = new Float64Array(256)
  /** Messages in sequenced and in unsequenced packets that are not decoded here, by their type. */
  readonly sequenced = new Float64Array(256)
  readonly unsequenced = new Float64Array(256)
  /** Data packets without a message type in capitals. */
  unknownPayloads = 0
  /** Places where something else than a packet began: a packet's boundary was looked for from there on. */
  brokenPackets = 0
  /** Sessions beyond the bound of sessions: their messages are handed out without numbers. */
  tooManySessions = 0

  /** Packets by type letter; those that did not occur are left out. */
  packets(): Record<string, number> {
    return nameCounts(this.byType, '')
  }

  /** Messages that are carried but not decoded: `S A` for type A in a sequenced packet, `U O` for O in an unsequenced one. */
  carried(): Record<string, number> {
    return { ...nameCounts(this.sequenced, 'S '), ...nameCounts(this.unsequenced, 'U ') }
  }
}

function nameCounts(byType: Float64Array, prefix: string): Record<string, number> {
  const counts: Record<string, number> = {}
  byType.forEach((count, type) => {
    if (count > 0) counts[`${prefix}${String.fromCharCode(type)}`] = count
  })
  return counts
}
