import { RecordDigest } from '../../kernels/records/canonical.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { FileStorage } from '../../storage/journal/file-storage.ts'
import { JournalStream } from '../../storage/journal/layout.ts'
import { JournalReader } from '../../storage/journal/reader.ts'
import type { StreamDifference } from '../diff/compare-streams.ts'
import { areSameBytes, showRecord } from '../diff/shown-record.ts'

/** Compares outbound records, one after the other, with those of a journal, byte for byte. */
export class OutboundComparison {
  readonly digest = new RecordDigest()
  readonly journaled = new RecordDigest()
  /** The journaled record on the left, the one decided again on the right. */
  firstDifference: StreamDifference | null = null
  readonly #reader: JournalReader

  /** @throws JournalIoError, JournalCorruptError */
  constructor(journalPath: string) {
    this.#reader = new JournalReader(new FileStorage(journalPath), { stream: JournalStream.Outbound })
  }

  /** Takes the next record that was decided again. */
  note(views: RecordViews, at: number): void {
    this.digest.update(views, at)
    const journaledAt = this.#nextJournaled()
    if (this.firstDifference !== null) return
    if (journaledAt >= 0 && areSameBytes(views, at, this.#reader.views, journaledAt)) return
    this.firstDifference = {
      same: this.digest.records - 1,
      left: journaledAt < 0 ? null : showRecord(this.#reader.views, journaledAt),
      right: showRecord(views, at),
    }
  }

  /** What the journal has beyond the last record is a difference as well. */
  finish(): void {
    for (let at = this.#nextJournaled(); at >= 0; at = this.#nextJournaled()) {
      this.firstDifference ??= {
        same: this.digest.records,
        left: showRecord(this.#reader.views, at),
        right: null,
      }
    }
    this.#reader.close()
  }

  #nextJournaled(): number {
    const at = this.#reader.next()
    if (at >= 0) this.journaled.update(this.#reader.views, at)
    return at
  }
}
