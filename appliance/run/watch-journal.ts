import { statfsSync } from 'node:fs'
import { monotonicNs, realtimeNow } from '../../kernels/host/clock.ts'
import type { StorageConfig } from '../../kernels/storage/storage-config.ts'
import type { ApplianceConfig } from '../config/config.ts'
import { ClockLog, type ClockReading } from '../supervisor/clock-log.ts'
import { DiskGuard } from '../supervisor/disk-guard.ts'
import { JournalWatch } from '../supervisor/journal-watch.ts'

const DISK_LOOK_MS = 1_000
const CLOCK_LOG_MS = 10_000

/** The watch over a run's journal, on the host's own disk and clocks. */
export function watchJournal(storage: StorageConfig, { journal }: ApplianceConfig): JournalWatch {
  const { journalPath: path, durability } = storage
  const limits = { warnBytes: journal.diskWarnBytes, haltBytes: journal.diskHaltBytes }
  const disk = new DiskGuard(path, limits, freeBytesAt, DISK_LOOK_MS)
  const clocks = new ClockLog(path, CLOCK_LOG_MS, readClocks)
  return new JournalWatch({ path, stallMs: journal.stallMs, onStall: journal.onStall, durability }, disk, clocks)
}

function freeBytesAt(path: string): number {
  const { bavail, bsize } = statfsSync(path)
  return bavail * bsize
}

function readClocks(): ClockReading {
  const { seconds, nanoseconds } = realtimeNow()
  return { monotonicNs: monotonicNs(), unixSeconds: seconds, unixNanoseconds: nanoseconds }
}
