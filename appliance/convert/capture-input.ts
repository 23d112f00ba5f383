import { setTimeout as sleep } from 'node:timers/promises'
import { isReadToEnd } from '../../feeds/capture/damage.ts'
import { describeCapture, type MarketSource, openFeed } from '../../feeds/capture/open-feed.ts'
import { Packing } from '../../feeds/capture/packing.ts'
import { RecordBatch } from '../../feeds/record-batch.ts'
import { Header } from '../../kernels/records/catalogue.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { type InputFacts, type InputOptions, InputRead, type RecordInput } from './record-input.ts'

const POLL_MS = 2

/**
 * A capture file as records, numbered from 1. Its epoch is what `findSessionEpoch` says or, where the file alone tells no day, what
 * its first messages say; raw ITCH tells none.
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

  /**
   * @throws CaptureError when the file is missing, empty, unreadable or of no known kind
   * @throws RangeError for an unknown time zone or a date that cannot be
   */
  static async open(path: string, options: InputOptions): Promise<CaptureInput> {
    const { timeZone, date, feeds } = options
    // Only compressed files gain from a thread of their own; without one they would be decompressed whole in memory.
    const threaded = describeCapture(path, feeds).packing === Packing.None ? false : 'large'
    const source = openFeed(path, { threaded, timeZone, date, feeds })
    const batch = new RecordBatch()
    await fillFirst(source, batch)
    const { epoch } = source.shared
    return new CaptureInput(source, batch, epoch.isSet ? epoch.seconds : undefined)
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
    return {
      kind: kinds[0]!,
      bytes,
      messages: messagesByProtocol,
      undecoded,
      errors: [...errors, ...damages],
      isReadToEnd: isReadToEnd({ errors, damage }),
    }
  }

  close(): void {
    this.#source.close()
  }
}

/** Reads until there is a record, or the end: by then messages that tell their date have told it. */
async function fillFirst(source: MarketSource, batch: RecordBatch): Promise<void> {
  for (;;) {
    const appended = source.fill(batch)
    if (appended === 0 || batch.usedBytes > 0) return
    await sleep(POLL_MS)
  }
}
