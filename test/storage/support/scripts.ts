/** Journals for tests: identities, records with known contents, writers that follow a script. */
import { Header, RECORD_BYTES_MAX } from '../../../kernels/records/catalogue.ts'
import { encodeRecord, type PlainRecord } from '../../../kernels/records/codec.ts'
import { RecordViews } from '../../../kernels/records/views.ts'
import { BatchBuffer } from '../../../storage/journal/batch-buffer.ts'
import { JournalStream } from '../../../storage/journal/layout.ts'
import { JournalReader, type JournalReaderOptions } from '../../../storage/journal/reader.ts'
import type { JournalIdentity } from '../../../storage/journal/segment-header.ts'
import type { SegmentStorage } from '../../../storage/journal/segment-storage.ts'
import type { JournalWriter } from '../../../storage/journal/writer.ts'

export const IDENTITY: JournalIdentity = { idLow: 0x11, idHigh: 0x22, configLow: 0x33, configHigh: 0x44, label: 'test' }
export const SMALL_SEGMENT_BYTES = 8192

const scratch = new RecordViews(new ArrayBuffer(RECORD_BYTES_MAX))

/** An inbound record of 48, 72 or 80 bytes, or an outbound one of 56 or more, by its sequence. */
export function sampleRecord(stream: JournalStream, sequence: number): PlainRecord {
  const header = { sequence, time: sequence * 1000, instrument: (sequence % 7) + 1 }
  if (stream === JournalStream.Outbound) {
    if (sequence % 3 === 0)
      return { record: 'log', ...header, causeSequence: sequence, text: `line ${'x'.repeat(sequence % 30)}` }
    return {
      record: 'newOrder',
      ...header,
      source: 1,
      causeSequence: sequence,
      orderId: sequence,
      price: 100,
      quantity: 5,
    }
  }
  if (sequence % 3 === 0) return { record: 'orderDelete', ...header, reference: String(sequence), sourceTime: sequence }
  return {
    record: 'orderAdd',
    ...header,
    reference: String(sequence),
    price: 10_000 + sequence,
    quantity: 100,
    attribution: 'ABCD',
  }
}

/** Appends records `first` to `last` as one batch. */
export function appendBatch(writer: JournalWriter, stream: JournalStream, first: number, last: number): void {
  const batch = new BatchBuffer(stream)
  for (let sequence = first; sequence <= last; sequence++) {
    encodeRecord(sampleRecord(stream, sequence), scratch, 0)
    batch.appendRecord(scratch, 0)
  }
  writer.append(batch.views, 0, stream, batch.payloadBytes, batch.recordCount, batch.lastAt)
}

export interface ReadRecord {
  readonly stream: JournalStream
  readonly sequence: number
}

/** Reads everything and checks each record against `sampleRecord`. */
export function readAll(storage: SegmentStorage, options: JournalReaderOptions = {}): ReadRecord[] {
  const reader = new JournalReader(storage, options)
  const records: ReadRecord[] = []
  for (let at = reader.next(); at >= 0; at = reader.next()) {
    const sequence = reader.views.f64[(at + Header.Sequence) >> 3]!
    const bytes = encodeRecord(sampleRecord(reader.stream, sequence), scratch, 0)
    const found = reader.views.u8.subarray(at, at + bytes)
    if (Buffer.compare(found, scratch.u8.subarray(0, bytes)) !== 0) throw new Error(`record ${sequence} differs`)
    records.push({ stream: reader.stream, sequence })
  }
  reader.close()
  return records
}

/** Sequences of one stream in what was read. */
export function sequencesOf(records: readonly ReadRecord[], stream: JournalStream): number[] {
  return records.filter((record) => record.stream === stream).map((record) => record.sequence)
}

/** first, first + 1, …, last. */
export function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)
}
