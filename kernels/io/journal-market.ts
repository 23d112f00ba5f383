import type { RecordBatch } from '../../feeds/record-batch.ts'
import { readLastSequence } from '../../storage/journal/last-sequence.ts'
import { JournalStream } from '../../storage/journal/layout.ts'
import { JournalReader } from '../../storage/journal/reader.ts'
import type { SegmentStorage } from '../../storage/journal/segment-storage.ts'
import { Header } from '../records/catalogue.ts'
import { copyRecord } from '../records/copy.ts'
import { SOURCE_TIME_AT } from '../records/source-time.ts'
import type { MarketInput, MarketInputFacts } from './market-input.ts'
import { IS_MARKET_RECORD } from './market-records.ts'

/** Slots of a journal market's doubles. */
enum Slot {
  /** Stamps of the exchange, ns since the session's epoch; −1 before the first. */
  FirstTime = 0,
  LastTime = 1,
  Records = 2,
  Bytes = 3,
  Count = 4,
}

/**
 * The market data of a journaled session, to be traded anew: the inbound records that came from feeds, in their order and with the
 * exchange's stamps. What was decided and answered then is left out; the sequencer gives new sequences and times. It reads up to
 * the journal's last sound record, in blocking calls that the page cache mostly answers.
 */
export class JournalMarket implements MarketInput {
  readonly progress = new Float64Array(1)
  readonly #reader: JournalReader
  readonly #lastSequence: number
  readonly #epochSeconds: number
  readonly #slots = new Float64Array(Slot.Count).fill(-1, Slot.FirstTime, Slot.LastTime + 1)

  /**
   * @param epochSeconds the session's epoch, for the report
   * @throws JournalIoError, JournalCorruptError when the folder is no journal that can be read
   */
  constructor(journal: SegmentStorage, epochSeconds: number) {
    this.#lastSequence = Math.max(1, readLastSequence(journal, JournalStream.Inbound))
    this.#reader = new JournalReader(journal, { stream: JournalStream.Inbound })
    this.#epochSeconds = epochSeconds
  }

  fill(batch: RecordBatch): number {
    const { views } = this.#reader
    let records = 0
    while (batch.hasRoom()) {
      const at = this.#reader.next()
      if (at < 0) break
      if (IS_MARKET_RECORD[views.u16[(at + Header.Type) >> 1]!] === 0) continue
      const length = views.u32[(at + Header.Length) >> 2]!
      copyRecord(views, at, batch.views, batch.usedBytes, length)
      batch.usedBytes += length
      this.#note(at, length)
      records++
    }
    return records
  }

  #note(at: number, length: number): void {
    const { views } = this.#reader
    const slots = this.#slots
    slots[Slot.Records]!++
    slots[Slot.Bytes]! += length
    this.progress[0] = views.f64[(at + Header.Sequence) >> 3]! / this.#lastSequence
    const stampAt = SOURCE_TIME_AT[views.u16[(at + Header.Type) >> 1]!]!
    if (stampAt === 0) return
    slots[Slot.LastTime] = views.f64[(at + stampAt) >> 3]!
    if (slots[Slot.FirstTime]! < 0) slots[Slot.FirstTime] = slots[Slot.LastTime]!
  }

  /** A journal holds records: they are counted as the messages. */
  facts(): MarketInputFacts {
    const slots = this.#slots
    const epochNs = BigInt(this.#epochSeconds) * 1_000_000_000n
    const toUnix = (slot: Slot) => (slots[slot]! < 0 ? '0' : (epochNs + BigInt(slots[slot]!)).toString())
    return {
      bytes: slots[Slot.Bytes]!,
      packets: 0,
      messages: slots[Slot.Records]!,
      firstTimeNs: toUnix(Slot.FirstTime),
      lastTimeNs: toUnix(Slot.LastTime),
      missing: 0,
      undecoded: {},
    }
  }

  close(): void {
    this.#reader.close()
  }
}
