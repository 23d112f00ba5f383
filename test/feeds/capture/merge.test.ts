import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { FILES_OPEN_MAX } from '../../../feeds/capture/frame-merge.ts'
import { MarketSource } from '../../../feeds/capture/market-source.ts'
import { openFeed } from '../../../feeds/capture/open-feed.ts'
import { TestRandom } from '../../support/test-random.ts'
import {
  buildReaderThread,
  drainBytes,
  fileOf,
  hasCommand,
  sourceOf,
  temporaryFolder,
  writeTemporary,
} from '../support/drain.ts'
import { PcapNgWriter, pcap, type TestFrame } from '../support/frames.ts'
import { moldFrames, rawItch } from '../support/sample.ts'

const SEED = Number(process.env.XK_FUZZ_SEED ?? 20_240_117)
const folder = temporaryFolder()
const threadUrl = buildReaderThread(folder)

/** Frames as a capture of them all would have them: by time. */
const whole = moldFrames(3000)
const expected = drainBytes(sourceOf(pcap(whole)))

/** Deals frames to files at random, each in its order. */
function deal(frames: readonly TestFrame[], count: number, random: TestRandom): TestFrame[][] {
  const files: TestFrame[][] = Array.from({ length: count }, () => [])
  for (const frame of frames) files[random.below(count)]!.push(frame)
  return files
}

function sourceOfAll(files: readonly (readonly TestFrame[])[]): MarketSource {
  return new MarketSource(files.map((frames) => fileOf(pcap(frames))))
}

describe('captures of packets', { timeout: 60_000 }, () => {
  it.each([2, 3, 7, FILES_OPEN_MAX])(
    'recorded into %i files give the records of one, in any order of the files',
    (count) => {
      const files = deal(whole, count, new TestRandom(SEED))
      for (const order of [files, [...files].reverse()]) {
        const source = sourceOfAll(order)
        expect(drainBytes(source).equals(expected)).toBe(true)
        expect(source.facts()).toMatchObject({ packets: whole.length, timesBackwards: 0, missing: 0, lateFiles: 0 })
        expect(source.progress[0]).toBe(1)
      }
    },
  )

  it('split in time follow each other, however many there are, and are open one at a time', () => {
    let open = 0
    let most = 0
    const files = Array.from({ length: 50 }, (_, i) => fileOf(pcap(whole.slice(i * 20, (i + 1) * 20)))).map((file) => ({
      ...file,
      open: () => {
        const source = file.open()
        most = Math.max(most, ++open)
        source.close = () => {
          open--
        }
        return source
      },
    }))
    expect(drainBytes(new MarketSource(files)).equals(expected)).toBe(true)
    expect([open, most]).toEqual([0, 1])
  })

  it('of different kinds, gzip or plain, read by threads, give the same', () => {
    const [left, right, rest] = deal(whole, 3, new TestRandom(SEED + 1)) as [TestFrame[], TestFrame[], TestFrame[]]
    const writer = new PcapNgWriter(false).section().interface({ linkType: 1, resolution: 9 })
    for (const frame of right) writer.enhanced(frame)
    const paths = [
      writeTemporary(folder, 'left.pcap', pcap(left)),
      writeTemporary(folder, 'right.pcapng', writer.bytes()),
      writeTemporary(folder, 'rest.pcap.gz', gzipSync(pcap(rest, { isLittle: false }))),
    ]
    for (const options of [{}, { threaded: true, threadUrl, ringBytes: 8192 }]) {
      const source = openFeed(paths, options)
      expect(drainBytes(source, 1200).equals(expected)).toBe(true)
      expect(source.errors).toEqual([])
      source.close()
    }
  })

  it('keep the order of each file where its times run backwards', () => {
    const frames = whole.slice(0, 6)
    const stamp = (index: number, seconds: number) => ({ ...frames[index]!, timeNs: BigInt(seconds) * 1_000_000_000n })
    const left = [stamp(0, 10), stamp(1, 5), stamp(3, 12)]
    const right = [stamp(2, 11), stamp(4, 13), stamp(5, 14)]
    const source = sourceOfAll([left, right])
    expect(drainBytes(source).equals(drainBytes(sourceOf(pcap(frames))))).toBe(true)
    expect(source.facts().timesBackwards).toBe(1)
  })

  it('of the same time: the file that is named first comes first', () => {
    const at = (index: number) => ({ ...whole[index]!, timeNs: 1_000_000_000n })
    const files = [[at(0)], [at(1)], [at(2)]]
    expect(drainBytes(sourceOfAll(files)).equals(drainBytes(sourceOf(pcap(whole.slice(0, 3)))))).toBe(true)
    const reversed = sourceOfAll([...files].reverse())
    drainBytes(reversed)
    expect(reversed.facts().sessions).toMatchObject([{ firstSequence: '7', early: 6 }])
  })

  it('more than can be open at a time: the last ones wait, and are counted', () => {
    const files = deal(whole, FILES_OPEN_MAX + 2, new TestRandom(SEED))
    const source = sourceOfAll(files)
    drainBytes(source)
    const facts = source.facts()
    expect(facts).toMatchObject({ packets: whole.length, lateFiles: 2 })
    expect(facts.sessions[0]!.messages + facts.missing).toBe(3000)
  })

  it('that cannot be opened, or have no packets, do not hold the others up', () => {
    const files = deal(whole, 2, new TestRandom(SEED)).map((frames) => fileOf(pcap(frames)))
    const empty = fileOf(pcap([]))
    const gone = { ...empty, open: () => openFeed(join(folder, 'gone')) as never }
    const source = new MarketSource([files[0]!, empty, gone, files[1]!])
    expect(drainBytes(source).equals(expected)).toBe(true)
    expect(source.errors.map(({ code }) => code)).toEqual(['capture-missing'])
  })

  it('next to files of messages: these are read in their place', () => {
    const raw = fileOf(rawItch(30))
    const [left, right] = deal(whole, 2, new TestRandom(SEED)).map((frames) => fileOf(pcap(frames)))
    const source = new MarketSource([raw, left!, right!, raw])
    const parts = [sourceOf(rawItch(30)), sourceOf(pcap(whole)), sourceOf(rawItch(30))]
    const bytes = parts.reduce((sum, part) => sum + drainBytes(part).length, 0)
    expect(drainBytes(source).length).toBe(bytes)
    expect(source.facts().messages).toBe(3060)
  })

  it.runIf(hasCommand('mergecap'))('come in the order in which mergecap puts them', () => {
    const files = deal(whole.slice(0, 300), 4, new TestRandom(SEED + 2))
    const paths = files.map((frames, i) => writeTemporary(folder, `part${i}.pcap`, pcap(frames)))
    const merged = join(folder, 'merged.pcapng')
    execFileSync('mergecap', ['-w', merged, ...paths])
    expect(readFileSync(merged).length).toBeGreaterThan(0)
    expect(drainBytes(openFeed(paths)).equals(drainBytes(openFeed(merged)))).toBe(true)
  })
})
