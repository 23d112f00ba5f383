import { Header, RecordType } from '../../kernels/records/catalogue.ts'
import type { JournalStream } from '../../storage/journal/layout.ts'
import { JournalReader } from '../../storage/journal/reader.ts'
import type { SegmentStorage } from '../../storage/journal/segment-storage.ts'
import { areSameBytes, type ShownRecord, showRecord } from './shown-record.ts'

/** Records between two looks at whoever watches. */
const RECORDS_PER_REPORT = 16_384

/** Where one stream of two journals parts. */
export interface StreamDifference {
  /** Records before it, which are the same. */
  readonly same: number
  /** Null where the journal ends. */
  readonly left: ShownRecord | null
  readonly right: ShownRecord | null
}

export interface StreamComparison {
  /** Records that were compared and are the same. */
  readonly same: number
  readonly difference: StreamDifference | null
  /** The session-start records, where they differ: told apart, because everything else may still be the same. */
  readonly starts: StreamDifference | null
}

type Stream = JournalStream.Inbound | JournalStream.Outbound

/**
 * Compares one stream of two journals byte for byte up to the first record that differs, session starts apart.
 * @param onRecords told now and then how many are the same; may throw to end it
 * @throws JournalIoError, JournalCorruptError
 */
export function compareStreams(
  left: SegmentStorage,
  right: SegmentStorage,
  stream: Stream,
  onRecords: (records: number) => void,
): StreamComparison {
  const [one, other] = [new JournalReader(left, { stream }), new JournalReader(right, { stream })]
  try {
    return walk(one, other, onRecords)
  } finally {
    one.close()
    other.close()
  }
}

function walk(one: JournalReader, other: JournalReader, onRecords: (records: number) => void): StreamComparison {
  let starts: StreamDifference | null = null
  for (let same = 0; ; same++) {
    const at = one.next()
    const otherAt = other.next()
    if (at < 0 && otherAt < 0) return { same, difference: null, starts }
    if (at < 0 || otherAt < 0 || !areSameBytes(one.views, at, other.views, otherAt)) {
      const difference = {
        same,
        left: at < 0 ? null : showRecord(one.views, at),
        right: otherAt < 0 ? null : showRecord(other.views, otherAt),
      }
      const isStart = isStartOf(one, at) && isStartOf(other, otherAt)
      if (!isStart) return { same, difference, starts }
      starts = difference
    }
    if (same % RECORDS_PER_REPORT === 0) onRecords(same)
  }
}

function isStartOf(reader: JournalReader, at: number): boolean {
  return at >= 0 && reader.views.u16[(at + Header.Type) >> 1]! === RecordType.SessionStart
}

/**
 * The records of a stream around a sequence, in order, the one itself among them.
 * @param reach records before it, and as many behind
 */
export function readAround(storage: SegmentStorage, stream: Stream, sequence: number, reach: number): ShownRecord[] {
  const reader = new JournalReader(storage, { stream, fromSequence: Math.max(1, sequence - reach) })
  try {
    const records: ShownRecord[] = []
    while (records.length < 2 * reach + 1) {
      const at = reader.next()
      if (at < 0 || reader.views.f64[(at + Header.Sequence) >> 3]! > sequence + reach) break
      records.push(showRecord(reader.views, at))
    }
    return records
  } finally {
    reader.close()
  }
}
