import { describe, expect, it } from 'vitest'
import { BufferSource, type ByteSource, SourceRead } from '../../../feeds/capture/byte-source.ts'
import { MarketSource } from '../../../feeds/capture/market-source.ts'
import { CaptureKind, recogniseCapture } from '../../../feeds/capture/recognise.ts'
import { DBN_FILE } from '../../../feeds/dbn/protocol.ts'
import { Sureness } from '../../../feeds/protocol/protocol.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import { findCanonicalFault } from '../../../kernels/records/codec.ts'
import { TestRandom } from '../../support/test-random.ts'
import { drainBytes } from '../support/drain.ts'
import { type Level, mbo, mbp, metadata, record, START_NS, text } from './dbn-bytes.ts'

/*
 * Damage of every kind to a small file of all kinds of records: reading ends, nothing throws, every record is canonical,
 * and what was lost is counted. And however the bytes and the batches come, the records are the same.
 */

const DEADLINE_MS = 180_000
/** Replays one failure: XK_FUZZ_SEED=<seed> npx vitest run test/feeds/dbn/damage.test.ts */
const SEED = Number(process.env.XK_FUZZ_SEED ?? 20_250_717)

function sampleRecords(): Buffer[] {
  const random = new TestRandom(7)
  const ladder = (): Level[] =>
    Array.from({ length: 10 }, (_, i) => [BigInt(1000 - i * 3 - random.below(3)), BigInt(1001 + i * 3), 1 + i, 2])
  const orders = Array.from({ length: 20 }, (_, i) =>
    mbo({
      action: 'AMCTFNR'[random.below(7)]!,
      side: 'ABN'[random.below(3)]!,
      orderId: BigInt(1 + random.below(4)),
      size: 1 + random.below(9),
      flags: random.below(256),
      tsEvent: START_NS + BigInt(i),
    }),
  )
  const levels = Array.from({ length: 5 }, () => mbp({ levels: ladder(), action: 'AT'[random.below(2)]! }))
  const other = [0x01, 0xb1, 0xc0, 0xc3].map((rtype) => mbp({ rtype, count: 1, levels: ladder().slice(0, 1) }))
  const rare = [
    record(0x13, Buffer.concat([Buffer.alloc(184), text('SYMBOL', 71), Buffer.alloc(129)])),
    record(0x16, Buffer.concat([text('A', 22), text('B', 22), Buffer.alloc(20)])),
    record(0x12, Buffer.alloc(24, 1)),
    record(0x14, Buffer.alloc(96, 1)),
    record(0x18, Buffer.alloc(48, 1)),
    record(0x20, Buffer.alloc(40, 1)),
    record(0x15, Buffer.alloc(304, 7)),
  ]
  return [...orders, ...levels, ...other, ...rare]
}

const HEAD = metadata([{ symbol: 'SYMBOL', intervals: [[20250717, 20250718, '7']] }])
const RECORDS = sampleRecords()
const WHOLE = Buffer.concat([HEAD, ...RECORDS])

/** A source that has no bytes at hand every other time. */
class HesitantSource implements ByteSource {
  readonly error = undefined
  readonly #inner: BufferSource
  #isReady = false

  constructor(bytes: Uint8Array, pieceBytes: number) {
    this.#inner = new BufferSource(bytes, pieceBytes)
  }

  get stored(): Float64Array {
    return this.#inner.stored
  }

  read(target: Uint8Array, at: number, length: number): number {
    this.#isReady = !this.#isReady
    return this.#isReady ? this.#inner.read(target, at, length) : SourceRead.NotYet
  }

  close(): void {}
}

function sourceOf(bytes: Uint8Array, open: () => ByteSource = () => new BufferSource(bytes)): MarketSource {
  const recognised = { kind: CaptureKind.Messages, protocol: DBN_FILE, sureness: Sureness.Certain } as const
  return new MarketSource([{ path: 'memory', recognised, storedBytes: bytes.length, open }], { instrumentsMax: 16 })
}

function readDamaged(bytes: Uint8Array, hint: string): MarketSource {
  const source = sourceOf(bytes)
  const batch = new RecordBatch(4096)
  for (let calls = 0; calls < 10_000; calls++) {
    batch.reset()
    const appended = source.fill(batch)
    for (let at = 0; at < batch.usedBytes; at += batch.views.u32[at >> 2]!) {
      const fault = findCanonicalFault(batch.views, at)
      if (fault !== undefined) throw new Error(`${hint}: ${fault}`)
    }
    if (appended === 0) return source
  }
  throw new Error(`${hint}: reading does not end`)
}

describe('a DBN file', { timeout: DEADLINE_MS }, () => {
  const whole = drainBytes(sourceOf(WHOLE))

  it('gives the same records whatever the pieces, the waits and the batches', () => {
    for (const pieceBytes of [1, 7, 100, 1000]) {
      for (const batchBytes of [1032, 1200, 4096, 65_536]) {
        const source = sourceOf(WHOLE, () => new HesitantSource(WHOLE, pieceBytes))
        expect(drainBytes(source, batchBytes).equals(whole), `${pieceBytes} ${batchBytes}`).toBe(true)
      }
    }
  })

  it('cut anywhere gives the records before it, and tells where it was cut', () => {
    let at = HEAD.length
    const ends = new Set([0, at, ...RECORDS.map((bytes) => (at += bytes.length))])
    for (let length = 0; length < WHOLE.length; length += length < 1500 ? 1 : 11) {
      const source = readDamaged(WHOLE.subarray(0, length), `cut at ${length}`)
      const { damage, undecoded } = source.facts()
      const known = Object.keys(undecoded).filter((reason) => reason === 'badMetadata')
      expect(known, `cut at ${length}`).toEqual([])
      expect(Object.keys(damage), `cut at ${length}`).toEqual(ends.has(length) ? [] : ['truncatedTail'])
      if (length % 13 !== 0) continue
      const records = drainBytes(sourceOf(WHOLE.subarray(0, length)))
      expect(whole.subarray(0, records.length).equals(records), `cut at ${length}`).toBe(true)
    }
  })

  it('whose record length is less than a header ends there', () => {
    const { damage, messages } = readDamaged(
      Buffer.concat([HEAD, RECORDS[0]!, Buffer.from([3]), RECORDS[1]!]),
      'short',
    ).facts()
    expect(messages).toBe(1)
    expect(damage).toEqual({ corruptLength: { count: 1, firstAtByte: HEAD.length + RECORDS[0]!.length } })
  })

  it('with one bit flipped here and there is read to an end', () => {
    for (let bit = 0; bit < WHOLE.length * 8; bit += 29) {
      const flipped = Buffer.from(WHOLE)
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      readDamaged(flipped, `bit ${bit}`)
    }
  })

  it('with seeded mutations is read to an end, and recognised or refused', () => {
    const random = new TestRandom(SEED)
    for (let round = 0; round < 2000; round++) {
      const mutated = Buffer.from(WHOLE)
      for (let edits = 1 + random.below(8); edits > 0; edits--) {
        const at = random.below(mutated.length)
        const kind = random.below(3)
        if (kind === 0) mutated[at] = random.below(256)
        else if (kind === 1) mutated.fill(random.below(2) * 255, at, Math.min(mutated.length, at + random.below(16)))
        else mutated.copyWithin(at, random.below(mutated.length), mutated.length)
      }
      recogniseCapture(mutated.subarray(0, 4096))
      readDamaged(mutated, `seed ${SEED}, round ${round}`)
    }
  })
})

describe('a fragment of a DBN file', () => {
  it('is recognised by the chain of its records', () => {
    const kindOf = (bytes: Buffer) => recogniseCapture(bytes).kind
    expect(kindOf(Buffer.concat(RECORDS.slice(0, 4)))).toBe(CaptureKind.Messages)
    expect(kindOf(RECORDS[0]!)).toBe(CaptureKind.Messages)
    expect(kindOf(Buffer.concat([RECORDS[0]!, Buffer.from('x')]))).toBe(CaptureKind.Unknown)
    expect(kindOf(record(0xa0, Buffer.alloc(40), 7, 5n))).toBe(CaptureKind.Unknown)
  })
})
