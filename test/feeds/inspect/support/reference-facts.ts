import type { CaptureFacts } from '../../../../feeds/inspect/inspect-capture.ts'

/** Facts by name, of an inspection and of the reference beside the file, in the same words. */
export type Facts = Readonly<Record<string, unknown>>

/** What the references say, as far as it is read here; each folder's decoder wrote its own kind of `decoded`. */
export interface Reference {
  readonly bytes: number
  readonly pcap?: {
    readonly container: string
    readonly packets: number
    readonly captured_bytes: number
    readonly packets_cut_by_snaplen: number
    readonly truncated_tail_at_byte: number | null
    readonly first_ts_ns: string
    readonly last_ts_ns: string
    readonly timestamps_going_backwards: number
    readonly flows: readonly { readonly flow: string; readonly packets: number; readonly payload_bytes: number }[]
  }
  readonly decoded?: Decoded
}

type Counts = Readonly<Record<string, number>>

interface Decoded {
  readonly messages_by_type?: Counts
  readonly messages_by_template?: Counts
  readonly records_by_rtype?: Counts
  readonly instruments?: number
  readonly first_message_ts_ns?: string
  readonly last_message_ts_ns?: string
  readonly first_ts_event_ns?: string
  readonly last_ts_event_ns?: string
  readonly moldudp64_sessions?: Readonly<Record<string, Readonly<Record<string, number | string>>>>
  readonly iex_tp_packets_by_protocol?: Counts
  readonly sessions?: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly lines?: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly ab_arbitration?: Readonly<Record<string, number>> | null
  readonly units?: Readonly<Record<string, Readonly<Record<string, number | null>>>>
  readonly pitch_over_tcp?: Readonly<
    Record<string, { readonly messages_by_type: Counts; readonly unit_packets: number }>
  >
}

/** Both sides of one comparison: what the inspection found, and what the reference says of the same. */
export interface Comparison {
  readonly found: Facts
  readonly expected: Facts
}

/** The file as a container of frames. */
export function compareFrames(facts: CaptureFacts, { bytes, pcap }: Reference): Comparison {
  const found: Facts = { bytes: facts.bytes, errors: facts.errors, isComplete: facts.isComplete }
  const expected: Facts = { bytes, errors: [], isComplete: true }
  if (pcap === undefined) return { found: { ...found, packets: facts.packets }, expected: { ...expected, packets: 0 } }
  const tailAt = pcap.truncated_tail_at_byte
  // The reference of a classic pcap points behind the 16 bytes of the broken record's header.
  const behind = pcap.container.startsWith('pcapng') ? 0 : 16
  return {
    found: {
      ...found,
      kind: facts.kind,
      packets: facts.packets,
      frameBytes: facts.frameBytes,
      firstTimeNs: facts.firstTimeNs,
      lastTimeNs: facts.lastTimeNs,
      timesBackwards: facts.timesBackwards,
      cutPackets: facts.cutPackets,
      tailAt: facts.damage.truncatedTail?.firstAtByte ?? null,
      flows: facts.flows.map(({ flow, packets, payloadBytes }) => `${flow} ${packets} ${payloadBytes}`).sort(),
    },
    expected: {
      ...expected,
      kind: pcap.container.split(' ')[0],
      packets: pcap.packets,
      frameBytes: pcap.captured_bytes,
      firstTimeNs: pcap.first_ts_ns,
      lastTimeNs: pcap.last_ts_ns,
      timesBackwards: pcap.timestamps_going_backwards,
      cutPackets: pcap.packets_cut_by_snaplen,
      tailAt: tailAt === null ? null : tailAt - behind,
      flows: pcap.flows.map(({ flow, packets, payload_bytes }) => `${flow} ${packets} ${payload_bytes}`).sort(),
    },
  }
}

export function compareItch50(facts: CaptureFacts, { decoded, pcap }: Reference): Comparison {
  const sessions = Object.entries(decoded!.moldudp64_sessions ?? {}).map(([name, session]) => ({
    session: name.startsWith('zeros') ? '0'.repeat(20) : name,
    packets: session.packets,
    messages: session.messages,
    firstSequence: session.first_seq,
    heartbeats: session.heartbeats,
    endOfSession: session.end_of_session,
  }))
  // Packets have times of their own, compared as such.
  const isRaw = pcap === undefined
  return {
    found: {
      messages: facts.messages,
      sessions: facts.sessions.map((session) => pick(session, Object.keys(sessions[0] ?? {}))),
      unexplained: facts.sessions.map(countUnexplained),
      times: isRaw ? [facts.firstTimeNs, facts.lastTimeNs] : [],
    },
    expected: {
      messages: { itch50: decoded!.messages_by_type },
      sessions,
      unexplained: sessions.map(() => 0),
      times: isRaw ? [decoded!.first_message_ts_ns, decoded!.last_message_ts_ns] : [],
    },
  }
}

/** Numbers from the first to the last that are of no message and not missing; a blanked envelope has no numbers. */
function countUnexplained(session: CaptureFacts['sessions'][number]): number {
  if (session.unsequenced > 0) return session.messages - session.unsequenced
  return Number(session.lastSequence) - Number(session.firstSequence) + 1 - session.messages - session.missing
}

const IEX_NAMES: Readonly<Record<string, string>> = {
  'TOPS 1.5': 'iexTops15',
  'TOPS 1.6': 'iexTops16',
  'DEEP 1.0': 'iexDeep10',
  'DEEP+ 1.0': 'iexDeepPlus',
}

/** Sessions that began anew are one in the reference, which counts how often that was. */
export function compareIex(facts: CaptureFacts, { decoded }: Reference): Comparison {
  const [feed] = Object.keys(decoded!.iex_tp_packets_by_protocol!)
  const [session] = Object.values(decoded!.sessions!)
  const name = IEX_NAMES[feed!]!
  const messages = decoded!.messages_by_type!
  const sum = (field: 'packets' | 'messages' | 'heartbeats' | 'missing' | 'duplicates' | 'early') =>
    facts.sessions.reduce((all, one) => all + one[field], 0)
  return {
    found: {
      protocols: facts.flows.map(({ protocol }) => protocol),
      messages: facts.messages,
      packets: sum('packets'),
      sequenced: sum('messages'),
      heartbeats: sum('heartbeats'),
      missing: sum('missing'),
      repeated: sum('duplicates') + sum('early'),
      restarts: facts.sessions.length - 1,
      firstSequence: facts.sessions[0]?.firstSequence,
      nextSequence: Number(facts.sessions.at(-1)?.lastSequence) + 1,
    },
    expected: {
      protocols: [name],
      messages: Object.keys(messages).length > 0 ? { [name]: messages } : {},
      packets: session!.packets,
      sequenced: session!.messages,
      heartbeats: session!.heartbeats,
      missing: 0,
      repeated: 0,
      restarts: session!.seq_dups_or_resets,
      firstSequence: String(session!.first_seq),
      nextSequence: session!.next_expected_seq,
    },
  }
}

/** Messages that both lines carry are handed out once; the reference counts them on each. */
export function compareMdp3(facts: CaptureFacts, { decoded }: Reference): Comparison {
  if (decoded === undefined) return { found: { messages: facts.messages }, expected: { messages: {} } }
  const lines = Object.values(decoded.lines!)
  const packets = lines.reduce((sum, line) => sum + line.packets!, 0)
  const distinct = decoded.ab_arbitration?.distinct_union ?? packets
  const missing = decoded.ab_arbitration?.missing_from_union_range ?? lines[0]!.missing
  const messages = Object.entries(decoded.messages_by_template!).map(([template, count]) => [
    template.split(' ')[0]!,
    (count * distinct) / packets,
  ])
  return {
    found: {
      messages: facts.messages,
      sessions: facts.sessions.map((session) =>
        pick(session, ['firstSequence', 'lastSequence', 'messages', 'packets', 'duplicates', 'missing']),
      ),
      lines: facts.lines.map((line) => pick(line, ['packets', 'missing'])),
    },
    expected: {
      messages: { mdp3: Object.fromEntries(messages) },
      sessions: [
        {
          firstSequence: String(Math.min(...lines.map((line) => line.first_seq!))),
          lastSequence: String(Math.max(...lines.map((line) => line.last_seq!))),
          messages: distinct,
          packets,
          duplicates: packets - distinct,
          missing,
        },
      ],
      lines: lines.map((line) => ({ packets: line.packets, missing: line.missing })),
    },
  }
}

/** Units by port and number; the reference tells the addresses of one port apart, whose lines share their numbers. */
export function comparePitch(facts: CaptureFacts, reference: Reference): Comparison {
  const { pitch, cfePitch } = facts.messages
  const messages = { ...pitch, ...cfePitch }
  const { decoded } = reference
  if (decoded!.pitch_over_tcp !== undefined) return compareSpin(facts, Object.values(decoded!.pitch_over_tcp))
  const units = Object.entries(decoded!.units ?? {}).map(([name, unit]) => {
    const [, port, number] = /:(\d+) unit (\d+)$/.exec(name)!
    return {
      session: `unit ${number} port ${port}`,
      packets: unit.packets,
      messages: unit.messages,
      heartbeats: unit.heartbeats,
      firstSequence: String(unit.first_seq ?? 0),
      lastSequence: String((unit.next_expected ?? 1) - 1),
      missing: unit.missing,
      duplicates: unit.dups,
    }
  })
  const fields = Object.keys(units[0] ?? {})
  return {
    found: { messages, sessions: sorted(facts.sessions.map((session) => pick(session, fields))) },
    expected: { messages: decoded!.messages_by_type, sessions: sorted(units) },
  }
}

/** A session of the recovery server: each direction is a stream of unsequenced messages. */
function compareSpin(
  facts: CaptureFacts,
  streams: readonly { readonly messages_by_type: Counts; readonly unit_packets: number }[],
): Comparison {
  const messages: Record<string, number> = {}
  for (const stream of streams) {
    for (const [type, count] of Object.entries(stream.messages_by_type)) messages[type] = (messages[type] ?? 0) + count
  }
  return {
    found: { messages: facts.messages, packets: facts.sessions.map(({ packets }) => packets) },
    expected: { messages: { pitch: messages }, packets: streams.map((stream) => stream.unit_packets) },
  }
}

export function compareDbn(facts: CaptureFacts, { decoded }: Reference): Comparison {
  const records = decoded!.records_by_rtype!
  const times = [decoded!.first_ts_event_ns, decoded!.last_ts_event_ns]
  return {
    found: { messages: facts.messages, instruments: facts.instruments, times: [facts.firstTimeNs, facts.lastTimeNs] },
    expected: {
      messages: Object.keys(records).length > 0 ? { dbn: records } : {},
      instruments: decoded!.instruments,
      times: times.map((time) => (time === 'None' ? '0' : time)),
    },
  }
}

function pick(from: object, fields: readonly string[]): Facts {
  return Object.fromEntries(fields.map((field) => [field, Reflect.get(from, field)]))
}

function sorted(facts: readonly Facts[]): Facts[] {
  return [...facts].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}
