import { mkdirSync } from 'node:fs'
import { encodeRecord, type PlainRecord } from '../../../kernels/records/codec.ts'
import { RecordViews } from '../../../kernels/records/views.ts'
import { BatchBuffer } from '../../../storage/journal/batch-buffer.ts'
import { FileStorage } from '../../../storage/journal/file-storage.ts'
import { JournalStream } from '../../../storage/journal/layout.ts'
import { JournalWriter } from '../../../storage/journal/writer.ts'

export interface JournalScript {
  readonly inbound: readonly PlainRecord[]
  readonly outbound: readonly PlainRecord[]
  /** Whether the writer closes it in order. */
  readonly isClosed?: boolean
  /** Records of a batch; all of a stream in one if not given. */
  readonly recordsPerBatch?: number
}

const IDENTITY = { idLow: 1, idHigh: 2, configLow: 3, configHigh: 4, label: 'script' }

/** Writes a journal whose records are numbered from 1 in each stream, unless they say otherwise. */
export function writeJournal(path: string, script: JournalScript): string {
  mkdirSync(path, { recursive: true })
  const { writer } = JournalWriter.open(new FileStorage(path), { identity: IDENTITY, segmentBytes: 1 << 18 })
  const views = new RecordViews(new ArrayBuffer(512))
  for (const [stream, records] of [
    [JournalStream.Outbound, script.outbound],
    [JournalStream.Inbound, script.inbound],
  ] as const) {
    const batch = new BatchBuffer(stream)
    const flush = () => {
      if (batch.recordCount === 0) return
      writer.append(batch.views, 0, stream, batch.payloadBytes, batch.recordCount, batch.lastAt)
      batch.reset()
    }
    records.forEach((record, index) => {
      encodeRecord({ sequence: index + 1, time: (index + 1) * 1000, ...record }, views, 0)
      batch.appendRecord(views, 0)
      if (batch.recordCount === script.recordsPerBatch) flush()
    })
    flush()
  }
  if (script.isClosed !== false) writer.close()
  return path
}
