import { formatRecord, formatRecordJson } from '../../kernels/records/dump.ts'
import { JournalStream } from './layout.ts'
import { JournalReader, type JournalReaderOptions } from './reader.ts'
import type { SegmentStorage } from './segment-storage.ts'

export interface JournalDumpOptions extends JournalReaderOptions {
  /** One JSON object a line instead of columns. */
  readonly json?: boolean
  /** At most this many records. */
  readonly limit?: number
}

/** The records of a journal as lines, in the order of writing: `<` for inbound, `>` for outbound, then the record. */
export class JournalDump {
  readonly #reader: JournalReader
  readonly #isJson: boolean
  #left: number

  /** @throws JournalIoError, JournalCorruptError */
  constructor(storage: SegmentStorage, options: JournalDumpOptions) {
    this.#reader = new JournalReader(storage, options)
    this.#isJson = options.json === true
    this.#left = options.limit ?? Number.POSITIVE_INFINITY
  }

  /** @returns the next line without its end; undefined behind the last */
  next(): string | undefined {
    if (this.#left <= 0) return undefined
    const reader = this.#reader
    const at = reader.next()
    if (at < 0) return undefined
    this.#left--
    const isInbound = reader.stream === JournalStream.Inbound
    if (!this.#isJson) return `${isInbound ? '<' : '>'} ${formatRecord(reader.views, at)}`
    return `{"stream":"${isInbound ? 'inbound' : 'outbound'}",${formatRecordJson(reader.views, at).slice(1)}`
  }

  close(): void {
    this.#reader.close()
  }
}
