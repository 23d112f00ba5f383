import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { GzipSource } from '../../../feeds/capture/gzip-source.ts'
import { MarketSource, openFeed } from '../../../feeds/capture/open-feed.ts'
import { CaptureKind, recogniseCapture } from '../../../feeds/capture/recognise.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import { findCanonicalFault } from '../../../kernels/records/codec.ts'
import { TestRandom } from '../../support/test-random.ts'
import { drainBytes, fileOf, sourceOf, temporaryFolder, writeTemporary } from '../support/drain.ts'
import { rawItch, samplePcap, samplePcapNg } from '../support/sample.ts'

/*
 * Damage of every kind to small captures: whatever the bytes, reading ends, nothing throws, every record is canonical,
 * and what was lost is counted.
 */

const folder = temporaryFolder()
const SAMPLES: readonly (readonly [string, Buffer])[] = [
  ['pcap', samplePcap(9)],
  ['pcapng', samplePcapNg(9)],
  ['raw ITCH', rawItch(9)],
]
/** Seconds of work; much longer on a machine that does other things too. */
const DEADLINE_MS = 180_000
/** Replays one failure: XK_FUZZ_SEED=<seed> npx vitest run test/feeds/capture/damage.test.ts */
const SEED = Number(process.env.XK_FUZZ_SEED ?? 20_240_117)

/** Reads files one after the other through one source, and checks every record. */
function readDamaged(files: readonly Buffer[]): MarketSource {
  const source = new MarketSource(files.map((bytes) => fileOf(bytes)))
  const batch = new RecordBatch(4096)
  for (;;) {
    batch.reset()
    const appended = source.fill(batch)
    for (let at = 0; at < batch.usedBytes; at += batch.views.u32[at >> 2]!) {
      const fault = findCanonicalFault(batch.views, at)
      if (fault !== undefined) throw new Error(fault)
    }
    if (appended === 0) return source
  }
}

function isRecognised(bytes: Buffer): boolean {
  return recogniseCapture(bytes).kind !== CaptureKind.Unknown
}

describe.each(SAMPLES)('a damaged %s file', { timeout: DEADLINE_MS }, (name, bytes) => {
  it('truncated at any byte gives the records before it and tells where it was cut', () => {
    const whole = drainBytes(sourceOf(bytes))
    for (let length = 0; length < bytes.length; length++) {
      const cut = bytes.subarray(0, length)
      if (!isRecognised(cut)) continue
      const source = sourceOf(cut)
      const records = drainBytes(source)
      const { damage, errors } = source.facts()
      const at = damage.truncatedTail?.firstAtByte ?? length
      const kinds = Object.keys(damage).filter((kind) => kind !== 'truncatedTail').length
      const isGood = whole.subarray(0, records.length).equals(records) && at <= length && kinds + errors.length === 0
      if (!isGood) throw new Error(`cut at ${length}: ${JSON.stringify(damage)}`)
    }
  })

  it('with any one bit flipped is read to an end', () => {
    const files: Buffer[] = []
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes)
      flipped[bit >> 3]! ^= 1 << (bit & 7)
      if (isRecognised(flipped)) files.push(flipped)
    }
    const facts = readDamaged(files).facts()
    expect(facts.errors).toEqual([])
    expect(facts.packets + facts.messages).toBeGreaterThan(files.length)
    expect(Object.keys({ ...facts.damage, ...facts.undecoded }).length).toBeGreaterThan(2)
  })

  it(`with seeded mutations (33,000 of ${name}) is read to an end`, () => {
    const random = new TestRandom(SEED)
    // Many to a source: its windows and tables cost more than a file of a few hundred bytes.
    for (let round = 0; round < 110; round++) {
      const files = Array.from({ length: 300 }, () => mutate(bytes, random)).filter(isRecognised)
      try {
        readDamaged(files)
      } catch (cause) {
        const replay = `XK_FUZZ_SEED=${SEED} npx vitest run test/feeds/capture/damage.test.ts`
        throw new Error(`seed ${SEED}, round ${round}: ${replay}`, { cause })
      }
    }
  })
})

function mutate(bytes: Buffer, random: TestRandom): Buffer {
  const mutated = Buffer.from(bytes)
  const changes = 1 + random.below(4)
  for (let i = 0; i < changes; i++) {
    const at = random.below(mutated.length)
    const kind = random.below(4)
    if (kind === 0) mutated[at]! ^= 1 << random.below(8)
    else if (kind === 1) mutated[at] = random.below(2) * 255
    else if (kind === 2) mutated[at] = random.below(256)
    else mutated.copyWithin(at, random.below(mutated.length), mutated.length)
  }
  return random.below(4) === 0 ? mutated.subarray(0, random.below(mutated.length)) : mutated
}

describe('a damaged gzip file', { timeout: DEADLINE_MS }, () => {
  const packed = gzipSync(rawItch(500))
  const whole = drainBytes(sourceOf(rawItch(500)))

  it('gives what comes before the damage and a typed error, whatever the mutation (seeded)', () => {
    const random = new TestRandom(SEED)
    let errors = 0
    for (let round = 0; round < 150; round++) {
      const mutated = mutate(packed, random)
      if (mutated.length < 18 || mutated.readUInt16BE() !== 0x1f8b) continue
      const path = writeTemporary(folder, 'damaged.gz', mutated)
      try {
        const source = openFeed(path)
        drainBytes(source)
        errors += source.errors.length
      } catch (error) {
        expect((error as { code?: string }).code, `seed ${SEED}, round ${round}`).toMatch(/^capture-/)
        errors++
      }
    }
    expect(errors).toBeGreaterThan(50)
  })

  it('cut short gives the records of the bytes that are there', () => {
    const path = writeTemporary(folder, 'cut.gz', packed.subarray(0, packed.length - 900))
    const source = openFeed(path)
    const records = drainBytes(source)
    expect(records.length).toBeGreaterThan(1000)
    expect(whole.subarray(0, records.length).equals(records)).toBe(true)
    expect(source.errors.map(({ code }) => code)).toEqual(['capture-gzip-truncated'])
  })

  it('of several members is one stream', () => {
    const path = writeTemporary(
      folder,
      'members.gz',
      Buffer.concat([gzipSync(rawItch(5)), gzipSync(Buffer.alloc(0)), packed]),
    )
    const source = new GzipSource(path)
    const target = new Uint8Array(1 << 20)
    let length = 0
    for (let count = -1; count !== 0; length += count) count = source.read(target, length, 1000)
    expect(
      Buffer.from(target.subarray(0, length)).equals(gunzipSync(Buffer.concat([gzipSync(rawItch(5)), packed]))),
    ).toBe(true)
  })
})

describe('a file that is no capture', () => {
  const refuse = (path: string) => {
    try {
      openFeed(path)
    } catch (error) {
      const { code, exitCode, message } = error as { code: string; exitCode: number; message: string }
      expect(message).toContain(path)
      return `${code} ${exitCode}`
    }
    return 'opened'
  }

  it('is refused with what is wrong, where, and what to do', () => {
    expect(refuse(`${folder}/nowhere`)).toBe('capture-missing 3')
    expect(refuse(folder)).toBe('capture-unreadable 3')
    expect(refuse(writeTemporary(folder, 'empty', Buffer.alloc(0)))).toBe('capture-empty 3')
    expect(refuse(writeTemporary(folder, 'text', Buffer.from('hello, this is a text')))).toBe('capture-unrecognised 3')
    expect(refuse(writeTemporary(folder, 'text.gz', gzipSync('hello, this is a text')))).toBe('capture-unrecognised 3')
    expect(refuse(writeTemporary(folder, 'bad.gz', Buffer.from('1f8b08ffffffffffffffffffff', 'hex')))).toBe(
      'capture-gzip-damaged 3',
    )
    expect(refuse('/dev/null')).toBe('capture-unreadable 3')
  })
})
