import { setTimeout as sleep } from 'node:timers/promises'
import { describeCapture, type MarketSource, openFeed } from '../../feeds/capture/open-feed.ts'
import { midnightBefore } from '../../feeds/protocol/session-epoch.ts'
import { RecordBatch } from '../../feeds/record-batch.ts'
import { Header } from '../../kernels/records/catalogue.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { midnightOf } from './moments.ts'
import { type InputFacts, type InputOptions, InputRead, type RecordInput } from './record-input.ts'

const NS_PER_SECOND = 1_000_000_000n
/** Times below this are since midnight, not since 1970: a capture of the first day of 1970 there is none. */
const DAY_NS = 86_400n * NS_PER_SECOND
const POLL_MS = 2

/**
 * A capture file as records, numbered from 1. Its epoch is midnight of its first packet's day where the exchange is (of its first
 * message's, where the messages tell their date); raw ITCH tells none.
 */
export class CaptureInput implements RecordInput {
  readonly epochSeconds: number | undefined
  readonly views: RecordViews
  readonly #source: MarketSource
  readonly #batch: RecordBatch
  #at = 0
  #sequence = 0

  private constructor(source: MarketSource, batch: RecordBatch, epochSeconds: number | undefined) {
    this.#source = source
    this.#batch = batch
    this.views = batch.views
    this.epochSeconds = epochSeconds
  }

  /** @throws CaptureError, UsageError for a date that is none */
  static async open(path: string, options: InputOptions): Promise<CaptureInput> {
    // Only compressed files gain from a thread of their own; without one they would be decompressed whole in memory.
    const threaded = describeCapture(path).isPacked
    const given = options.date === undefined ? undefined : midnightOf(options.date, options.timeZone)
    const source = openFeed(path, { threaded, epochSeconds: given })
    const batch = new RecordBatch()
    await fillFirst(source, batch)
    if (given !== undefined) return new CaptureInput(source, batch, given)
    const firstNs = BigInt(source.facts().firstTimeNs)
    if (firstNs < DAY_NS) return new CaptureInput(source, batch, undefined)
    const epochSeconds = midnightBefore(Number(firstNs / NS_PER_SECOND), options.timeZone)
    if (source.shared.epoch.isSet && source.shared.epoch.seconds !== epochSeconds) {
      // The protocol took midnight UTC: it must be told before its first message.
      source.close()
      const again = openFeed(path, { threaded, epochSeconds })
      batch.reset()
      return new CaptureInput(again, batch, epochSeconds)
    }
    source.shared.epoch.set(epochSeconds)
    return new CaptureInput(source, batch, epochSeconds)
  }

  next(): number {
    const batch = this.#batch
    while (this.#at >= batch.usedBytes) {
      batch.reset()
      this.#at = 0
      const appended = this.#source.fill(batch)
      if (batch.usedBytes > 0) break
      if (appended === 0) return InputRead.End
      if (appended < 0) return InputRead.NotYet
    }
    const at = this.#at
    this.#at = at + this.views.u32[(at + Header.Length) >> 2]!
    this.views.f64[(at + Header.Sequence) >> 3] = ++this.#sequence
    return at
  }

  progress(): number {
    return this.#source.progress[0]!
  }

  facts(): InputFacts {
    const { kinds, bytes, messagesByProtocol, undecoded, errors, damage } = this.#source.facts()
    const damages = Object.entries(damage).map(([kind, { firstAtByte }]) => ({
      code: 'capture-damaged',
      message: `${kind}, first at byte ${firstAtByte}`,
    }))
    return { kind: kinds[0]!, bytes, messages: messagesByProtocol, undecoded, errors: [...errors, ...damages] }
  }

  close(): void {
    this.#source.close()
  }
}

/** Reads until there is a record, or the end: by then the first packet's time is known. */
async function fillFirst(source: MarketSource, batch: RecordBatch): Promise<void> {
  for (;;) {
    const appended = source.fill(batch)
    if (appended === 0 || batch.usedBytes > 0) return
    await sleep(POLL_MS)
  }
}
