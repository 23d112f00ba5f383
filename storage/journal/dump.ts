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

/**
 * Prints records one a line, in the order of writing: `<` for inbound, `>` for outbound, then the record.
 * @param print takes one line without its end; answers false to stop (a closed pipe)
 * @returns the number of records printed
 * @throws JournalIoError, JournalCorruptError
 */
export function dumpJournal(
  storage: SegmentStorage,
  options: JournalDumpOptions,
  print: (line: string) => boolean,
): number {
  const reader = new JournalReader(storage, options)
  const limit = options.limit ?? Number.POSITIVE_INFINITY
  let printed = 0
  try {
    while (printed < limit) {
      const at = reader.next()
      if (at < 0) break
      const isInbound = reader.stream === JournalStream.Inbound
      const line = options.json
        ? `{"stream":"${isInbound ? 'inbound' : 'outbound'}",${formatRecordJson(reader.views, at).slice(1)}`
        : `${isInbound ? '<' : '>'} ${formatRecord(reader.views, at)}`
      printed++
      if (!print(line)) break
    }
  } finally {
    reader.close()
  }
  return printed
}
