import type { Durability } from '../../storage/journal/commit-schedule.ts'
import type { JournalSink } from '../../storage/journal/sink.ts'
import { STORAGE_COUNTERS } from '../loop/regions.ts'
import { formatCounters } from '../region/counters.ts'
import type { Region } from '../region/region.ts'
import { RingConsumer } from '../ring/consumer.ts'
import { type RecoveredJournal, StorageKernel } from './storage-kernel.ts'

export interface StorageRegions {
  readonly io: Region
  readonly strategy: Region
  /** The storage kernel's own region, formatted. */
  readonly storage: Region
}

/** The storage kernel and what its host and its report look at. */
export interface StorageAssembly {
  readonly kernel: StorageKernel
  readonly counters: Float64Array
}

/** A batch of this size amortises its header, checksum and system call. */
const BATCH_BYTES_MIN = 64 * 1024
/** Empty looks before a smaller batch is handed over all the same. */
const LINGER_STEPS = 4

/** Puts the storage kernel together over mapped regions; only the sink differs between the layouts. */
export function assembleStorage(
  regions: StorageRegions,
  sink: JournalSink,
  recovered: RecoveredJournal,
  durability: Durability,
): StorageAssembly {
  const { io, strategy, storage } = regions
  const inbound = new RingConsumer(io.place('ring.inbound'), storage.place('cursor.inbound'))
  inbound.resume(storage.epoch)
  const outbound = new RingConsumer(strategy.place('ring.outbound'), storage.place('cursor.outbound'))
  outbound.resume(storage.epoch)
  const kernel = new StorageKernel({
    sink,
    inbound,
    outbound,
    recovered,
    positions: storage.viewDoubles('positions'),
    // Under `sync` an order waits for its batch: nothing lingers.
    batchBytesMin: durability.mode === 'sync' ? 0 : BATCH_BYTES_MIN,
    lingerSteps: durability.mode === 'sync' ? 0 : LINGER_STEPS,
  })
  return { kernel, counters: formatCounters(storage.buffer, storage.offsetOf('counters'), STORAGE_COUNTERS) }
}
