import { JournalStream } from '../../storage/journal/layout.ts'
import { JournalReader } from '../../storage/journal/reader.ts'
import type { SegmentStorage } from '../../storage/journal/segment-storage.ts'
import { Header } from '../records/catalogue.ts'
import type { Region } from '../region/region.ts'
import { RingConsumer } from '../ring/consumer.ts'
import { CursorLayout, RingHeader } from '../ring/layout.ts'
import { readPublishedMark } from '../ring/marks.ts'
import type { StrategyAssembly } from './assemble.ts'

/**
 * Brings a restarted strategy kernel to where its predecessor stood: handles the journaled inbound records from the
 * session's start, or its snapshot's barrier, up to the one before the first that the ring still holds for it. The ring continues from there; what
 * lies in both is met twice and skipped by its sequence.
 *
 * The wait is bounded by the storage kernel: everything that was given back is on its way into the journal.
 * @param pause gives the other kernels time; throws when there is nothing left to wait for
 */
export async function catchUp(
  assembly: StrategyAssembly,
  strategy: Region,
  io: Region,
  journal: SegmentStorage,
  pause: () => Promise<void>,
): Promise<void> {
  const { kernel } = assembly
  const fromSequence = kernel.lastSequence + 1
  const reader = new JournalReader(journal, { stream: JournalStream.Inbound, fromSequence })
  try {
    while (kernel.lastSequence < findGoal(strategy, io)) {
      const at = reader.next()
      if (at < 0) {
        await pause()
        reader.refresh()
        continue
      }
      while (!kernel.onRecord(reader.views, at)) {
        kernel.outbound.publish()
        await pause()
      }
      kernel.outbound.publish()
    }
  } finally {
    reader.close()
  }
}

/** Sequence before the first record on the ring at the cursor; of the last one published when the cursor has passed all. */
export function findGoal(strategy: Region, io: Region): number {
  const cursor = new Int32Array(strategy.buffer, strategy.offsetOf('cursor.inbound'), CursorLayout.Bytes >> 2)
  const place = new Int32Array(CursorLayout.Bytes >> 2)
  place[CursorLayout.Cursor >> 2] = Atomics.load(cursor, CursorLayout.Cursor >> 2)
  const ringAt = io.offsetOf('ring.inbound')
  const words = new Int32Array(io.buffer, ringAt, RingHeader.Data >> 2)
  const published = readPublishedMark(words, new Float64Array(io.buffer, ringAt, RingHeader.Data >> 3)).sequence
  const ring = new RingConsumer(io.place('ring.inbound'), { buffer: place.buffer, byteOffset: 0 })
  const at = ring.next()
  return at < 0 ? published : ring.views.f64[(at + Header.Sequence) >> 3]! - 1
}
