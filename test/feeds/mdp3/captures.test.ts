import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openFeed } from '../../../feeds/capture/open-feed.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import { FLAG_IMPLIED_LIQUIDITY, FLAG_MORE, StaleReason } from '../../../kernels/records/catalogue.ts'
import { findCanonicalFault } from '../../../kernels/records/codec.ts'
import { findCaptures } from '../../support/captures.ts'
import { drainRecords } from '../support/drain.ts'
import { readDatagrams } from '../support/payloads.ts'
import { TestDecoder } from './support/decode.ts'

/** A reference's facts of one line, by its target address and port. */
interface LineReference {
  readonly packets: number
  readonly first_seq: number
  readonly last_seq: number
  readonly missing: number
  readonly distinct_seq: number
  readonly first_sending_time_ns: string
  readonly last_sending_time_ns: string
}

const captures = findCaptures()
const folder = captures === undefined ? undefined : join(captures, 'cme-mdp3')
const files =
  folder === undefined
    ? []
    : readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.pcap(ng)?$/.test(name))
        .sort()

/** All records of a file, checked, and what the source says of it. */
function readAll(path: string, batchBytes = 4096) {
  const source = openFeed(path)
  const batch = new RecordBatch(batchBytes)
  const digest = createHash('sha256')
  let records = 0
  for (;;) {
    batch.reset()
    const appended = source.fill(batch)
    if (appended === 0) break
    let count = 0
    for (let at = 0; at < batch.usedBytes; at += batch.views.u32[at >> 2]!, count++) {
      const fault = findCanonicalFault(batch.views, at)
      if (fault !== undefined) throw new Error(fault)
    }
    expect(count).toBe(Math.max(appended, 0))
    digest.update(batch.views.u8.subarray(0, batch.usedBytes))
    records += count
  }
  const report = source.protocols.reports().get('mdp3')
  const toUnixNs = (ns: number) => String(BigInt(source.shared.epoch.seconds) * 1_000_000_000n + BigInt(ns))
  const timesNs = report === undefined ? [] : [report.firstMessageNs, report.lastMessageNs].map(toUnixNs)
  return { facts: source.facts(), timesNs, records, digest: digest.digest('hex') }
}

/** Messages that both lines carry are handed out once: the reference counts them on each. */
function copies(
  lines: Readonly<Record<string, LineReference>>,
  arbitration: { distinct_union: number } | null,
): number {
  if (arbitration === null) return 1
  const packets = Object.values(lines).reduce((sum, line) => sum + line.packets, 0)
  return packets / arbitration.distinct_union
}

describe.runIf(folder !== undefined)('CME MDP 3.0 captures', () => {
  it('are all there', () => {
    expect(files.length).toBeGreaterThanOrEqual(16)
  })

  it.each(files)('%s gives what an independent decoder found', (name) => {
    const path = join(folder!, name)
    const reference = JSON.parse(readFileSync(`${path}.expected.json`, 'utf8'))
    const { facts, records, timesNs } = readAll(path)
    const { pcap, decoded } = reference
    expect(facts.packets).toBe(pcap.packets)
    expect(facts.frameBytes).toBe(pcap.captured_bytes)
    expect(facts.firstTimeNs).toBe(pcap.first_ts_ns)
    expect(facts.lastTimeNs).toBe(pcap.last_ts_ns)
    expect(facts.timesBackwards).toBe(pcap.timestamps_going_backwards)
    // Requests and conflated data over TCP are another feed, which the references do not decode either.
    if (decoded === undefined) return
    const lines: Record<string, LineReference> = decoded.lines
    const factor = copies(lines, decoded.ab_arbitration)
    const messages = Object.entries<number>(decoded.messages_by_template).map(([template, count]) => [
      template.split(' ')[0]!,
      count / factor,
    ])
    expect(facts.messagesByProtocol.mdp3).toEqual(Object.fromEntries(messages))
    expect(facts.messages).toBe(decoded.messages_total / factor)
    expect(facts.undecoded).toEqual({})
    expect(facts.rejectedByType).toEqual({})
    expect(records).toBeGreaterThan(0)
    const sent = Object.values(lines)
    expect(timesNs[0]).toBe(sent.map((line) => line.first_sending_time_ns).sort()[0])
    expect(timesNs[1]).toBe(
      sent
        .map((line) => line.last_sending_time_ns)
        .sort()
        .at(-1),
    )
  })

  it.each(files)('%s has the bytes that the reference hashed', (name) => {
    const path = join(folder!, name)
    const { pcap } = JSON.parse(readFileSync(`${path}.expected.json`, 'utf8'))
    const { frameSha256, payloadSha256 } = readDatagrams(path)
    expect(frameSha256).toBe(pcap.sha256_of_all_packet_bytes_in_file_order)
    const flows: { flow: string; payload_sha256_in_file_order: string }[] = pcap.flows
    const datagrams = flows.filter(({ flow }) => flow.startsWith('udp '))
    const hashes = datagrams.map(({ flow, payload_sha256_in_file_order: hash }) => [flow, hash])
    expect(payloadSha256).toEqual(Object.fromEntries(hashes))
  })

  it.each(files)('%s shows the sequence facts of each line', (name) => {
    const path = join(folder!, name)
    const { decoded, pcap } = JSON.parse(readFileSync(`${path}.expected.json`, 'utf8'))
    if (decoded === undefined) return
    const { facts } = readAll(path)
    const lines: [string, LineReference][] = Object.entries(decoded.lines)
    for (const [target, line] of lines) {
      const flow = facts.flows.findIndex((candidate) => candidate.flow.endsWith(`>${target}`))
      const found = facts.lines.filter((candidate) => candidate.flow === flow)
      expect(found.map(({ packets, messages, missing }) => [packets, messages, missing])).toEqual([
        [line.packets, line.packets, line.missing],
      ])
      expect(facts.flows[flow]!.protocol).toBe('mdp3')
      const { packets, payload_bytes } = pcap.flows.find(({ flow: text }: { flow: string }) =>
        text.endsWith(`>${target}`),
      )
      expect([facts.flows[flow]!.packets, facts.flows[flow]!.payloadBytes]).toEqual([packets, payload_bytes])
    }
    const union = decoded.ab_arbitration
    expect(facts.sessions).toHaveLength(union === null ? lines.length : 1)
    if (union === null) return
    const [session] = facts.sessions
    expect(session!.firstSequence).toBe(String(union.union_min))
    expect(session!.lastSequence).toBe(String(union.union_max))
    expect(session!.messages).toBe(union.distinct_union)
    expect(session!.duplicates).toBe(union.in_both)
    expect(session!.missing).toBe(union.missing_from_union_range)
    expect(session!.missingRanges).toHaveLength(
      Math.min(64, lines[0]![1].missing === 0 ? 0 : decoded.lines[lines[0]![0]].gaps),
    )
  })

  it('gives the same records whatever the batch, and again', () => {
    const path = join(folder!, 'mdp3_v8_AB_20160927.pcapng')
    expect(readAll(path, 1200).digest).toBe(readAll(path, 256 * 1024).digest)
  })

  it('gives books that are never crossed once the market is open', { timeout: 120_000 }, () => {
    const OPEN_NS = 22 * 3_600e9 + 1e6
    const books = new Map<string, Map<number, number>>()
    const sideOf = (key: string) => books.get(key) ?? books.set(key, new Map()).get(key)!
    let looked = 0
    for (const record of drainRecords(openFeed(join(folder!, 'mdp3_v8_AB_20160927.pcapng'), { timeZone: 'UTC' }))) {
      const flags = Number(record.flags)
      if (record.record !== 'levelUpdate' || (flags & FLAG_IMPLIED_LIQUIDITY) !== 0) continue
      const levels = sideOf(`${record.instrument} ${record.side}`)
      if (record.quantity === 0) levels.delete(Number(record.price))
      else levels.set(Number(record.price), Number(record.quantity))
      if ((flags & FLAG_MORE) !== 0 || Number(record.sourceTime) < OPEN_NS) continue
      const bids = [...sideOf(`${record.instrument} 0`).keys()]
      const offers = [...sideOf(`${record.instrument} 1`).keys()]
      if (bids.length === 0 || offers.length === 0) continue
      looked++
      expect(Math.max(...bids)).toBeLessThan(Math.min(...offers))
    }
    expect(looked).toBeGreaterThan(3000)
  })

  it('gives a late joiner by natural refresh the books of one who was there before', { timeout: 120_000 }, () => {
    const joined = [0, 1_000, 3_000, 5_000].map((unheard) =>
      joinLate(join(folder!, 'mdp3_v8_AB_20160927.pcapng'), unheard),
    )
    expect(joined[0]!.size).toBeGreaterThanOrEqual(14)
    let compared = 0
    for (const later of joined.slice(1)) {
      for (const [security, book] of later) {
        // Whoever joined earlier knows at least as much.
        expect(joined[0]!.get(security)).toEqual(book)
        compared++
      }
    }
    expect(compared).toBeGreaterThan(20)
  })
})

/** The books that are whole at the end for a reader who missed the first packets, by SecurityID. */
function joinLate(path: string, unheard: number): Map<number, string> {
  const decoder = new TestDecoder()
  const securities = new Map<number, number>()
  const whole = new Set<number>()
  const books = new Map<number, [Map<number, number>, Map<number, number>]>()
  let packets = 0
  for (const payload of readDatagrams(path).payloads) {
    if (packets++ < unheard) continue
    for (const { name, instrument, flags, fields } of decoder.feed(payload)) {
      if (name === 'instrument') securities.set(instrument, Number(fields.venueLocate))
      if (name === 'stale' && fields.reason === StaleReason.Recovered) whole.add(instrument)
      if (name !== 'levelUpdate' || (flags & FLAG_IMPLIED_LIQUIDITY) !== 0) continue
      const book = books.get(instrument) ?? books.set(instrument, [new Map(), new Map()]).get(instrument)!
      const side = book[Number(fields.side) as 0 | 1]
      if (fields.quantity === 0) side.delete(Number(fields.price))
      else side.set(Number(fields.price), Number(fields.quantity))
    }
  }
  const textOf = (instrument: number) =>
    JSON.stringify(books.get(instrument)!.map((side) => [...side].sort(([a], [b]) => a - b)))
  return new Map([...whole].map((instrument) => [securities.get(instrument)!, textOf(instrument)]))
}
