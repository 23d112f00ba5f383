import type { LevelBook } from '../book/level-book.ts'
import { BufferSource } from '../capture/byte-source.ts'
import { ByteWindow } from '../capture/byte-window.ts'
import { DamageLog } from '../capture/damage.ts'
import { FeedRead } from '../capture/feed-read.ts'
import { FeedShared } from '../protocol/feed-shared.ts'
import { Packet, type PacketDecoder } from '../protocol/protocol.ts'
import { RecordBatch } from '../record-batch.ts'
import type { DatagramLoad, FeedLoad, FileLoad } from './feed-load.ts'
import { Renumbering } from './renumbering.ts'

/** Used by all feeds: they write to the same, warm bytes. */
const batch = new RecordBatch()
const window = new ByteWindow()

/**
 * Passes over one load with one decoder: its tables are there from the second pass on, and every message is new to it, because
 * the sequence numbers go on. Orders that a pass leaves open are known to the next one.
 */
export class FeedPasses {
  /** Messages of one pass, and records of the last one that had a book. */
  messages = 0
  records = 0
  readonly #load: FeedLoad
  readonly #nowNs: () => number
  readonly #shared = new FeedShared()
  readonly #decoder: PacketDecoder | undefined
  readonly #renumbering: Renumbering | undefined

  /** @param nowNs monotonic clock in nanoseconds */
  constructor(load: FeedLoad, nowNs: () => number) {
    this.#load = load
    this.#nowNs = nowNs
    if (load.kind === 'file') return
    this.#decoder = load.protocol.open(this.#shared)
    this.#renumbering = new Renumbering(load)
  }

  /**
   * One pass; the records go into a book where one is given.
   * @returns how long it took, in nanoseconds
   */
  run(book: LevelBook | undefined): number {
    const load = this.#load
    this.records = 0
    if (load.kind === 'file') return this.#runFile(load, book)
    const durationNs = this.#runDatagrams(load, this.#decoder!, book)
    this.#renumbering!.advance()
    if (this.messages === 0) this.messages = sum(this.#decoder!.report().messages)
    return durationNs
  }

  #runDatagrams(load: DatagramLoad, decoder: PacketDecoder, book: LevelBook | undefined): number {
    const { bytes, starts, flows, isCut } = load
    const count = flows.length
    batch.reset()
    const startNs = this.#nowNs()
    for (let index = 0; index < count; index++) {
      const at = starts[index]!
      if (!batch.hasRoom()) this.#drain(book)
      const packet = decoder.begin(bytes, at, starts[index + 1]! - at, flows[index]!, isCut[index] === 1, batch)
      if (packet !== Packet.Messages) continue
      decoder.next(batch)
      while (!decoder.isDone) {
        this.#drain(book)
        decoder.next(batch)
      }
    }
    this.#drain(book)
    return this.#nowNs() - startNs
  }

  #runFile(load: FileLoad, book: LevelBook | undefined): number {
    window.open(new BufferSource(load.bytes))
    const decoder = load.protocol.open(window, this.#shared, new DamageLog())
    batch.reset()
    const startNs = this.#nowNs()
    while (decoder.fill(batch) !== FeedRead.End) this.#drain(book)
    this.#drain(book)
    const durationNs = this.#nowNs() - startNs
    if (this.messages === 0) this.messages = sum(decoder.report().messages)
    return durationNs
  }

  /** Applies the batch's records and empties it. */
  #drain(book: LevelBook | undefined): void {
    if (book !== undefined) {
      const { views, usedBytes } = batch
      for (let at = 0; at < usedBytes; at += views.u32[at >> 2]!) {
        book.apply(views, at)
        this.records++
      }
    }
    batch.reset()
  }
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0)
}
