import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openFeed } from '../../../feeds/capture/open-feed.ts'
import { UnitWalker } from '../../../feeds/pitch/unit-walker.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import { MessageArbiter } from '../../../feeds/sequence/message-arbiter.ts'
import { SessionTable } from '../../../feeds/sequence/session-table.ts'
import { findCanonicalFault } from '../../../kernels/records/codec.ts'
import {
  findPitchCaptures,
  joinFlows,
  listPitchCaptures,
  readPayloads,
  readReference,
  sha256,
  type UnitReference,
} from './support/reference.ts'

const folder = findPitchCaptures()
const UDP_CAPTURES = listPitchCaptures('.pcap').filter((path) => !path.includes('spin'))

/** Of this capture, whose heartbeats name message 1 for a minute before message 3 comes. */
const LACKS_FIRST_TWO = 'bats_mcastpitch_realtime_useq.pcap'

/** Units as the reference has them, those with the same number and port (the lines of one) added up. */
function mergeUnits(units: Readonly<Record<string, UnitReference>>): Map<string, UnitReference> {
  const merged = new Map<string, UnitReference>()
  for (const [name, unit] of Object.entries(units)) {
    const [, port, number] = /:(\d+) unit (\d+)$/.exec(name)!
    const key = `unit ${number} port ${port}`
    const other = merged.get(key)
    const sum = (field: keyof UnitReference) => (other?.[field] ?? 0) + (unit[field] ?? 0)
    merged.set(key, {
      ...(other?.first_seq == null ? unit : other),
      packets: sum('packets'),
      messages: sum('messages'),
      unsequenced_packets: sum('unsequenced_packets'),
      heartbeats: sum('heartbeats'),
    })
  }
  return merged
}

describe.runIf(folder !== undefined)('PITCH captures', () => {
  it('are there, to the last one', () => {
    expect(UDP_CAPTURES.length).toBe(19)
  })

  it.each(UDP_CAPTURES)('%s gives the messages, units and times of an independent decoder', (name) => {
    const path = join(folder!, name)
    const { pcap, decoded } = readReference(path)
    const source = openFeed(path, { feeds: ['pitch', 'cfePitch'] })
    const batch = new RecordBatch(4096)
    for (;;) {
      batch.reset()
      const appended = source.fill(batch)
      if (appended === 0) break
      let count = 0
      for (let at = 0; at < batch.usedBytes; at += batch.views.u32[at >> 2]!, count++) {
        expect(findCanonicalFault(batch.views, at)).toBeUndefined()
      }
      if (appended > 0) expect(count).toBe(appended)
    }
    const facts = source.facts()
    const { pitch = {}, cfePitch = {} } = facts.messagesByProtocol
    expect({ ...pitch, ...cfePitch }).toEqual(decoded.messages_by_type)
    expect(facts.packets).toBe(pcap.packets)
    expect(facts.firstTimeNs).toBe(pcap.first_ts_ns)
    expect(facts.lastTimeNs).toBe(pcap.last_ts_ns)
    expect(facts.timesBackwards).toBe(pcap.timestamps_going_backwards)
    expect(
      facts.flows.map(({ flow, packets, payloadBytes }) => ({ flow, packets, payload_bytes: payloadBytes })),
    ).toEqual(
      expect.arrayContaining(pcap.flows.map(({ flow, packets, payload_bytes }) => ({ flow, packets, payload_bytes }))),
    )
    const units = mergeUnits(decoded.units)
    expect(new Set(facts.sessions.map(({ session }) => session))).toEqual(new Set(units.keys()))
    for (const session of facts.sessions) {
      const unit = units.get(session.session)!
      const missing = basename(name) === LACKS_FIRST_TWO ? 2 : unit.missing
      const sequenced = facts.lines
        .filter((line) => line.session === session.session)
        .reduce((sum, { packets }) => sum + packets, 0)
      expect(session).toMatchObject({
        packets: unit.packets,
        messages: unit.messages,
        heartbeats: unit.heartbeats,
        duplicates: unit.dups,
        missing,
        firstSequence: String(unit.first_seq ?? 0),
      })
      expect(session.packets - sequenced).toBe(unit.unsequenced_packets)
      if (unit.next_expected !== null) expect(session.lastSequence).toBe(String(unit.next_expected - 1))
    }
    expect(Object.keys(facts.undecoded).filter((reason) => reason !== 'unknownOrder')).toEqual([])
    expect(facts.damage).toEqual({})
  })

  it.each(UDP_CAPTURES)('%s gives the messages lengths that an independent decoder found', (name) => {
    const path = join(folder!, name)
    const { pcap, decoded } = readReference(path)
    const payloads = readPayloads(path)
    for (const [flow, bytes] of joinFlows(payloads)) {
      const reference = pcap.flows.find((candidate) => candidate.flow === flow)!
      expect(sha256(bytes)).toBe(reference.payload_sha256_in_file_order)
    }
    const lengths: Record<string, Set<number>> = {}
    const batch = new RecordBatch(4096)
    for (const { bytes } of payloads) {
      const walker = new UnitWalker(new MessageArbiter(new SessionTable(() => '')))
      walker.begin(bytes, 0, bytes.length, 0, 1, batch)
      while (walker.next()) {
        const type = `0x${bytes[walker.messageAt + 1]!.toString(16)}`
        lengths[type] = (lengths[type] ?? new Set()).add(walker.messageLength)
      }
    }
    const sorted = Object.entries(lengths).map(([type, all]) => [type, [...all].sort((a, b) => a - b)])
    expect(Object.fromEntries(sorted)).toEqual(decoded.message_lengths)
  })

  it('names the product by content', () => {
    const nameOf = (name: string) => openFeed(join(folder!, name))
    for (const [name, product] of [
      ['cfe_futures_20190501_first6000.pcap', 'cfePitch'],
      ['bats_mcastpitch_realtime_useq.pcap', 'pitch'],
      ['omi/Cboe_Byx.Equities.DepthOfBook.Pitch.v2.41/AddOrderShortMessage.pcap', 'pitch'],
      ['omi/Cboe_Futures.DepthOfBook.Pitch.v1.1.12/FutureInstrumentDefinitionMessage.pcap', 'cfePitch'],
      ['omi/Cboe_Options.DepthOfBook.Pitch.v2.39.4/AddOrderLongMessage.pcap', 'pitch'],
    ] as const) {
      const source = nameOf(name)
      const batch = new RecordBatch(4096)
      do batch.reset()
      while (source.fill(batch) !== 0)
      expect(Object.keys(source.facts().messagesByProtocol)).toEqual([product])
    }
  })
})
