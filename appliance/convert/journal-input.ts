import { midnightOf } from '../../feeds/protocol/session-epoch.ts'
import { Header } from '../../kernels/records/catalogue.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { isMarketRecord } from '../../storage/export/market-records.ts'
import { FileStorage } from '../../storage/journal/file-storage.ts'
import { JournalStream } from '../../storage/journal/layout.ts'
import { JournalReader } from '../../storage/journal/reader.ts'
import { verifyStorage } from '../../storage/journal/verify.ts'
import { readSessionEpoch } from '../../storage/session/session-epoch.ts'
import { type InputFacts, type InputOptions, InputRead, type RecordInput } from './record-input.ts'

/**
 * The market records of a journal's inbound stream: what the strategies saw, with their inbound sequences. Its epoch is that of the
 * session, where the session had one. A journal that is being written is read up to where it is.
 */
export class JournalInput implements RecordInput {
  readonly epochSeconds: number | undefined
  readonly views: RecordViews
  readonly #reader: JournalReader
  readonly #storage: FileStorage
  #first: number

  /** @throws JournalIoError, JournalCorruptError when the folder is no journal that can be read, RangeError for no date */
  constructor(path: string, options: InputOptions) {
    this.#storage = new FileStorage(path)
    this.#reader = new JournalReader(this.#storage, { stream: JournalStream.Inbound })
    this.views = this.#reader.views
    this.#first = this.#reader.next()
    const { date, timeZone } = options
    this.epochSeconds = date === undefined ? this.#readEpoch() : midnightOf(date, timeZone)
  }

  next(): number {
    const { views } = this
    for (;;) {
      const at = this.#first >= 0 ? this.#first : this.#reader.next()
      this.#first = -1
      if (at < 0) return InputRead.End
      if (isMarketRecord(views.u16[(at + Header.Type) >> 1]!)) return at
    }
  }

  progress(): undefined {
    return undefined
  }

  /** Reads the journal once more, to tell damage from its end. */
  facts(): InputFacts {
    const { damage } = verifyStorage(this.#storage, { digests: false })
    const errors = damage.map(({ code, what, file, offsetBytes }) => ({
      code,
      message: `${what} (${file} at byte ${offsetBytes})`,
    }))
    return { kind: 'journal', bytes: 0, messages: {}, undecoded: {}, errors, isReadToEnd: damage.length === 0 }
  }

  close(): void {
    this.#reader.close()
  }

  #readEpoch(): number | undefined {
    return this.#first < 0 ? undefined : readSessionEpoch(this.views, this.#first)
  }
}
