import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { SourceRead } from '../../../feeds/capture/byte-source.ts'
import { GzipSource } from '../../../feeds/capture/gzip-source.ts'
import { openFeed } from '../../../feeds/capture/open-feed.ts'
import { Packing } from '../../../feeds/capture/packing.ts'
import { ReaderThread, type ThreadedSource } from '../../../feeds/capture/threaded-source.ts'
import { buildReaderThread, drainBytes, temporaryFolder, writeTemporary } from '../support/drain.ts'
import { rawItch, samplePcap } from '../support/sample.ts'

const folder = temporaryFolder()
const threadUrl = buildReaderThread(folder)
const plain = rawItch(4000)
const plainPath = writeTemporary(folder, 'plain.itch', plain)
const packedPath = writeTemporary(
  folder,
  'packed',
  Buffer.concat([gzipSync(plain.subarray(0, 60_001)), gzipSync(plain.subarray(60_001))]),
)

/** Reads a source to its end without ever giving the event loop its turn, as a kernel does. */
function readAll(reader: ReaderThread, source: ThreadedSource, pieceBytes: number): Buffer {
  const target = new Uint8Array(pieceBytes + 2)
  const parts: Buffer[] = []
  for (let idle = 0; idle < 2000; ) {
    const count = source.read(target, 1, pieceBytes)
    if (count === SourceRead.End) return Buffer.concat(parts)
    if (count === SourceRead.NotYet) {
      reader.wait(10)
      idle++
      continue
    }
    idle = 0
    parts.push(Buffer.from(target.subarray(1, 1 + count)))
    expect([target[0], target[1 + pieceBytes]]).toEqual([0, 0])
  }
  throw new Error('the reader thread gives nothing')
}

function readPacked(path: string): Buffer {
  const source = new GzipSource(path)
  const target = Buffer.alloc(1 << 20)
  let length = 0
  for (let count = -1; count !== 0; length += count) count = source.read(target, length, target.length - length)
  return target.subarray(0, length)
}

describe('the reader thread', { timeout: 180_000 }, () => {
  it.each([
    [256, 100],
    [4096, 1000],
    [1 << 20, 65_536],
  ])(
    'gives a plain and a gzip file byte for byte through a ring of %i bytes, %i at a time',
    (ringBytes, pieceBytes) => {
      const files = [
        { path: plainPath, packing: Packing.None },
        { path: packedPath, packing: Packing.Gzip },
      ]
      const reader = new ReaderThread(files, { threadUrl, ringBytes })
      for (const [index, { path }] of files.entries()) {
        const source = reader.open(index, path)
        expect(readAll(reader, source, pieceBytes).equals(plain)).toBe(true)
        expect(source.error).toBeUndefined()
        expect(source.stored[0]).toBe(source.stored[1])
      }
      reader.close()
    },
  )

  it('drops a file that is given up in the middle and goes on with the next', () => {
    const files = [plainPath, packedPath, plainPath].map((path) => ({
      path,
      packing: path === packedPath ? Packing.Gzip : Packing.None,
    }))
    const reader = new ReaderThread(files, { threadUrl, ringBytes: 1024 })
    const target = new Uint8Array(100)
    for (const index of [0, 1]) {
      const source = reader.open(index, files[index]!.path)
      while (source.read(target, 0, 100) <= 0) reader.wait(10)
    }
    expect(readAll(reader, reader.open(2, plainPath), 500).equals(plain)).toBe(true)
    reader.close()
  })

  it('tells typed errors for a file that went away and for damaged and truncated gzip, after the good bytes', () => {
    const packed = gzipSync(plain, { level: 1 })
    const damaged = Buffer.from(packed)
    damaged.fill(0xff, packed.length - 3000, packed.length - 2900)
    const files = [
      `${folder}/gone`,
      writeTemporary(folder, 'damaged.gz', damaged),
      writeTemporary(folder, 'truncated.gz', packed.subarray(0, packed.length - 1000)),
    ].map((path) => ({ path, packing: Packing.Gzip }))
    const reader = new ReaderThread(files, { threadUrl, ringBytes: 4096 })
    const seen = files.map(({ path }, index) => {
      const source = reader.open(index, path)
      const bytes = readAll(reader, source, 4096)
      // What the synchronous decompression gives, whose way to the place of the damage is another.
      if (index > 0) expect(bytes.equals(readPacked(path))).toBe(true)
      expect(source.error!.where).toContain(path)
      return [source.error!.code, bytes.length > 50_000]
    })
    expect(seen).toEqual([
      ['capture-missing', false],
      ['capture-gzip-damaged', true],
      ['capture-gzip-truncated', true],
    ])
    reader.close()
  })

  it('is asked for by name when it is not built', () => {
    const missing = new URL(`file://${folder}/no.thread.js`)
    expect(() => openFeed(plainPath, { threaded: true, threadUrl: missing })).toThrow(/npm run build/)
  })
})

describe('a market source', { timeout: 180_000 }, () => {
  it('gives the same records from the thread as from the file, with any batch size', () => {
    const pcapPath = writeTemporary(folder, 'sample.pcap', samplePcap(1000))
    const paths = [plainPath, pcapPath, packedPath]
    const expected = drainBytes(openFeed(paths), 1 << 20)
    expect(expected.length).toBeGreaterThan(9000 * 48)
    for (const batchBytes of [1032, 1200, 65_536]) {
      const source = openFeed(paths, { threaded: true, threadUrl, ringBytes: 8192 })
      expect(drainBytes(source, batchBytes).equals(expected), `batch ${batchBytes}`).toBe(true)
      expect(source.progress[0]).toBe(1)
      source.close()
    }
  })
})
