import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inspectCapture } from '../../../feeds/inspect/inspect-capture.ts'
import { LineRaces } from '../../../feeds/sequence/line-races.ts'
import { findCaptures } from '../../support/captures.ts'
import { temporaryFolder, writeTemporary } from '../support/drain.ts'
import { mold, pcap, type TestFrame, udpFrame } from '../support/frames.ts'
import { itchMessages } from '../support/sample.ts'

const captures = findCaptures()
const folder = temporaryFolder()
const A = 0
const B = 1

interface Arrival {
  readonly line: number
  readonly sequence: number
  readonly ns: number
}

function race(arrivals: readonly Arrival[]): LineRaces {
  const time = new Float64Array(2)
  const races = new LineRaces(time)
  const slot = new Float64Array(1)
  for (const { line, sequence, ns } of arrivals) {
    time[0] = Math.floor(ns / 1e9)
    time[1] = ns % 1e9
    slot[0] = sequence
    races.note(line, 0, slot)
  }
  return races
}

describe('lines against each other', () => {
  it('are first, tied or behind by the stamps of what both brought (seeded)', () => {
    const packet = fc.record({ a: fc.option(fc.nat(1000)), b: fc.option(fc.nat(1000)) })
    const property = fc.property(fc.array(packet, { maxLength: 200 }), fc.boolean(), (packets, isShuffled) => {
      const arrivals = packets.flatMap(({ a, b }, index) => [
        ...(a === null ? [] : [{ line: A, sequence: index + 1, ns: index * 5000 + a }]),
        ...(b === null ? [] : [{ line: B, sequence: index + 1, ns: index * 5000 + b }]),
      ])
      // As captured, or one line's file after the other's.
      arrivals.sort((left, right) => (isShuffled ? left.line - right.line : left.ns - right.ns))
      const races = race(arrivals)
      const both = packets.filter(({ a, b }) => a !== null && b !== null) as { a: number; b: number }[]
      const count = (is: (lag: number) => boolean) => both.filter(({ a, b }) => is(b - a)).length
      const [first, tied, behind] = [count((lag) => lag > 0), count((lag) => lag === 0), count((lag) => lag < 0)]
      if (both.length === 0) expect(races.facts(A)).toBeUndefined()
      else {
        const lagMaxNs = Math.max(0, ...both.map(({ a, b }) => a - b))
        expect(races.facts(A)).toMatchObject({ first, tied, behind, lagMaxNs })
        expect(races.facts(B)).toMatchObject({ first: behind, tied, behind: first })
      }
    })
    fc.assert(property, { numRuns: 300 })
  })

  it('of which three bring a packet, the first is first once and both others are behind', () => {
    const races = race([
      { line: 0, sequence: 7, ns: 100 },
      { line: 1, sequence: 7, ns: 150 },
      { line: 2, sequence: 7, ns: 900 },
    ])
    expect(races.facts(0)).toEqual({ first: 1, tied: 0, behind: 0, lagP50Ns: 0, lagP99Ns: 0, lagMaxNs: 0 })
    expect(races.facts(1)).toMatchObject({ first: 0, behind: 1, lagMaxNs: 50 })
    expect(races.facts(2)).toMatchObject({ first: 0, behind: 1, lagMaxNs: 800 })
  })

  it('that resend a packet do not race with themselves', () => {
    const races = race([
      { line: A, sequence: 7, ns: 100 },
      { line: A, sequence: 7, ns: 200 },
    ])
    expect(races.facts(A)).toBeUndefined()
  })

  it('keep to their memory: a packet that comes 65,536 packets later is no longer known', () => {
    const ahead = Array.from({ length: 65_536 }, (_, i) => ({ line: A, sequence: 2 + i, ns: 10 + i }))
    expect(
      race([{ line: A, sequence: 1, ns: 0 }, ...ahead, { line: B, sequence: 1, ns: 1e6 }]).facts(B),
    ).toBeUndefined()
    expect(
      race([{ line: A, sequence: 1, ns: 0 }, ...ahead.slice(0, -1), { line: B, sequence: 1, ns: 1e6 }]).facts(B),
    ).toMatchObject({ behind: 1 })
  })
})

describe('the lines of a capture', () => {
  it('tell their own losses and who was first', async () => {
    const messages = itchMessages(9)
    const frame = (line: number, packet: number, ns: number): TestFrame => ({
      bytes: udpFrame(mold('S', BigInt(1 + packet * 3), messages.slice(packet * 3, packet * 3 + 3)), {
        target: `233.54.12.${line}`,
      }),
      timeNs: 1_700_000_000_000_000_000n + BigInt(ns),
    })
    const frames = [frame(1, 0, 0), frame(2, 0, 500), frame(2, 1, 1000), frame(1, 2, 2000), frame(2, 2, 2300)]
    const { lines, sessions } = await inspectCapture(
      writeTemporary(folder, 'ab.pcap', pcap(frames, { isNanos: true })),
      {
        threaded: false,
      },
    )
    expect(sessions).toMatchObject([{ messages: 9, missing: 0, duplicates: 6 }])
    expect(lines).toMatchObject([
      { flow: 0, packets: 2, missing: 3, race: { first: 2, tied: 0, behind: 0 } },
      { flow: 1, packets: 3, missing: 0, race: { first: 0, tied: 0, behind: 2, lagMaxNs: 500 } },
    ])
  })
})

describe.runIf(captures !== undefined)('the two lines of a real capture', { timeout: 120_000 }, () => {
  it('raced as their packets, compared by their contents, say', async () => {
    const path = join(captures!, 'cme-mdp3', 'mdp3_v8_AB_20160927.pcapng')
    const { lines } = await inspectCapture(path, { threaded: false })
    const naive = compareByContents(readFileSync(path))
    expect(lines).toMatchObject([
      { flow: 0, packets: 5000, missing: 0, race: { first: naive.aFirst, tied: naive.tied, behind: naive.bFirst } },
      { flow: 1, packets: 5000, missing: 0, race: { first: naive.bFirst, tied: naive.tied, behind: naive.aFirst } },
    ])
    expect(lines[0]!.race!.lagMaxNs).toBe(naive.aLagMaxNs)
    expect(lines[1]!.race!.lagMaxNs).toBe(naive.bLagMaxNs)
  })
})

/** Frames of a little-endian pcapng with times in ns, by their UDP payload: when each line brought it. */
function compareByContents(file: Buffer) {
  const seen = new Map<string, { port: number; ns: bigint }>()
  const result = { aFirst: 0, bFirst: 0, tied: 0, aLagMaxNs: 0, bLagMaxNs: 0 }
  for (let at = 0; at < file.length; at += file.readUInt32LE(at + 4)) {
    if (file.readUInt32LE(at) !== 6) continue
    const ns = (BigInt(file.readUInt32LE(at + 12)) << 32n) | BigInt(file.readUInt32LE(at + 16))
    const frame = file.subarray(at + 28, at + 28 + file.readUInt32LE(at + 20))
    const port = frame.readUInt16BE(36)
    const payload = frame.toString('hex', 42)
    const other = seen.get(payload)
    if (other === undefined) {
      seen.set(payload, { port, ns })
      continue
    }
    const aNs = port === 14_320 ? ns : other.ns
    const lag = Number((port === 14_320 ? other.ns : ns) - aNs)
    if (lag > 0) result.aFirst++
    if (lag < 0) result.bFirst++
    if (lag === 0) result.tied++
    result.bLagMaxNs = Math.max(result.bLagMaxNs, lag)
    result.aLagMaxNs = Math.max(result.aLagMaxNs, -lag)
  }
  return result
}
