import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FRAGMENT_COUNT_NAMES } from '../../../feeds/net/fragment-counts.ts'
import { FRAGMENT_TIMEOUT_SECONDS, FRAGMENTED_MAX, Fragments } from '../../../feeds/net/fragments.ts'
import { parseFrame } from '../../../feeds/net/frame.ts'
import { parseReassembled } from '../../../feeds/net/ip.ts'
import { PacketField } from '../../../feeds/net/packet-fields.ts'
import { Undecoded } from '../../../feeds/net/undecoded.ts'
import { TestRandom } from '../../support/test-random.ts'
import { u8, u16, u32 } from '../support/bytes.ts'
import { drainBytes, sourceOf } from '../support/drain.ts'
import { mold, pcap, udpFrame } from '../support/frames.ts'
import { itchMessages } from '../support/sample.ts'
import { fragment, fragments, frameOf, ip, timed, udp, V4, V6 } from '../support/segments.ts'

const SEED = Number(process.env.XK_FUZZ_SEED ?? 20_240_117)

class Path {
  readonly fragments = new Fragments()
  readonly fields = new Int32Array(PacketField.Count)

  /** The UDP payload that a frame completes. */
  take(datagram: Buffer, seconds = 0): Buffer | undefined {
    const frame = Buffer.concat([Buffer.alloc(3, 0xee), frameOf(datagram), Buffer.alloc(5, 0xee)])
    const reason = parseFrame(frame, 3, frame.length - 8, 1, this.fields)
    expect(reason).toBe(Undecoded.IpFragment)
    if (!this.fragments.take(frame, this.fields, new Float64Array([seconds, 0]))) return undefined
    const { bytes, length } = this.fragments
    expect(parseReassembled(bytes, length, this.fields)).toBe(Undecoded.None)
    const at = this.fields[PacketField.PayloadAt]!
    return Buffer.from(bytes.subarray(at, at + this.fields[PacketField.PayloadLength]!))
  }

  counts(): Record<string, number> {
    const named = [...this.fragments.counts].map((count, i) => [FRAGMENT_COUNT_NAMES[i]!, count] as const)
    return Object.fromEntries(named.filter(([, count]) => count !== 0))
  }
}

function shuffle<T>(list: readonly T[], random: TestRandom): T[] {
  const shuffled = [...list]
  for (let i = shuffled.length - 1; i > 0; i--) {
    const other = random.below(i + 1)
    ;[shuffled[i], shuffled[other]] = [shuffled[other]!, shuffled[i]!]
  }
  return shuffled
}

describe.each([
  ['IPv4', V4],
  ['IPv6', V6],
])('fragments of %s', (_version, ends) => {
  it('give the datagram, whatever their sizes and order (property)', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 0, max: 65_000 }),
        fc.integer({ min: 1, max: 1000 }),
        (seed, length, units) => {
          const random = new TestRandom(seed)
          const payload = Buffer.from(Array.from({ length }, () => random.below(256)))
          const whole = udp(payload, ends)
          const size = Math.max(8 * units, Math.ceil(whole.length / 512) * 8)
          const pieces = fragments(whole, size, 17, 7, ends)
          if (pieces.length === 1) return
          const path = new Path()
          const order = shuffle(pieces, random)
          const results = order.map((piece) => path.take(piece))
          expect(results.slice(0, -1).every((result) => result === undefined)).toBe(true)
          expect(results.at(-1)!.equals(payload)).toBe(true)
        },
      ),
      { seed: SEED, numRuns: 150 },
    )
  })

  const payload = Buffer.alloc(2000, 'x')
  const whole = udp(payload, ends)
  const [first, second, third] = fragments(whole, 800, 17, 7, ends) as [Buffer, Buffer, Buffer]

  it('of several datagrams at a time are kept apart', () => {
    const path = new Path()
    const other = fragments(udp(Buffer.alloc(2000, 'y'), ends), 800, 17, 8, ends)
    path.take(first)
    path.take(other[1]!)
    path.take(second)
    path.take(other[2]!)
    expect(path.take(other[0]!)!.toString()).toBe('y'.repeat(2000))
    expect(path.take(third)!.equals(payload)).toBe(true)
  })

  it('that come twice are left out', () => {
    const path = new Path()
    for (const piece of [first, first, second, second]) expect(path.take(piece)).toBeUndefined()
    expect(path.take(third)!.equals(payload)).toBe(true)
    expect(path.counts()).toEqual({ fragments: 5, datagrams: 1, used: 3, repeated: 2 })
  })

  it('that overlap spoil their datagram', () => {
    const path = new Path()
    path.take(first)
    expect(path.take(fragment(whole, 400, 1600, 17, 7, ends))).toBeUndefined()
    expect(path.take(second)).toBeUndefined()
    expect(path.take(third)).toBeUndefined()
    expect(path.counts()).toMatchObject({ overlapping: 1 })
  })

  it('that contradict the end of their datagram spoil it', () => {
    const path = new Path()
    path.take(third)
    path.take(fragment(Buffer.concat([whole, whole]), 2400, 2800, 17, 7, ends))
    expect(path.counts()).toMatchObject({ contradicting: 1 })
    path.take(third)
    path.take(fragment(whole.subarray(0, 1000), 800, 1000, 17, 7, ends))
    expect(path.counts()).toMatchObject({ contradicting: 2 })
  })

  it(`are given up after ${FRAGMENT_TIMEOUT_SECONDS} s of capture time`, () => {
    const path = new Path()
    path.take(first, 100)
    path.take(second, 100 + FRAGMENT_TIMEOUT_SECONDS + 1)
    expect(path.take(third, 100 + FRAGMENT_TIMEOUT_SECONDS + 1)).toBeUndefined()
    expect(path.counts()).toMatchObject({ timedOut: 1 })
  })

  it(`of more than ${FRAGMENTED_MAX} datagrams at a time: the oldest is given up`, () => {
    const path = new Path()
    for (let id = 0; id <= FRAGMENTED_MAX; id++) path.take(fragment(whole, 0, 800, 17, id, ends), id / 10)
    expect(path.counts()).toMatchObject({ evicted: 1 })
    path.take(fragment(whole, 800, 1600, 17, 1, ends), 10)
    expect(path.take(fragment(whole, 1600, whole.length, 17, 1, ends), 10)!.equals(payload)).toBe(true)
  })

  it('that are cut, or end between the units, are counted as bad', () => {
    const path = new Path()
    path.take(fragment(whole, 0, 801, 17, 7, ends))
    path.take(first.subarray(0, 700))
    path.take(fragment(Buffer.alloc(65_532 + 100), 65_528, 65_632, 17, 7, ends))
    expect(path.counts()).toEqual({ fragments: 3, bad: 3 })
  })
})

describe('IPv6', () => {
  it('takes an atomic fragment for a whole datagram', () => {
    const header = Buffer.concat([u8(17), u8(0), u16(0), u32(9)])
    const frame = frameOf(ip(Buffer.concat([header, udp(Buffer.from('whole'), V6)]), 44, V6))
    const fields = new Int32Array(PacketField.Count)
    expect(parseFrame(frame, 0, frame.length, 1, fields)).toBe(Undecoded.None)
    expect(frame.toString('latin1', fields[PacketField.PayloadAt])).toBe('whole')
  })

  it('finds the payload behind extension headers within the fragments', () => {
    const options = Buffer.concat([u8(17), u8(0), Buffer.alloc(6)])
    const whole = Buffer.concat([options, udp(Buffer.alloc(900, 'z'), V6)])
    const path = new Path()
    const pieces = fragments(whole, 480, 60, 3, V6)
    path.take(pieces[1]!)
    expect(path.take(pieces[0]!)!.toString()).toBe('z'.repeat(900))
  })
})

describe('a source', () => {
  it('gives the records of a fragmented packet when its last fragment is there, and counts what never becomes whole', () => {
    const payload = mold('000010059B', 1n, itchMessages(60))
    const expected = drainBytes(sourceOf(pcap(timed([udpFrame(payload)]))))
    const pieces = fragments(udp(payload), 400, 17, 1).map(frameOf)
    const lost = fragments(udp(payload), 400, 17, 2).slice(1).map(frameOf)
    const source = sourceOf(pcap(timed([...lost, ...pieces.reverse()])))
    expect(drainBytes(source).equals(expected)).toBe(true)
    const facts = source.facts()
    expect(facts.undecoded).toEqual({ ipFragment: lost.length })
    expect(facts.fragments).toEqual({ fragments: lost.length + pieces.length, datagrams: 1, used: pieces.length })
    expect(facts.flows).toMatchObject([{ packets: 1, payloadBytes: payload.length, protocol: 'itch50' }])
  })

  it('reads wild fragments to an end (seeded)', () => {
    const random = new TestRandom(SEED)
    const path = new Fragments()
    const fields = new Int32Array(PacketField.Count)
    const bytes = Buffer.alloc(70_000, 1)
    for (let round = 0; round < 30_000; round++) {
      fields[PacketField.Transport] = random.below(2)
      fields[PacketField.FragmentId] = random.below(90)
      fields[PacketField.IpProtocol] = random.below(3) === 0 ? random.below(256) : 17
      fields[PacketField.FragmentOffset] = random.below(random.below(2) === 0 ? 8192 : 3) * 8
      fields[PacketField.FragmentHasMore] = random.below(2)
      fields[PacketField.PayloadLength] =
        random.below(5) === 0 ? random.below(65_536) : random.below(random.below(2) === 0 ? 100 : 4) * 8
      fields[PacketField.IsCut] = random.below(20) === 0 ? 1 : 0
      if (path.take(bytes, fields, new Float64Array([round / 10 + 1000 * (round >> 13), 0])))
        parseReassembled(path.bytes, path.length, fields)
    }
    expect([...path.counts].map((count) => count > 0)).toEqual(Array(path.counts.length).fill(true))
  })
})
