import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type FeedFacts, openFeed } from '../../../feeds/capture/open-feed.ts'
import { findCaptures } from '../../support/captures.ts'
import { drainBytes, hasCommand } from '../support/drain.ts'

const captures = findCaptures()

interface ExpectedFlow {
  readonly flow: string
  readonly packets: number
  readonly payload_bytes: number
}

function listCaptures(folder: string, found: string[] = []): string[] {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) listCaptures(path, found)
    else if (existsSync(`${path}.expected.json`)) found.push(path)
  }
  return found
}

function readExpected(path: string) {
  return JSON.parse(readFileSync(`${path}.expected.json`, 'utf8'))
}

function readFacts(path: string): FeedFacts {
  const source = openFeed(path)
  drainBytes(source, 65_536)
  return source.facts()
}

function allFlows(flows: readonly ExpectedFlow[]): unknown[] {
  return flows.map(({ flow, packets, payload_bytes }) => `${flow} ${packets} ${payload_bytes}`).sort()
}

const files = captures === undefined ? [] : listCaptures(captures)
const frameFiles = files.filter((path) => readExpected(path).pcap !== undefined)

describe.runIf(captures !== undefined)('captures of frames, of every venue', { timeout: 180_000 }, () => {
  it('are there', () => expect(frameFiles.length).toBeGreaterThan(200))

  it('have the packets, times, cuts and flows that an independent reader found', () => {
    for (const path of frameFiles) {
      const expected = readExpected(path).pcap
      const facts = readFacts(path)
      const tailAt: number | null = expected.truncated_tail_at_byte
      // The reference of a classic pcap points behind the 16 bytes of the broken record's header.
      const isBehindHeader = tailAt !== null && facts.kinds[0] === 'pcap'
      expect(
        {
          packets: facts.packets,
          bytes: facts.frameBytes,
          first: facts.firstTimeNs,
          last: facts.lastTimeNs,
          backwards: facts.timesBackwards,
          cut: facts.cutFrames,
          tail: facts.damage.truncatedTail?.firstAtByte ?? null,
          flows: facts.flows.map(({ flow, packets, payloadBytes }) => `${flow} ${packets} ${payloadBytes}`).sort(),
          errors: facts.errors,
        },
        path,
      ).toEqual({
        packets: expected.packets,
        bytes: expected.captured_bytes,
        first: expected.first_ts_ns,
        last: expected.last_ts_ns,
        backwards: expected.timestamps_going_backwards,
        cut: expected.packets_cut_by_snaplen,
        tail: isBehindHeader ? tailAt - 16 : tailAt,
        flows: allFlows(expected.flows),
        errors: [],
      })
    }
  })

  it('of Nasdaq TotalView hold the messages, sessions and times that two decoders agree on', () => {
    const nasdaq = frameFiles.filter((path) => path.includes('/nasdaq-itch50/'))
    expect(nasdaq.length).toBe(24)
    for (const path of nasdaq) {
      const { decoded } = readExpected(path)
      const facts = readFacts(path)
      expect(facts.messagesByProtocol, path).toEqual({ itch50: decoded.messages_by_type })
      expect(facts.undecoded, path).toEqual({})
      const [session] = facts.sessions
      const [name, expected] = Object.entries(decoded.moldudp64_sessions)[0] as [string, Record<string, unknown>]
      expect(session!.session, path).toBe(name.startsWith('zeros') ? '0'.repeat(20) : name)
      expect(session!.messages, path).toBe(expected.messages)
      expect(session!.packets, path).toBe(expected.packets)
      expect(session!.firstSequence, path).toBe(expected.first_seq)
      expect(session!.heartbeats, path).toBe(expected.heartbeats)
      const span = BigInt(session!.lastSequence) - BigInt(session!.firstSequence) + 1n
      if (session!.unsequenced === 0) expect(span, path).toBe(BigInt(session!.messages + session!.missing))
    }
  })

  it.runIf(hasCommand('capinfos'))('have the packet counts and times that capinfos tells', () => {
    const names = ['cme-mdp3/mdp3_v8_AB_20160927.pcapng', 'iex/TOPS16.pcapng.gz', 'ice-impact/ice_20180821.pcap']
    for (const name of names) {
      const path = join(captures!, name)
      const [line] = execFileSync('capinfos', ['-T', '-r', '-B', '-S', '-c', '-d', '-a', '-e', path], {
        encoding: 'utf8',
      })
        .trim()
        .split('\n')
      const [, packets, bytes, start, end] = line!.split('\t')
      const facts = readFacts(path)
      expect(`${facts.packets} ${facts.frameBytes}`, path).toBe(`${packets} ${bytes}`)
      const toNs = (time: string) => {
        const [seconds, fraction = ''] = time.split('.')
        return `${seconds}${fraction.padEnd(9, '0')}`
      }
      if (facts.timesBackwards === 0) expect([facts.firstTimeNs, facts.lastTimeNs]).toEqual([toNs(start!), toNs(end!)])
    }
  })
})
