import type { SegmentStorage } from '../../storage/journal/segment-storage.ts'
import { SnapshotStore } from '../../storage/snapshot/snapshot-store.ts'
import { crc32c } from '../host/crc32c.ts'
import type { NanoClock } from '../loop/host-clock.ts'
import { IoCounterSlot } from '../loop/regions.ts'
import { type Archived, SnapshotBarrier, type SnapshotConfig } from '../loop/snapshot-barrier.ts'
import { CATALOGUE_VERSION } from '../records/catalogue.ts'
import type { IoConfig } from './io-config.ts'

/** The snapshots of the I/O kernels of a configuration: with other limits, latencies or files there are none of them. */
export function openIoSnapshotStore(journal: SegmentStorage, config: IoConfig): SnapshotStore {
  const { files, latencies, gate, commands, clockIntervalNs, settleNs, session, day } = config
  const { delayLineRecords, instrumentsMax, bookOrdersMax } = config
  const bounds = { delayLineRecords, instrumentsMax, bookOrdersMax }
  const facts = { CATALOGUE_VERSION, files, latencies, gate, commands, clockIntervalNs, settleNs, session, day, bounds }
  const text = new TextEncoder().encode(JSON.stringify(facts))
  return new SnapshotStore(journal, 'io', crc32c(text, 0, text.length))
}

/** An I/O kernel, in a replay or live, and its counters. */
export interface SnapshotTaker {
  readonly kernel: Archived & { barrier: SnapshotBarrier | undefined }
  readonly counters: Float64Array
}

/**
 * Lets an I/O kernel take snapshots, if its configuration wants any.
 * @param onFailure told once when one could not be made: there will be no more
 */
export function startIoSnapshots(
  { kernel, counters }: SnapshotTaker,
  config: SnapshotConfig | undefined,
  store: SnapshotStore,
  clock: NanoClock,
  onFailure: (reason: string) => void,
): void {
  const { everyRecords, pauseMsMax } = config ?? { everyRecords: 0, pauseMsMax: 0 }
  if (everyRecords === 0) return
  const { snapshots: taken, snapshotBytes: bytes, snapshotPauseNs: pauseNs } = IoCounterSlot
  const slots = { taken, bytes, pauseNs }
  kernel.barrier = new SnapshotBarrier(
    { store, everyRecords, pauseMsMax, clock, counters, slots, onFailure },
    kernel.facts[0]!,
  )
}
