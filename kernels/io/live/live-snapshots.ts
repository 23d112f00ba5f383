import type { SegmentStorage } from '../../../storage/journal/segment-storage.ts'
import { SnapshotStore } from '../../../storage/snapshot/snapshot-store.ts'
import { crc32c } from '../../host/crc32c.ts'
import { CATALOGUE_VERSION } from '../../records/catalogue.ts'
import type { LiveConfig } from './live-config.ts'

/** The snapshots of the I/O kernels of a live session: with other limits, bounds or ways to the venue there are none of them. */
export function openLiveSnapshotStore(journal: SegmentStorage, config: LiveConfig): SnapshotStore {
  const { gate, entry, dropCopy, startSeconds, session, day, instrumentsMax, bookOrdersMax } = config
  const { protocol, server, username } = entry
  const ways = [protocol, server, username, dropCopy?.server ?? '', dropCopy?.username ?? '']
  const facts = { CATALOGUE_VERSION, ways, gate, startSeconds, session, day, instrumentsMax, bookOrdersMax }
  const text = new TextEncoder().encode(JSON.stringify(facts))
  return new SnapshotStore(journal, 'io', crc32c(text, 0, text.length))
}
