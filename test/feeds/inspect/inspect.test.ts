import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inspectCapture } from '../../../feeds/inspect/inspect-capture.ts'
import { findCaptures } from '../../support/captures.ts'
import { temporaryFolder, writeTemporary } from '../support/drain.ts'
import { mold, pcap, udpFrame } from '../support/frames.ts'
import { itchMessages, rawItch } from '../support/sample.ts'

const captures = findCaptures()
const folder = temporaryFolder()
const threaded = false

describe('the inspection of a capture', () => {
  it('tells messages, sessions, gaps, duplicates, heartbeats and what was not decoded', async () => {
    const messages = itchMessages(12)
    const packets = [
      mold('000010059B', 1n, messages.slice(0, 3)),
      mold('000010059B', 4n, []),
      mold('000010059B', 6n, messages.slice(5, 8)),
      mold('000010059B', 6n, messages.slice(5, 8)),
      mold('000010059B', 9n, [], 0xffff),
      Buffer.from('not a feed'),
    ]
    const frames = packets.map((bytes, i) => ({
      bytes: udpFrame(bytes),
      timeNs: 1_700_000_000_000_000_000n + BigInt(i),
    }))
    const path = writeTemporary(folder, 'session.pcap', pcap(frames))
    const progress: number[] = []
    const facts = await inspectCapture(path, { threaded, onProgress: (fraction) => progress.push(fraction) })
    expect(facts).toMatchObject({
      file: path,
      kind: 'pcap',
      packets: 6,
      firstTimeNs: '1700000000000000000',
      lastTimeNs: '1700000000000000005',
      messages: { itch50: { A: 2, E: 2, D: 2 } },
      undecoded: {},
      instruments: 3,
      damage: {},
      errors: [],
      isComplete: true,
    })
    expect(facts.sessions).toMatchObject([
      {
        session: '000010059B',
        firstSequence: '1',
        lastSequence: '8',
        messages: 6,
        missing: 2,
        duplicates: 3,
        heartbeats: 1,
        endOfSession: 1,
        missingRanges: [{ first: '4', last: '5' }],
      },
    ])
    expect(progress.at(-1)).toBe(1)
    expect(JSON.parse(JSON.stringify(facts))).toEqual(facts)
  })

  it('tells the times of a raw file since midnight, and the types that are unknown', async () => {
    const path = writeTemporary(folder, 'raw.itch', Buffer.concat([rawItch(3), Buffer.from('0003214141', 'hex')]))
    const facts = await inspectCapture(path, { threaded })
    expect(facts).toMatchObject({
      kind: 'itch50',
      sureness: 'certain',
      packets: 0,
      firstTimeNs: '34200000000000',
      lastTimeNs: '34200000002000',
      messages: { itch50: { A: 1, E: 1, D: 1 } },
      sessions: [],
      undecoded: { unknownMessageType: 1 },
      undecodedTypes: { '!': 1 },
    })
  })

  it('tells how sure each flow is, and takes a choice where the contents do not decide', async () => {
    // A heartbeat alone may be of any protocol over MoldUDP64.
    const frames = [1, 2].map((i) => ({ bytes: udpFrame(mold('S', 1n, [])), timeNs: BigInt(i) }))
    const path = writeTemporary(folder, 'heartbeats.pcap', pcap(frames))
    const open = await inspectCapture(path, { threaded })
    expect(open.flows).toMatchObject([
      { protocol: 'unknown', sureness: 'possible', candidates: expect.arrayContaining(['itch50']) },
    ])
    expect(open.undecoded).toEqual({ unknownProtocol: 2 })
    const chosen = await inspectCapture(path, { threaded, feeds: ['itch50'] })
    expect(chosen.flows).toMatchObject([{ protocol: 'itch50', sureness: 'chosen' }])
    expect(chosen.sessions).toMatchObject([{ session: 'S', heartbeats: 2 }])
    const other = await inspectCapture(path, { threaded, feeds: ['iexDeep10'] })
    expect(other.flows).toMatchObject([{ protocol: 'unknown', sureness: 'none', candidates: [] }])
  })

  it('is certain of a flow once a packet is, though it began with less', async () => {
    const [first, ...rest] = itchMessages(4)
    const packets = [mold('S', 1n, [first!]), mold('S', 2n, rest)]
    const frames = packets.map((bytes, i) => ({ bytes: udpFrame(bytes), timeNs: BigInt(i) }))
    const likely = await inspectCapture(writeTemporary(folder, 'one.pcap', pcap(frames.slice(0, 1))), { threaded })
    expect(likely.flows).toMatchObject([{ protocol: 'itch50', sureness: 'likely' }])
    const certain = await inspectCapture(writeTemporary(folder, 'two.pcap', pcap(frames)), { threaded })
    expect(certain.flows).toMatchObject([{ protocol: 'itch50', sureness: 'certain' }])
  })

  it('takes several files for one recording', async () => {
    const messages = itchMessages(6)
    const paths = ['a', 'b'].map((name, i) => {
      const bytes = udpFrame(mold('S', 1n, messages), { target: `233.54.12.${i + 1}` })
      return writeTemporary(
        folder,
        `line-${name}.pcap`,
        pcap([{ bytes, timeNs: 1_700_000_000_000_000_000n + BigInt(i * 70) }]),
      )
    })
    const facts = await inspectCapture(paths, { threaded })
    expect(facts).toMatchObject({ file: paths[0], paths, packets: 2, messages: { itch50: { A: 2, E: 2, D: 2 } } })
    expect(facts.lines).toMatchObject([
      { race: { first: 1, behind: 0 } },
      { race: { first: 0, behind: 1, lagMaxNs: 70 } },
    ])
    expect(facts.traffic.packets.counts.reduce((sum, count) => sum + count, 0)).toBe(2)
  })

  it('ends early when it is asked to', async () => {
    const path = writeTemporary(folder, 'long.itch', rawItch(10_000))
    const facts = await inspectCapture(path, { threaded, signal: AbortSignal.abort() })
    expect(facts.isComplete).toBe(false)
  })
})

describe.runIf(captures !== undefined)('the symbols of a capture', { timeout: 120_000 }, () => {
  it('of Nasdaq have the trades and the volume that an independent decoder found', async () => {
    const path = join(captures!, 'nasdaq-itch50/AAPL_12302019_first30000_transcoded.itch')
    const { decoded } = JSON.parse(readFileSync(`${path}.expected.json`, 'utf8'))
    const { symbols, traffic } = await inspectCapture(path, { threaded })
    const { executed_shares_E_and_C, trade_P_shares } = decoded.book
    const { E, C, P } = decoded.messages_by_type
    expect(symbols).toEqual([
      {
        symbol: 'AAPL',
        instrument: 1,
        messages: 30_000,
        records: 30_001,
        trades: E + C + P,
        volume: executed_shares_E_and_C + trade_P_shares,
        lastPrice: '287.5700',
      },
    ])
    expect(traffic.packets.counts).toEqual([])
    expect(traffic.records.counts.reduce((sum, count) => sum + count, 0)).toBe(30_001)
  })

  it('of IEX have the messages and trades that an independent decoder found', async () => {
    const path = join(captures!, 'iex/DEEP10.pcap.gz')
    const { decoded } = JSON.parse(readFileSync(`${path}.expected.json`, 'utf8'))
    const { symbols } = await inspectCapture(path, { threaded })
    const top = Object.entries<number>(decoded.messages_per_symbol_top20)
    expect(symbols).toHaveLength(decoded.symbols)
    expect(symbols.slice(0, top.length).map(({ symbol, messages }) => [symbol, messages])).toEqual(top)
    const sum = (read: (symbol: (typeof symbols)[number]) => number) => symbols.reduce((all, one) => all + read(one), 0)
    expect(sum(({ trades }) => trades)).toBe(decoded.trade_reports)
    expect(sum(({ volume }) => volume)).toBe(decoded.trade_report_shares)
  })
})

describe.runIf(captures !== undefined)('the inspection of traffic that is not Nasdaq ITCH', () => {
  it('tells what is known of it', async () => {
    const path = join(captures!, 'cboe-boe/omi/Cboe_Options.OrderEntry.Boe.v2.10.5/LoginResponseMessage.pcap')
    const orders = await inspectCapture(path, { threaded })
    expect(orders).toMatchObject({ packets: 1, messages: {}, undecoded: { unknownStream: 1 } })
    expect(orders.flows).toMatchObject([{ flow: expect.stringMatching(/^tcp /), packets: 1, protocol: 'unknown' }])
  })

  it('has the messages of both directions of a TCP connection that an independent decoder found', async () => {
    const path = join(captures!, 'cboe-pitch/bats_mcastpitch_spin_useq.pcap')
    const { decoded } = JSON.parse(readFileSync(`${path}.expected.json`, 'utf8'))
    const streams = Object.values(decoded.pitch_over_tcp) as { messages_by_type: Record<string, number> }[]
    const expected: Record<string, number> = {}
    for (const [type, count] of streams.flatMap(({ messages_by_type }) => Object.entries(messages_by_type))) {
      expected[type] = (expected[type] ?? 0) + count
    }
    const facts = await inspectCapture(path, { threaded })
    expect(facts.messages).toEqual({ pitch: expected })
    expect(facts.flows.map(({ protocol, packets }) => [protocol, packets])).toEqual([
      ['pitch', 18],
      ['pitch', 15],
    ])
    expect(facts.tcp).toEqual({ segments: 33, beginnings: 2 })
    expect(facts.undecoded).toEqual({})
  })

  it('names each protocol that it holds', async () => {
    const tops = await inspectCapture(join(captures!, 'iex/TOPS16.pcapng.gz'), { threaded })
    expect(tops).toMatchObject({ kind: 'pcap', packets: 13_022, undecoded: {}, instruments: 7799 })
    expect(tops.messages).toMatchObject({ iexTops16: { Q: 27_217, T: 6390 } })
    expect(tops.flows).toMatchObject([{ protocol: 'iexTops16', packets: 13_022 }])
  })
})
