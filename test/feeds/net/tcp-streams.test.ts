import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HOLE_SECONDS_MAX, HOLE_SEGMENTS_MAX } from '../../../feeds/net/hole-watch.ts'
import { PacketField } from '../../../feeds/net/packet-fields.ts'
import { STREAM_BUFFER_BYTES } from '../../../feeds/net/stream-buffer.ts'
import { STREAM_BUFFERS_MAX } from '../../../feeds/net/stream-buffers.ts'
import { TCP_COUNT_NAMES } from '../../../feeds/net/tcp-counts.ts'
import { TcpStreams } from '../../../feeds/net/tcp-streams.ts'
import { TestRandom } from '../../support/test-random.ts'

const FIN = 1
const SYN = 2
const RST = 4

interface Segment {
  readonly at: number
  readonly bytes: Buffer
  readonly flags?: number
  readonly cut?: number
  readonly seconds?: number
  readonly flow?: number
}

/** Takes the bytes of streams in order; `block` is the length of the messages that a decoder would wait for. */
class Reader {
  readonly streams = new TcpStreams()
  /** What was handed out, by flow: pieces between holes. */
  readonly runs = new Map<number, Buffer[]>()
  readonly #block: number
  readonly #fields = new Int32Array(PacketField.Count)

  constructor(block = 1) {
    this.#block = block
  }

  take({ at, bytes, flags = 0, cut = 0, seconds = 0, flow = 0 }: Segment): void {
    const framed = Buffer.concat([Buffer.alloc(7, 0xee), bytes, Buffer.alloc(9, 0xee)])
    this.#fields[PacketField.TcpSequence] = at | 0
    this.#fields[PacketField.TcpFlags] = flags
    this.#fields[PacketField.PayloadAt] = 7
    this.#fields[PacketField.PayloadLength] = bytes.length
    this.#fields[PacketField.WireLength] = bytes.length + cut
    this.streams.accept(flow, framed, this.#fields, new Float64Array([seconds, 0]))
    this.#drain()
  }

  flush(): void {
    while (this.streams.flush()) this.#drain()
  }

  text(flow = 0): string {
    return (this.runs.get(flow) ?? []).map((run) => run.toString('latin1')).join('|')
  }

  counts(): Record<string, number> {
    const named = [...this.streams.counts].map((count, i) => [TCP_COUNT_NAMES[i]!, count] as const)
    return Object.fromEntries(named.filter(([name, count]) => count !== 0 && name !== 'segments'))
  }

  #drain(): void {
    const { streams } = this
    for (let pieces = 0; streams.nextPiece(); pieces++) {
      if (pieces > 1000) throw new Error('pieces without end')
      const runs = this.runs.get(streams.flow) ?? []
      this.runs.set(streams.flow, runs)
      if (streams.takeHole() || runs.length === 0) runs.push(Buffer.alloc(0))
      const used = streams.pieceLength - (streams.pieceLength % this.#block)
      const piece = Buffer.from(streams.piece.subarray(streams.pieceAt, streams.pieceAt + used))
      runs.push(Buffer.concat([runs.pop()!, piece]))
      streams.consumed(used)
    }
  }
}

const text = (at: number, value: string, more: Partial<Segment> = {}): Segment => ({
  at,
  bytes: Buffer.from(value, 'latin1'),
  ...more,
})

function read(segments: readonly Segment[], block = 1): Reader {
  const reader = new Reader(block)
  for (const segment of segments) reader.take(segment)
  return reader
}

describe('a stream', () => {
  it.each<[string, Segment[], string, Record<string, number>]>([
    ['in order', [text(99, '', { flags: SYN }), text(100, 'ab'), text(102, 'cd')], 'abcd', { beginnings: 1 }],
    ['from the middle', [text(7, 'ab'), text(9, 'cd')], 'abcd', { midStreamStarts: 1 }],
    ['across the wrap', [text(-2, 'abc'), text(1, 'de')], 'abcde', { midStreamStarts: 1 }],
    [
      'out of order across the wrap',
      [text(-4, 'ab'), text(1, 'fg'), text(-2, 'cde')],
      'abcdefg',
      { midStreamStarts: 1, outOfOrder: 1 },
    ],
    ['sent again', [text(0, 'abcd'), text(0, 'abcd'), text(4, 'e')], 'abcde', { midStreamStarts: 1, repeatedBytes: 4 }],
    ['sent again with more', [text(0, 'abcd'), text(2, 'xyef')], 'abcdef', { midStreamStarts: 1, repeatedBytes: 2 }],
    [
      'overlapping what waits: the first bytes stay',
      [text(0, 'a'), text(3, 'de'), text(2, 'cXXf'), text(1, 'b')],
      'abcdef',
      { midStreamStarts: 1, outOfOrder: 2, repeatedBytes: 2 },
    ],
    [
      'probed by a keep-alive',
      [text(5, 'ab'), text(6, 'X'), text(7, 'c')],
      'abc',
      { midStreamStarts: 1, repeatedBytes: 1 },
    ],
    [
      'of which the SYN is sent again',
      [text(9, '', { flags: SYN }), text(10, 'ab'), text(9, '', { flags: SYN }), text(12, 'c')],
      'abc',
      { beginnings: 1 },
    ],
    [
      'that begins anew on the same ports',
      [text(9, '', { flags: SYN }), text(10, 'ab', { flags: FIN }), text(700, '', { flags: SYN }), text(701, 'cd')],
      'ab|cd',
      { beginnings: 2 },
    ],
    [
      'of which the FIN is sent again',
      [text(10, 'ab', { flags: FIN }), text(10, 'ab', { flags: FIN }), text(12, '', { flags: FIN })],
      'ab',
      { midStreamStarts: 1, repeatedBytes: 2 },
    ],
    ['with a far-away number', [text(0, 'ab'), text(1 << 28, 'cd')], 'ab|cd', { midStreamStarts: 1, restarts: 1 }],
    [
      'that is reset: what waits is dropped',
      [text(0, 'ab'), text(5, 'x'), text(6, '', { flags: RST }), text(2, 'old'), text(6, 'cd')],
      'ab|cd',
      { midStreamStarts: 1, outOfOrder: 1, droppedBytes: 1, resets: 1, repeatedBytes: 3 },
    ],
    [
      'cut by the capture: a hole at once',
      [text(0, 'ab', { cut: 3 }), text(5, 'fg', { cut: 1 }), text(8, 'i')],
      'ab|fg|i',
      { midStreamStarts: 1, cutSegments: 2, holes: 2, holeBytes: 4 },
    ],
  ])('%s', (_name, segments, expected, counts) => {
    const reader = read(segments)
    expect(reader.text()).toBe(expected)
    expect(reader.counts()).toEqual(counts)
  })

  it('keeps what a decoder leaves, and drops it before a hole', () => {
    expect(read([text(0, 'abcde'), text(5, 'fg'), text(7, 'h')], 4).text()).toBe('abcdefgh')
    const reader = read([text(0, 'abcde', { cut: 5 }), text(10, 'ijkl')], 4)
    expect(reader.text()).toBe('abcd|ijkl')
    expect(reader.counts()).toMatchObject({ droppedBytes: 1, holeBytes: 5 })
  })
})

describe('a hole is given up', () => {
  it(`after ${HOLE_SEGMENTS_MAX} segments behind it`, () => {
    const reader = read([text(0, 'a')])
    for (let i = 0; i < HOLE_SEGMENTS_MAX; i++) {
      expect(reader.text()).toBe('a')
      reader.take(text(2 + i, 'b'))
    }
    expect(reader.text()).toBe(`a|${'b'.repeat(HOLE_SEGMENTS_MAX)}`)
    expect(reader.counts()).toMatchObject({ holes: 1, holeBytes: 1 })
  })

  it(`after ${HOLE_SECONDS_MAX} s of capture time`, () => {
    const reader = read([text(0, 'a'), text(2, 'c', { seconds: 10 }), text(3, 'd', { seconds: 12 })])
    expect(reader.text()).toBe('a')
    reader.take(text(4, 'e', { seconds: 13 }))
    expect(reader.text()).toBe('a|cde')
  })

  it('when what waits behind it fills the buffer, and nothing of it is lost', () => {
    const reader = read([text(0, 'a')])
    const block = Buffer.alloc(60_000, 'b')
    for (let i = 0; i < 6; i++) reader.take({ at: 2 + i * block.length, bytes: block })
    expect(reader.text().length).toBe(2 + 6 * block.length)
    expect(reader.counts()).toMatchObject({ holes: 1, holeBytes: 1 })
    expect(6 * block.length).toBeGreaterThan(STREAM_BUFFER_BYTES)
  })

  it('at the end of the source', () => {
    const reader = read([
      text(0, 'a'),
      text(2, 'c'),
      text(4, 'e'),
      text(8, 'i', { flow: 1 }),
      text(12, 'm', { flow: 1 }),
    ])
    reader.flush()
    expect([reader.text(0), reader.text(1)]).toEqual(['a|c|e', 'i|m'])
  })

  it('when more streams wait than there are buffers: the one that is silent for longest', () => {
    const reader = new Reader()
    for (let flow = 0; flow <= STREAM_BUFFERS_MAX; flow++) {
      reader.take(text(0, 'a', { flow }))
      reader.take(text(2, 'c', { flow }))
    }
    expect(reader.counts()).toMatchObject({ evicted: 1, droppedBytes: 1 })
    for (let flow = 0; flow <= STREAM_BUFFERS_MAX; flow++) {
      reader.take(text(1, 'b', { flow }))
      reader.take(text(3, 'd', { flow }))
    }
    expect([reader.text(0), reader.text(1), reader.text(STREAM_BUFFERS_MAX)]).toEqual(['a|d', 'abcd', 'abcd'])
  })
})

describe('whatever the network does', () => {
  const SEED = Number(process.env.XK_FUZZ_SEED ?? 20_240_117)

  /** Cuts a stream into segments, repeats, overlaps and reorders them within eight places. */
  function disturb(stream: Buffer, start: number, random: TestRandom): Segment[] {
    const segments: Segment[] = []
    for (let from = 0; from < stream.length; ) {
      const to = Math.min(stream.length, from + 1 + random.below(40))
      const back = random.below(4) === 0 ? Math.min(from, random.below(20)) : 0
      segments.push({ at: (start + from - back) | 0, bytes: stream.subarray(from - back, to) })
      if (random.below(5) === 0) segments.push(segments[random.below(segments.length)]!)
      from = to
    }
    // A segment passes at most the next seven: no hole stays open for as long as the bound.
    const places = segments.map((segment, i) => ({ segment, place: i + random.below(8) }))
    return places.sort((left, right) => left.place - right.place).map(({ segment }) => segment)
  }

  it('the bytes come out as they were sent (property)', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer(),
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 1, max: 60 }),
        (seed, start, length, block) => {
          const random = new TestRandom(seed)
          const stream = Buffer.from(Array.from({ length: length - (length % block) }, () => random.below(256)))
          const reader = new Reader(block)
          reader.take({ at: (start - 1) | 0, bytes: Buffer.alloc(0), flags: SYN })
          for (const segment of disturb(stream, start, random)) reader.take(segment)
          expect(Buffer.concat(reader.runs.get(0) ?? []).equals(stream)).toBe(true)
        },
      ),
      { seed: SEED, numRuns: 400 },
    )
  })

  it('with losses, every run of bytes is one of the stream, in order, and all that came is accounted for (property)', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (seed, start) => {
        const random = new TestRandom(seed)
        const stream = Buffer.alloc(12_000)
        for (let i = 0; i < stream.length; i += 4) stream.writeUInt32BE(i, i)
        const reader = new Reader()
        const segments = disturb(stream, start, random).filter(() => random.below(10) > 0)
        for (const segment of segments) reader.take(segment)
        reader.flush()
        let from = 0
        for (const run of reader.runs.get(0) ?? []) {
          const at = stream.indexOf(run, from)
          expect(at).toBeGreaterThanOrEqual(from)
          from = at + run.length
        }
        const { counts } = reader.streams
        const handed = [...reader.runs.values()].flat().reduce((sum, run) => sum + run.length, 0)
        const came = segments.reduce((sum, { bytes }) => sum + bytes.length, 0)
        expect(
          handed + counts[TCP_COUNT_NAMES.indexOf('repeatedBytes')]! + counts[TCP_COUNT_NAMES.indexOf('droppedBytes')]!,
        ).toBe(came)
      }),
      { seed: SEED, numRuns: 200 },
    )
  })

  it('wild segments never throw, hang or hold more than the buffers (seeded)', () => {
    const random = new TestRandom(SEED)
    const reader = new Reader(37)
    for (let round = 0; round < 60_000; round++) {
      const near = random.below(3) > 0
      reader.take({
        at: near ? random.below(400_000) : random.below(2 ** 31) * 2,
        bytes: Buffer.alloc(random.below(20) === 0 ? 60_000 : random.below(200)),
        flags: random.below(60) === 0 ? random.below(8) : 0,
        cut: random.below(10) === 0 ? random.below(100) : 0,
        seconds: random.below(1000),
        flow: random.below(120),
      })
      if (round % 500 === 0) reader.runs.clear()
    }
    reader.flush()
  })
})
