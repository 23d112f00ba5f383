import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { type ByteSource, SourceRead } from '../../../feeds/capture/byte-source.ts'
import type { CaptureFile } from '../../../feeds/capture/capture-file.ts'
import { MarketSource } from '../../../feeds/capture/market-source.ts'
import { CaptureKind } from '../../../feeds/capture/recognise.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import { u16 } from '../support/bytes.ts'
import { fileOf } from '../support/drain.ts'
import { mold, pcap, type TestFrame } from '../support/frames.ts'
import { itchMessages, rawItch } from '../support/sample.ts'
import { fragment, frameOf, ip, tcpFrame, udp, V4, V6 } from '../support/segments.ts'

/** Bytes that are read, none of which is stored: far more than all buffers together. */
const STREAM_BYTES = 400 * 2 ** 20
/** The unrest of the heap; buffers of streams and fragments are there by the first measurement. */
const GROWTH_BYTES_MAX = 8 * 2 ** 20

/** Of messages: a decoder's tables for one of them are nearly a MiB. */
const FILES = 100

const messages = itchMessages(30)
const soup = Buffer.concat(
  messages.map((message) => Buffer.concat([u16(1 + message.length), Buffer.from('S'), message])),
)
const opaque = Buffer.alloc(1300, 0x99)

/** One round of traffic: numbered packets, streams with and without losses, of a known protocol and not, pieces of datagrams. */
function createRound(round: number): TestFrame[] {
  const timeNs = 1_692_711_000_000_000_000n + BigInt(round) * 10_000_000n
  const ends = (port: number) => ({ ...V4, sourcePort: port })
  const frames = [
    frameOf(ip(udp(mold('000010059B', BigInt(1 + round * 30), messages)), 17)),
    tcpFrame(soup, round * soup.length, 0, ends(1)),
    tcpFrame(soup, round * (soup.length + 1), 0, ends(2)),
    tcpFrame(soup.subarray(0, -1), round * soup.length, 0, ends(3)),
    tcpFrame(opaque, round * 2000, 0, ends(4)),
    tcpFrame(Buffer.from([0, 200, 0x53]), round * 100, 0, ends(1000 + (round % 3000))),
    frameOf(fragment(Buffer.alloc(4000, 1), 0, 1200, 17, round & 0xffff)),
    frameOf(fragment(Buffer.alloc(4000, 1), 1200, 2400, 17, round, V6)),
    frameOf(ip(udp(opaque, { ...V6, sourcePort: round & 0xffff }), 17, V6)),
  ]
  return frames.map((bytes) => ({ bytes, timeNs }))
}

/** A capture that is made as it is read. */
class EndlessCapture implements ByteSource {
  readonly error = undefined
  readonly stored = new Float64Array([0, STREAM_BYTES])
  #round = 0
  #piece: Buffer = pcap([])
  #at = 0

  read(target: Uint8Array, at: number, length: number): number {
    if (this.#at === this.#piece.length) {
      if (this.stored[0]! >= STREAM_BYTES) return SourceRead.End
      this.#piece = pcap(createRound(this.#round++)).subarray(24)
      this.#at = 0
    }
    const count = Math.min(length, this.#piece.length - this.#at)
    target.set(this.#piece.subarray(this.#at, this.#at + count), at)
    this.#at += count
    this.stored[0]! += count
    return count
  }

  close(): void {}
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

function usedBytes(): number {
  // Array buffers are freed on other threads: the second collection waits for them.
  collect()
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

describe('the memory of a source', { timeout: 240_000 }, () => {
  it('does not grow with the bytes that are read', () => {
    const file: CaptureFile = {
      path: 'endless',
      recognised: { kind: CaptureKind.Pcap },
      storedBytes: STREAM_BYTES,
      open: () => new EndlessCapture(),
    }
    const source = new MarketSource([file])
    const batch = new RecordBatch()
    const used: number[] = []
    for (let step = 1; ; ) {
      batch.reset()
      const isOver = source.fill(batch) === 0
      if (isOver || source.progress[0]! >= step / 10) {
        used.push(usedBytes())
        step++
      }
      if (isOver) break
    }
    // All buffers are there after a tenth of it.
    expect(Math.max(...used.slice(1)) - used[0]!).toBeLessThan(GROWTH_BYTES_MAX)
    const facts = source.facts()
    expect(facts.packets).toBeGreaterThan(390_000)
    expect(facts.frameBytes).toBeGreaterThan(STREAM_BYTES * 0.95)
    expect(facts.messages).toBeGreaterThan(1_000_000)
    expect(facts.tcp).toMatchObject({ holes: expect.any(Number), evicted: expect.any(Number) })
    expect(facts.fragments).toMatchObject({ evicted: expect.any(Number) })
    expect(facts.flows.at(-1)!.flow).toBe('other')
  })

  it('does not grow with the number of files of messages', () => {
    const day = rawItch(30)
    const source = new MarketSource(Array.from({ length: FILES }, () => fileOf(day)))
    const batch = new RecordBatch()
    source.fill(batch)
    const before = usedBytes()
    for (;;) {
      batch.reset()
      if (source.fill(batch) === 0) break
    }
    expect(usedBytes() - before).toBeLessThan(GROWTH_BYTES_MAX)
    expect(source.facts().messages).toBe(30 * FILES)
  })
})
