import type { JournalStream } from './layout.ts'
import { JournalReader } from './reader.ts'
import type { SegmentStorage } from './segment-storage.ts'

/**
 * Sequence of the last record of one stream, 0 for none: how far a reader of it has to go. Reads the last segment alone.
 * @throws JournalIoError, JournalCorruptError
 */
export function readLastSequence(
  storage: SegmentStorage,
  stream: JournalStream.Inbound | JournalStream.Outbound,
): number {
  const reader = new JournalReader(storage, { stream, fromSequence: Number.MAX_SAFE_INTEGER })
  while (reader.next() >= 0);
  const sequence = reader.lastSequence(stream)
  reader.close()
  return sequence
}
