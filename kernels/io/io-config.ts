import type { SnapshotConfig } from '../loop/snapshot-barrier.ts'
import type { DayFacts } from './day-records.ts'
import type { GateLimits } from './gate/limits.ts'
import type { VirtualLatencies } from './latencies.ts'
import type { ScriptedCommand } from './operator/scripted-commands.ts'

/** Everything that the I/O kernel is told before it starts; plain data that crosses to its process as JSON. */
export interface IoConfig {
  /** Capture files, replayed one after the other; or the folder of one journal, whose market data is traded anew. */
  readonly files: readonly string[]
  readonly latencies: VirtualLatencies
  readonly gate: GateLimits
  /** What operators will say, by ascending time. */
  readonly commands: readonly ScriptedCommand[]
  /** Times faster than recorded; 0 for as fast as possible. */
  readonly speed: number
  /** Distance of the clock records in virtual time; 0 for none. */
  readonly clockIntervalNs: number
  /** How long after the last market record the session goes on. */
  readonly settleNs: number
  /** Market records that the latencies may span, a power of two. */
  readonly delayLineRecords: number
  /** Part of the inbound ring that market records leave to responses, verdicts and lifecycle records. */
  readonly reserveBytes: number
  readonly instrumentsMax: number
  /** Displayed orders that the venue's book may hold. */
  readonly bookOrdersMax: number
  /** Records that one step publishes at most. */
  readonly stepBudget: number
  /** Journal of the session: where a restarted kernel finds what its predecessor published and took. */
  readonly journalPath: string
  readonly session: SessionFacts
  /** Whether an order leaves only once it and its cause are durable in the journal. */
  readonly durableBeforeSend?: boolean
  /** Its own snapshots, in a replay; none where it is undefined. */
  readonly snapshots?: SnapshotConfig
  /** What the start-of-day file says; undefined without one. */
  readonly day?: DayFacts | undefined
}

/** What goes into the session-start record. */
export interface SessionFacts {
  /** Unix time of the session's epoch in seconds: midnight of the trading day in the feed's time zone; 0 where no day is known. */
  readonly epochSeconds: number
  readonly seed: number
  /** Hash over everything in the configuration that decisions depend on, as 16 hexadecimal digits. */
  readonly configHash: string
  readonly venue: string
  readonly strategyCount: number
}
