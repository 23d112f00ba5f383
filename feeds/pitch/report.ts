import type { ProtocolReport } from '../protocol/protocol.ts'
import { describeLines, describeSessions } from '../sequence/sequence-facts.ts'
import type { PitchContext } from './context.ts'
import { countsInHex } from './counts.ts'
import type { BlockCounts } from './packets.ts'

/**
 * What a decoder of binary PITCH has seen.
 * @param isOwn by session: whether this protocol saw it first, and reports it
 */
export function describePitch(
  { counts, state }: PitchContext,
  { bad, cut, tooMany }: BlockCounts,
  isOwn: Uint8Array,
): ProtocolReport {
  const { arbiter } = state
  const [firstMessageNs, lastMessageNs] = counts.timeNs
  return {
    messages: countsInHex(counts.byType),
    rejected: countsInHex(counts.rejectedByType),
    undecoded: {
      ...(bad > 0 && { badPitchUnit: bad }),
      ...(cut > 0 && { shortFrame: cut }),
      ...(tooMany > 0 && { tooManySessions: tooMany }),
      ...counts.undecoded(),
    },
    sessions: describeSessions(arbiter).filter((_, session) => isOwn[session] === 1),
    lines: describeLines(arbiter).filter((_, line) => isOwn[arbiter.lines.key(line).session] === 1),
    firstMessageNs: firstMessageNs!,
    lastMessageNs: lastMessageNs!,
  }
}
