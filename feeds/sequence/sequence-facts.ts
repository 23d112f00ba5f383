import type { LineFacts, SessionFacts } from '../protocol/protocol.ts'
import { LineCount } from './line-table.ts'
import type { MessageArbiter } from './message-arbiter.ts'
import { SessionCount } from './session-table.ts'

/** What an arbiter knows of its sessions, for reports. */
export function describeSessions({ sessions }: MessageArbiter): SessionFacts[] {
  const facts: SessionFacts[] = []
  for (let session = 0; session < sessions.count; session++) {
    const read = (slot: SessionCount) => sessions.counts[session * SessionCount.Count + slot]!
    const missing = sessions.missing[session]!
    const last = sessions.hasFirst[session] === 1 ? read(SessionCount.Expected) - 1 : 0
    facts.push({
      session: sessions.name(session),
      firstSequence: String(read(SessionCount.First)),
      lastSequence: String(last),
      messages: read(SessionCount.Messages),
      missing: missing.missing[0]!,
      duplicates: read(SessionCount.Duplicates),
      heartbeats: read(SessionCount.Heartbeats),
      packets: read(SessionCount.Packets),
      late: read(SessionCount.Late),
      early: read(SessionCount.Early),
      unsequenced: read(SessionCount.Unsequenced),
      endOfSession: read(SessionCount.EndOfSession),
      missingRanges: missing.toObjects(),
    })
  }
  return facts
}

/** What an arbiter knows of its lines, for reports. */
export function describeLines({ lines, races, sessions }: MessageArbiter): LineFacts[] {
  const facts: LineFacts[] = []
  for (let line = 0; line < lines.count; line++) {
    const { flow, session } = lines.key(line)
    const race = races?.facts(line)
    const read = (slot: LineCount) => lines.counts[line * LineCount.Count + slot]!
    facts.push({
      flow,
      session: sessions.name(session),
      packets: read(LineCount.Packets),
      messages: read(LineCount.Messages),
      missing: read(LineCount.Missing),
      ...(race !== undefined && { race }),
    })
  }
  return facts
}
