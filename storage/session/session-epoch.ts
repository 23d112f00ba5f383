import { Header, RecordType, SessionStart } from '../../kernels/records/catalogue.ts'
import type { RecordViews } from '../../kernels/records/views.ts'

const NS_PER_SECOND = 1_000_000_000n

/** Unix time in seconds of the epoch that a session-start record tells; undefined where it tells none, or is another record. */
export function readSessionEpoch(views: RecordViews, at: number): number | undefined {
  if (views.u16[(at + Header.Type) >> 1] !== RecordType.SessionStart) return undefined
  const high = BigInt(views.u32[(at + SessionStart.EpochHigh) >> 2]!)
  const epochNs = (high << 32n) | BigInt(views.u32[(at + SessionStart.EpochLow) >> 2]!)
  return epochNs === 0n ? undefined : Number(epochNs / NS_PER_SECOND)
}
