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
      packets: 0,
      firstTimeNs: '34200000000000',
      lastTimeNs: '34200000002000',
      messages: { itch50: { A: 1, E: 1, D: 1 } },
      sessions: [],
      undecoded: { unknownMessageType: 1 },
      undecodedTypes: { '!': 1 },
    })
  })

  it('ends early when it is asked to', async () => {
    const path = writeTemporary(folder, 'long.itch', rawItch(10_000))
    const facts = await inspectCapture(path, { threaded, signal: AbortSignal.abort() })
    expect(facts.isComplete).toBe(false)
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
