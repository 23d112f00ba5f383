import { RecordDigest } from '../../kernels/records/canonical.ts'
import { Header } from '../../kernels/records/catalogue.ts'
import { formatRecord } from '../../kernels/records/dump.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { FileStorage } from '../../storage/journal/file-storage.ts'
import { JournalStream } from '../../storage/journal/layout.ts'
import { JournalReader } from '../../storage/journal/reader.ts'
import type { RerunDifference } from './types.ts'

/** Compares outbound records, one after the other, with those of a journal, byte for byte. */
export class OutboundComparison {
  readonly digest = new RecordDigest()
  readonly journaled = new RecordDigest()
  firstDifference: RerunDifference | null = null
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
    if (journaledAt >= 0 && areEqual(views, at, this.#reader.views, journaledAt)) return
    this.firstDifference = {
      outboundSequence: views.f64[(at + Header.Sequence) >> 3]!,
      journaled: journaledAt < 0 ? null : formatRecord(this.#reader.views, journaledAt),
      rerun: formatRecord(views, at),
    }
  }

  /** What the journal has beyond the last record is a difference as well. */
  finish(): void {
    for (let at = this.#nextJournaled(); at >= 0; at = this.#nextJournaled()) {
      this.firstDifference ??= {
        outboundSequence: this.#reader.views.f64[(at + Header.Sequence) >> 3]!,
        journaled: formatRecord(this.#reader.views, at),
        rerun: null,
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

function areEqual(left: RecordViews, leftAt: number, right: RecordViews, rightAt: number): boolean {
  const words = left.u32[leftAt >> 2]! >> 2
  for (let i = 0; i < words; i++) if (left.i32[(leftAt >> 2) + i] !== right.i32[(rightAt >> 2) + i]) return false
  return true
}
