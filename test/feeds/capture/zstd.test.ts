import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openFeed } from '../../../feeds/capture/open-feed.ts'
import { Packing, packingOf, readHead } from '../../../feeds/capture/packing.ts'
import { ReaderThread } from '../../../feeds/capture/threaded-source.ts'
import { Xxh64 } from '../../../feeds/capture/xxh64.ts'
import { ZstdSource } from '../../../feeds/capture/zstd-source.ts'
import { findCaptures } from '../../support/captures.ts'
import { TestRandom } from '../../support/test-random.ts'
import {
  buildReaderThread,
  drainBytes,
  hasCommand,
  sourceOf,
  temporaryFolder,
  writeTemporary,
} from '../support/drain.ts'
import { rawItch, samplePcap } from '../support/sample.ts'
import { naiveXxh64, zstdSkippable, zstdStored } from '../support/zstd.ts'

const folder = temporaryFolder()
const captures = findCaptures()
const DEADLINE_MS = 180_000
/** Replays one failure: XK_FUZZ_SEED=<seed> npx vitest run test/feeds/capture/zstd.test.ts */
const SEED = Number(process.env.XK_FUZZ_SEED ?? 20_240_508)

function readWhole(path: string, pieceBytes = 60_000): { bytes: Buffer; error: string | undefined; message: string } {
  const source = new ZstdSource(path)
  const piece = new Uint8Array(pieceBytes)
  const parts: Buffer[] = []
  for (let count = 1; count > 0; ) {
    count = source.read(piece, 0, piece.length)
    if (count > 0) parts.push(Buffer.from(piece.subarray(0, count)))
  }
  source.close()
  return { bytes: Buffer.concat(parts), error: source.error?.code, message: source.error?.message ?? '' }
}

function readPacked(packed: Uint8Array): ReturnType<typeof readWhole> {
  return readWhole(writeTemporary(folder, 'packed.zst', packed))
}

describe('XXH64', () => {
  it('agrees with its specification on any bytes in any pieces', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.array(fc.nat(200), { maxLength: 4 }), (bytes, cuts) => {
        const hash = new Xxh64()
        let at = 0
        for (const cut of [...cuts.sort((a, b) => a - b), bytes.length]) {
          if (cut < at || cut > bytes.length) continue
          hash.update(bytes.subarray(at, cut))
          at = cut
        }
        expect(hash.low()).toBe(Number(naiveXxh64(Buffer.from(bytes)) & 0xffffffffn))
        hash.reset()
        expect(hash.low()).toBe(0x51d8e999)
      }),
    )
  })
})

describe.skipIf(captures === undefined)('zstd files of other programs', { timeout: DEADLINE_MS }, () => {
  const root = join(captures ?? '', 'dbn')
  const files = captures === undefined ? [] : readdirSync(root, { recursive: true, encoding: 'utf8' })
  const packed = files.filter((name) => name.endsWith('.zst')).sort()

  it.each(packed)('%s decompresses to the reference bytes', (name) => {
    const path = join(root, name)
    const expected = JSON.parse(readFileSync(`${path}.expected.json`, 'utf8')) as {
      decoded: { decoded_bytes: number; decoded_sha256: string }
    }
    const { bytes, error } = readWhole(path, 999)
    expect(error).toBeUndefined()
    expect(bytes.length).toBe(expected.decoded.decoded_bytes)
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(expected.decoded.decoded_sha256)
  })

  it('are read by the reader thread too, whatever the size of its ring', () => {
    const paths = packed.map((name) => join(root, name))
    const threadUrl = buildReaderThread(folder)
    const reader = new ReaderThread(
      paths.map((path) => ({ path, packing: Packing.Zstd })),
      { threadUrl, ringBytes: 4096 },
    )
    for (const [index, path] of paths.entries()) {
      const source = reader.open(index, path)
      const piece = new Uint8Array(3000)
      const parts: Buffer[] = []
      for (let idle = 0; idle < 3000; ) {
        const count = source.read(piece, 0, piece.length)
        if (count === 0) break
        if (count < 0) {
          reader.wait(10)
          idle++
        } else parts.push(Buffer.from(piece.subarray(0, count)))
      }
      expect(Buffer.concat(parts).equals(readWhole(path).bytes), path).toBe(true)
      expect(source.error).toBeUndefined()
      expect(source.stored[0]).toBe(source.stored[1])
    }
    reader.close()
  })
})

describe.skipIf(!hasCommand('zstd'))('zstd files of the reference program', { timeout: DEADLINE_MS }, () => {
  const pcap = Buffer.concat(Array.from({ length: 40 }, () => samplePcap(200)))
  it.each([
    ['-1'],
    ['-3', '--no-check'],
    ['-9', '--no-content-size'],
    ['-19', '--long=24'],
    ['--ultra', '-22'],
    ['--fast=5'],
  ])('compressed with %s %s are decompressed', (...options) => {
    const random = new TestRandom(SEED)
    const noise = Buffer.from(Array.from({ length: 150_000 }, () => random.below(256)))
    for (const bytes of [Buffer.alloc(0), Buffer.from('x'), Buffer.alloc(400_000, 7), noise, pcap]) {
      const chosen = options.filter((option) => option !== undefined)
      const packed = execFileSync('zstd', [...chosen, '-q', '-c'], { input: bytes, maxBuffer: 1 << 26 })
      const { bytes: plain, error } = readPacked(packed)
      expect(error).toBeUndefined()
      expect(plain.equals(bytes)).toBe(true)
    }
  })
})

describe('a zstd file', { timeout: DEADLINE_MS }, () => {
  const plain = rawItch(500)

  it('is recognised by its contents, behind skippable frames too, and gives the records of what is inside', () => {
    const packed = Buffer.concat([zstdSkippable(Buffer.from('index')), zstdStored(plain)])
    const path = writeTemporary(folder, 'no-matter.pcap', packed)
    expect(packingOf(packed)).toBe(Packing.Zstd)
    expect(Buffer.from(readHead(path, 100).head).equals(plain.subarray(0, 100))).toBe(true)
    expect(drainBytes(openFeed(path)).equals(drainBytes(sourceOf(plain)))).toBe(true)
  })

  it('of several frames, empty and skippable ones among them, is one stream', () => {
    const parts = [plain.subarray(0, 7), Buffer.alloc(0), plain.subarray(7, 5000), plain.subarray(5000)]
    const packed = parts.flatMap((part) => [zstdStored(part, 1000), zstdSkippable(part)])
    const { bytes, error } = readPacked(Buffer.concat(packed))
    expect(error).toBeUndefined()
    expect(bytes.equals(plain)).toBe(true)
  })

  it('cut anywhere gives the whole blocks before, and says where it was cut', () => {
    const packed = Buffer.concat([
      zstdStored(plain.subarray(0, 100), 40),
      zstdSkippable(Buffer.alloc(5)),
      zstdStored(plain),
    ])
    const first = zstdStored(plain.subarray(0, 100), 40).length
    for (let length = 4; length < first + 60; length++) {
      const { bytes, error, message } = readPacked(packed.subarray(0, length))
      expect(plain.subarray(0, bytes.length).equals(bytes.subarray(0, 100))).toBe(true)
      if (length === first || length === first + 13) expect(error).toBeUndefined()
      else expect(`${length} ${error}`).toBe(`${length} capture-zstd-truncated`)
      if (error !== undefined) expect(message).toMatch(/at byte \d+, after \d+ decompressed bytes/)
    }
  })

  it('whose checksum does not agree is damaged, and names the place', () => {
    const packed = zstdStored(plain, 1000)
    packed[packed.length - 1]! ^= 1
    expect(readPacked(packed).error).toBe('capture-zstd-damaged')
    const flipped = zstdStored(plain, 1000)
    flipped[500]! ^= 0x10
    expect(readPacked(flipped).error).toBe('capture-zstd-damaged')
  })

  it('followed by something else is damaged behind its last frame', () => {
    const { bytes, error } = readPacked(Buffer.concat([zstdStored(plain), Buffer.from('more')]))
    expect(bytes.equals(plain)).toBe(true)
    expect(error).toBe('capture-zstd-damaged')
  })

  it('that wants a dictionary, or a window larger than 128 MiB, is refused', () => {
    const dictionary = Buffer.from('28b52ffd013807010000', 'hex')
    const window = Buffer.from('28b52ffd00a8010000', 'hex')
    for (const packed of [dictionary, window]) {
      const padded = Buffer.concat([packed, Buffer.alloc(20)])
      expect(readPacked(padded).error).toBe('capture-zstd-unsupported')
    }
  })

  it('with a Huffman tree that never ends is damaged, not a hang', () => {
    // A compressed block: literals with a tree whose only weight has all the probability (accuracy 5, value 33 of 33).
    const block = Buffer.from([0x02 | (40 << 4), 0x42, 0x01, 4, 0xf0, 0x07, 0xff, 0xff, 0xff, 0xff, 0xff, 1])
    const header = Buffer.from('28b52ffd0038', 'hex')
    const size = Buffer.from([(block.length << 3) | 5, 0, 0])
    const { error, message } = readPacked(Buffer.concat([header, size, block]))
    expect(error).toBe('capture-zstd-damaged')
    expect(message).toContain('Huffman')
  })

  it.skipIf(captures === undefined)('gives a typed error or its bytes, whatever the mutation (seeded)', () => {
    const base = join(captures ?? '', 'dbn', 'databento_dbn')
    const names = [
      'test_data.definition.v3.dbn.zst',
      'multi-frame.definition.v1.dbn.frag.zst',
      'test_data.mbp-10.v3.dbn.zst',
    ]
    const random = new TestRandom(SEED)
    let errors = 0
    for (let round = 0; round < 500; round++) {
      const path = join(base, names[round % names.length]!)
      if (!existsSync(path)) continue
      const whole = readFileSync(path)
      const mutated = Buffer.from(whole)
      for (let flips = 1 + random.below(3); flips > 0; flips--) {
        mutated[4 + random.below(mutated.length - 4)]! ^= 1 << random.below(8)
      }
      const { bytes, error } = readPacked(mutated)
      if (error === undefined) continue
      expect(error, `seed ${SEED}, round ${round}`).toMatch(/^capture-zstd-/)
      expect(bytes.length).toBeLessThan(1 << 22)
      errors++
    }
    expect(errors).toBeGreaterThan(50)
  })
})
