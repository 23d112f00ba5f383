import type { ProtocolReport } from '../protocol/protocol.ts'
import { ITCH50_REJECT_NAMES } from './counts.ts'
import type { Itch50Decoder } from './decoder.ts'

/** What a decoder of ITCH 5.0 has seen, without its transport. */
export function describeItch50({ counts }: Itch50Decoder): Omit<ProtocolReport, 'sessions' | 'lines'> {
  const undecoded: Record<string, number> = {}
  for (let reason = 0; reason < ITCH50_REJECT_NAMES.length; reason++) {
    if (counts.rejected[reason] !== 0) undecoded[ITCH50_REJECT_NAMES[reason]!] = counts.rejected[reason]!
  }
  const [firstMessageNs, lastMessageNs] = counts.timeNs
  return {
    messages: counts.toObject(),
    rejected: counts.rejectedToObject(),
    undecoded,
    firstMessageNs: firstMessageNs!,
    lastMessageNs: lastMessageNs!,
  }
}
