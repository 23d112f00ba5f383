import { setTimeout as sleep } from 'node:timers/promises'
import { FileStorage } from '../../storage/journal/file-storage.ts'
import { JournalStream } from '../../storage/journal/layout.ts'
import { JournalReader } from '../../storage/journal/reader.ts'
import type { Region } from '../region/region.ts'
import { CursorLayout } from '../ring/layout.ts'
import type { StrategyAssembly } from './assemble.ts'

const RETRY_MS = 1

/**
 * Brings a restarted strategy kernel to where its predecessor stood: handles the journaled inbound records from the
 * session's start up to the last one that the predecessor had given back. The ring continues from there; what lies in
 * both is met twice and skipped by its sequence.
 *
 * The wait is bounded by the storage kernel: everything that was given back is on its way into the journal.
 */
export async function catchUp(assembly: StrategyAssembly, strategy: Region, journalPath: string): Promise<void> {
  const { kernel } = assembly
  const facts = new Float64Array(strategy.buffer, strategy.offsetOf('cursor.inbound'), CursorLayout.Bytes >> 3)
  const goal = facts[CursorLayout.Sequence >> 3]!
  const reader = new JournalReader(new FileStorage(journalPath), { stream: JournalStream.Inbound })
  try {
    while (kernel.lastSequence < goal) {
      const at = reader.next()
      if (at < 0) {
        await sleep(RETRY_MS)
        reader.refresh()
        continue
      }
      while (!kernel.onRecord(reader.views, at)) {
        kernel.outbound.publish()
        await sleep(RETRY_MS)
      }
      kernel.outbound.publish()
    }
  } finally {
    reader.close()
  }
}
