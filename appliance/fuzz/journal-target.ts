import { FieldKind, type FieldList } from '../../feeds/fuzz/field-list.ts'
import { mix } from '../../feeds/fuzz/record-digest.ts'
import { type FuzzSubject, type FuzzTarget, INPUT_BYTES_MAX } from '../../feeds/fuzz/target.ts'
import { digestText } from '../../feeds/fuzz/text-target.ts'
import { XkError } from '../../kernels/host/xk-error.ts'
import { Header } from '../../kernels/records/catalogue.ts'
import { RecordViews } from '../../kernels/records/views.ts'
import type { SessionRows } from '../../storage/catalogue/catalogue.ts'
import { indexSession } from '../../storage/catalogue/index-session.ts'
import { BatchHeader, SEGMENT_HEADER_BYTES, SegmentHeader, segmentName } from '../../storage/journal/layout.ts'
import { MADE_SEGMENT_BYTES, makeJournals, SEGMENT_INPUT_BYTES } from './made-journal.ts'
import { MemorySegments } from './memory-segments.ts'
import { mendSegment } from './mend-journal.ts'

/** Journals are read from files of their own, not in place: nothing lies around them. */
const COMPARES_EVERY = 16
const SEGMENTS_MAX = Math.ceil(INPUT_BYTES_MAX / SEGMENT_INPUT_BYTES)
const NO_MARKS = { note: () => {}, middleOf: () => undefined }

/**
 * The readers of a journal: its segments verified, its records brought into the order of their causes, the rows of the catalogue made of
 * them. Each input is read as it is and with its checksums put right, which would hide nearly all that lies behind them.
 */
export function journalTarget(): FuzzTarget {
  return {
    name: 'journal',
    seeds: makeJournals(),
    comparesEvery: COMPARES_EVERY,
    isStateless: true,
    findFields: findJournalFields,
    open: () => new JournalSubject(),
  }
}

class JournalSubject implements FuzzSubject {
  readonly #views = new RecordViews(new ArrayBuffer(SEGMENTS_MAX * MADE_SEGMENT_BYTES))
  /** Bytes of each segment's file. */
  readonly #lengths: number[] = []

  take(bytes: Uint8Array, length: number): number {
    this.#lengths.length = 0
    for (let at = 0; at < length; at += SEGMENT_INPUT_BYTES) {
      this.#place(bytes.subarray(at, Math.min(length, at + SEGMENT_INPUT_BYTES)))
    }
    const digest = this.#read()
    this.#lengths.forEach((fileBytes, index) => {
      const start = index * MADE_SEGMENT_BYTES
      mendSegment(this.#views, start, start + fileBytes)
    })
    return mix(digest, this.#read())
  }

  report(): unknown {
    return null
  }

  /** Lays the next segment down as its file holds it. */
  #place(part: Uint8Array): void {
    const { u8 } = this.#views
    const start = this.#lengths.length * MADE_SEGMENT_BYTES
    const batches = part.subarray(SegmentHeader.End)
    u8.fill(0, start, start + SEGMENT_HEADER_BYTES)
    u8.set(part.subarray(0, SegmentHeader.End), start)
    u8.set(batches, start + SEGMENT_HEADER_BYTES)
    this.#lengths.push(batches.length === 0 ? part.length : SEGMENT_HEADER_BYTES + batches.length)
  }

  /** @returns a digest of the rows, and of the refusal where there was one */
  #read(): number {
    const segments = new MemorySegments()
    this.#lengths.forEach((fileBytes, index) => {
      const start = index * MADE_SEGMENT_BYTES
      segments.files.set(segmentName(index + 1), this.#views.u8.subarray(start, start + fileBytes))
    })
    let digest = 0
    const rows: SessionRows = {
      insert: (table, ...values) => {
        digest = mix(digest, digestText(`${table} ${values.join(' ')}`))
      },
    }
    try {
      indexSession(rows, segments, { header: undefined, marks: NO_MARKS })
    } catch (error) {
      if (!(error instanceof XkError)) throw error
      digest = mix(digest, digestText(error.message))
    }
    return digest
  }
}

/** Of each segment its header and its batches' headers; of each record the header. Records are the parts. */
function findJournalFields(input: Uint8Array, fields: FieldList): void {
  for (let start = 0; start + SegmentHeader.End <= input.length; start += SEGMENT_INPUT_BYTES) {
    for (let at = SegmentHeader.FormatVersion; at < SegmentHeader.Label; at += 4) {
      fields.add(FieldKind.Number, start + at, 4, true)
    }
    findBatches(input, start + SegmentHeader.End, Math.min(input.length, start + SEGMENT_INPUT_BYTES), fields)
  }
}

function findBatches(input: Uint8Array, start: number, end: number, fields: FieldList): void {
  const view = new DataView(input.buffer, input.byteOffset, input.length)
  for (let at = start; at + BatchHeader.Bytes <= end; ) {
    const payloadBytes = view.getUint32(at + BatchHeader.PayloadBytes, true)
    const payloadAt = at + BatchHeader.Bytes
    if (payloadBytes === 0 || payloadAt + payloadBytes > end) return
    fields.add(FieldKind.Length, at + BatchHeader.PayloadBytes, 4, true)
    fields.add(FieldKind.Count, at + BatchHeader.RecordCount, 4, true)
    fields.add(FieldKind.Code, at + BatchHeader.Stream, 2, true)
    fields.add(FieldKind.Code, at + BatchHeader.Flags, 2, true)
    for (let record = payloadAt; record + Header.Bytes <= payloadAt + payloadBytes; ) {
      const length = view.getUint32(record + Header.Length, true)
      if (length < Header.Bytes) break
      fields.add(FieldKind.Length, record + Header.Length, 4, true)
      fields.add(FieldKind.Code, record + Header.Type, 2, true)
      fields.add(FieldKind.Number, record + Header.Instrument, 4, true)
      fields.addPart(record, Math.min(record + length, payloadAt + payloadBytes))
      record += length
    }
    at = payloadAt + payloadBytes
  }
}
