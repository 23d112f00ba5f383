import { encodeRecord, type PlainRecord } from '../../kernels/records/codec.ts'
import { RecordViews } from '../../kernels/records/views.ts'
import { BatchBuffer } from '../../storage/journal/batch-buffer.ts'
import { JournalStream, SEGMENT_BYTES_MIN, SEGMENT_HEADER_BYTES, SegmentHeader } from '../../storage/journal/layout.ts'
import { JournalWriter } from '../../storage/journal/writer.ts'
import { MemorySegments } from './memory-segments.ts'

/** As small as segments can be: most of a mutation should lie in what is read. */
export const MADE_SEGMENT_BYTES = SEGMENT_BYTES_MIN
/** Of a segment in an input: its header without the blank up to the end of its page, then its batches. */
export const SEGMENT_INPUT_BYTES = MADE_SEGMENT_BYTES - SEGMENT_HEADER_BYTES + SegmentHeader.End
const RECORD_BYTES_MAX = 512
const own = { instrument: 1, source: 1 }

const INBOUND: readonly PlainRecord[] = [
  { record: 'sessionStart', epoch: 1_577_682_000_000_000_000n, seed: 7, config: 11, strategyCount: 1, venue: 'made' },
  { record: 'instrument', instrument: 1, symbol: 'AAPL', priceExponent: -4, quantityExponent: 0, tickSize: 100 },
  { record: 'orderAdd', ...own, reference: '9', price: 1_000_000, quantity: 100 },
  { record: 'accepted', ...own, orderId: 1, venueOrder: '77', price: 1_000_000, quantity: 100 },
  { record: 'filled', ...own, orderId: 1, price: 1_000_000, quantity: 60, leavesQuantity: 40, match: '5' },
  { record: 'replaced', ...own, orderId: 1, newOrderId: 2, price: 1_020_000, quantity: 40 },
  { record: 'cancelled', ...own, orderId: 2, reason: 1, quantity: 40 },
  { record: 'rejected', ...own, orderId: 3, reason: 1, value: 9, threshold: 5 },
  { record: 'sessionEnd', inboundRecords: 8 },
]

const OUTBOUND: readonly PlainRecord[] = [
  { record: 'newOrder', ...own, causeSequence: 3, orderId: 1, price: 1_000_000, quantity: 100 },
  { record: 'replaceOrder', ...own, causeSequence: 5, orderId: 1, newOrderId: 2, price: 1_020_000, quantity: 40 },
  { record: 'cancelOrder', ...own, causeSequence: 6, orderId: 2 },
  { record: 'newOrder', ...own, causeSequence: 7, orderId: 3, price: 1, quantity: 9 },
]

/**
 * Journals of a small session, each as inputs hold it, its segments one behind the other: one that is closed, one that goes on in a second segment, one
 * that ends without a mark.
 */
export function makeJournals(): Uint8Array[] {
  return [makeJournal(1, true), makeJournal(4, true), makeJournal(2, false)]
}

function makeJournal(times: number, isClosed: boolean): Uint8Array {
  const segments = new MemorySegments()
  const identity = { idLow: 1, idHigh: 2, configLow: 3, configHigh: 4, label: 'made' }
  const { writer } = JournalWriter.open(segments, { identity, segmentBytes: MADE_SEGMENT_BYTES })
  const views = new RecordViews(new ArrayBuffer(RECORD_BYTES_MAX))
  for (let time = 0; time < times; time++) {
    append(writer, views, JournalStream.Inbound, INBOUND, time)
    append(writer, views, JournalStream.Outbound, OUTBOUND, time)
  }
  if (isClosed) writer.close()
  const parts = segments.list().flatMap((name) => {
    const bytes = segments.files.get(name)!
    return [bytes.subarray(0, SegmentHeader.End), bytes.subarray(SEGMENT_HEADER_BYTES)]
  })
  return trimZeros(Buffer.concat(parts))
}

function append(
  writer: JournalWriter,
  views: RecordViews,
  stream: JournalStream.Inbound | JournalStream.Outbound,
  records: readonly PlainRecord[],
  time: number,
): void {
  const batch = new BatchBuffer(stream)
  records.forEach((record, index) => {
    const sequence = time * records.length + index + 1
    encodeRecord({ ...record, sequence, time: sequence * 1000 }, views, 0)
    batch.appendRecord(views, 0)
  })
  writer.append(batch.views, 0, stream, batch.payloadBytes, batch.recordCount, batch.lastAt)
}

/** What is preallocated and not written is left out. */
function trimZeros(bytes: Uint8Array): Uint8Array {
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end--
  return bytes.subarray(0, end)
}
