import type { ApplianceConfig } from '../config/config.ts'
import type { CorePlan } from '../core-plan/core-plan.ts'
import type { FirstDifference } from '../diff/diff-journals.ts'
import type { PruneResult } from '../retention/prune-journals.ts'
import type { StandbyFacts } from '../supervisor/standby-keeper.ts'

/*
 * What the commands ask of a run and what they get back. `ReplayResult` is printed as it is by `xk replay --json`:
 * scripts rely on its field names. The report is written from it alone.
 */

export type RunPhase = 'preparing' | 'running' | 'draining' | 'finishing'

/** A snapshot of a run under way, a few times a second. */
export interface RunProgress {
  readonly phase: RunPhase
  /** From 0 to 1 by bytes of input read; undefined while the size of the input is not known. */
  readonly fraction: number | undefined
  readonly inboundRecords: number
  readonly orders: number
  readonly fills: number
}

export interface RunHooks {
  /** Fires when the user asks for an orderly stop: the run ends early, and its result says so. */
  readonly signal: AbortSignal
  readonly onProgress: (progress: RunProgress) => void
  /** One line that cannot wait for the report: a missing privilege, a kernel that is being restarted. */
  readonly onWarning: (line: string) => void
}

export interface ReplayRequest extends RunHooks {
  /** Holds the files, the strategies, the speed and the layout. */
  readonly config: ApplianceConfig
  readonly plan: CorePlan
}

export interface RerunRequest extends RunHooks {
  /** Folder of the journal. */
  readonly journalPath: string
  /** Layout, rings, batches, supervisor and cores; strategies and seed come from the journal unless given here. */
  readonly config: ApplianceConfig
  readonly plan: CorePlan
}

/** A ring's records: how many, and a digest of their canonical encoding. */
export interface StreamResult {
  readonly records: number
  /** Lower-case hexadecimal. */
  readonly digest: string
}

/** What was read from the capture files. */
export interface InputResult {
  readonly files: readonly string[]
  readonly bytes: number
  /** 0 for raw files, which hold none. */
  readonly packets: number
  /** Exchange messages decoded. */
  readonly messages: number
  /** Decimal strings of ns since the Unix epoch, or since the session's midnight when the files do not tell the day. */
  readonly firstTimeNs: string
  readonly lastTimeNs: string
  /** The session's day where the exchange is, YYYY-MM-DD; null when neither files nor configuration tell. */
  readonly sessionDate: string | null
  /** IANA name of the exchange's time zone. */
  readonly timeZone: string
  readonly instruments: number
  /** Messages that the feed lost, by its own sequence numbers. */
  readonly missing: number
  /** What could not be decoded, by reason. */
  readonly undecoded: Readonly<Record<string, number>>
  /** Idle spells that were skipped, in ns of the capture's time. */
  readonly skippedIdleNs: number
}

/** One strategy's own account. Money is in units of the currency. */
export interface StrategyResult {
  /** From 1; the `source` of its records. */
  readonly id: number
  readonly name: string
  readonly path: string
  readonly orders: number
  readonly cancels: number
  readonly replaces: number
  readonly fills: number
  readonly rejects: number
  /** Shares bought and sold. */
  readonly boughtQuantity: number
  readonly soldQuantity: number
  /** Bought and sold, at the prices of the fills. */
  readonly turnover: number
  /** Closed trades, by average cost. */
  readonly pnlRealised: number
  /** Open positions at the last mark. */
  readonly pnlUnrealised: number
  /** Why it ended before the session did, or null. */
  readonly stopped: { readonly reason: string; readonly atSequence: number } | null
}

/** The position of one strategy in one instrument at the end. Prices and money are in units of the currency. */
export interface PositionResult {
  readonly strategy: string
  readonly symbol: string
  /** Positive long, negative short. */
  readonly quantity: number
  /** Average cost of what is open; 0 when flat. */
  readonly averagePrice: number
  /** Last price that the position was valued at, or null where there was none. */
  readonly markPrice: number | null
  readonly pnlRealised: number
  readonly pnlUnrealised: number
  readonly fills: number
  readonly tradedQuantity: number
}

export interface KernelResult {
  readonly name: 'io' | 'strategy' | 'storage'
  readonly pid: number
  /** Core that it is pinned to, or null when it roams. */
  readonly core: number | null
  /** `other` or `fifo:<priority>`. */
  readonly policy: string
  /** Between the first record and the last. */
  readonly garbageCollections: number
  /** Of the JavaScript heap, over the same time. */
  readonly heapGrowthBytes: number
  readonly restarts: number
  /** How it ended: `finished`, or what went wrong in one line. */
  readonly ending: string
}

/** Percentiles in ns. */
export interface LatencyResult {
  readonly count: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly p999: number
  readonly p9999: number
  readonly max: number
}

export interface JournalResult {
  readonly path: string
  /** Last inbound sequence at each stage, of the three positions: in the ring, handed to the system, synced. */
  readonly captured: number
  readonly written: number
  readonly durable: number
  readonly bytes: number
  /** Times that the storage kernel stood still, and the longest in milliseconds. */
  readonly stalls: { readonly count: number; readonly longestMs: number }
}

/** Snapshots of one kernel; all zero where none were wanted. */
export interface KernelSnapshots {
  readonly taken: number
  /** Of the last one. */
  readonly bytes: number
  /** Longest that one held the kernel up. */
  readonly pauseNsMax: number
}

/** By kernel: the I/O kernel takes none on one thread, where nothing would resume from them. */
export interface SnapshotsResult {
  readonly strategy: KernelSnapshots
  readonly io: KernelSnapshots
}

export interface ReplayResult {
  readonly instance: string
  readonly layout: 'processes' | 'inline'
  readonly speed: 'max' | number
  readonly seed: number
  readonly input: InputResult
  readonly inbound: StreamResult
  readonly outbound: StreamResult
  /** New orders that the strategies sent. */
  readonly orders: number
  readonly fills: number
  readonly rejects: number
  /** By origin and reason, such as `gate priceCollar`. */
  readonly rejectsByReason: Readonly<Record<string, number>>
  readonly buyFills: number
  readonly sellFills: number
  readonly positions: readonly PositionResult[]
  readonly strategies: readonly StrategyResult[]
  readonly kernels: readonly KernelResult[]
  /** Standbys of the strategy kernel; null where none was wanted. */
  readonly standby: StandbyFacts | null
  /** By hop, in the order of the path. */
  readonly latencyNs: Readonly<Record<string, LatencyResult>>
  /** Records that the I/O kernel held back to keep virtual time. */
  readonly heldRecords: number
  /** False when more than 0.1 % of the records were held: then latencies say little about a live run. */
  readonly isLatencyComparable: boolean
  readonly journal: JournalResult
  readonly snapshots: SnapshotsResult
  /** Older journals that were removed after the run. */
  readonly pruned: PruneResult
  /** Wall-clock time from the first record to the last. */
  readonly elapsedNs: number
  readonly warnings: readonly string[]
  /** What ended the run: the end of input, the user, or a failure. */
  readonly ending: 'finished' | 'interrupted' | 'failed'
  /** Exit code of the command: 0, or that of what went wrong (a stopped strategy is 6, a lost kernel 7). */
  readonly exitCode: number
}

/** Where the outbound records of a rerun first differ from the journal. */
export interface RerunDifference {
  readonly outboundSequence: number
  /** The two records, one line each, as `xk journal dump` prints them; null where there is none. */
  readonly journaled: string | null
  readonly rerun: string | null
  /** The same in full: decoded, the fields that differ, the cause, and the inbound records around it. */
  readonly detail: FirstDifference
}

/** A kernel that took part in a rerun. */
export type RerunKernelResult = Pick<KernelResult, 'name' | 'pid' | 'core' | 'restarts' | 'ending'>

export interface RerunResult {
  readonly journal: string
  readonly layout: 'processes' | 'inline'
  readonly inbound: StreamResult
  readonly outbound: StreamResult
  readonly journaledOutbound: StreamResult
  readonly isSame: boolean
  readonly firstDifference: RerunDifference | null
  /** Who decided: three processes, or the strategy kernel alone on one thread. */
  readonly kernels: readonly RerunKernelResult[]
  /** Journal that the rerun wrote itself; kept by the three processes when the decisions differ. */
  readonly ownJournal: string | null
  readonly elapsedNs: number
  readonly warnings: readonly string[]
}

export interface BenchRequest extends RunHooks {
  readonly plan: CorePlan
  /** Repetitions of which the median counts. */
  readonly repetitions: number
}

/** Ping-pong over two rings between two pinned processes, and one-way throughput in batches. */
export interface RingBenchResult {
  /** Median of the repetitions' medians. */
  readonly roundTripNs: number
  readonly roundTripP99Ns: number
  readonly recordsPerSecond: number
  readonly recordBytes: number
  /** Round trip of two bare atomic words, in the same rounds: what the two cores can do at best. */
  readonly bareRoundTripNs: number
  /** Each repetition's own figures. */
  readonly rounds: readonly {
    readonly p50: number
    readonly bareNs: number
    readonly recordsPerSecond: number
  }[]
  readonly repetitions: number
  readonly cores: readonly number[]
}

/** Packet in to order out through three kernels, on generated traffic. */
export interface PathBenchRequest extends BenchRequest {
  /** Whether each run is repeated with a storage kernel that syncs and compresses all the time. */
  readonly withBusyStorage: boolean
}

/** One latency as a multiple of another. */
export type LatencyRatios = Readonly<Record<'p50' | 'p99' | 'p999', number>>

export interface PathBenchResult {
  /** With the journal as it is configured; against a busy storage kernel, with one that hardly syncs. */
  readonly latencyNs: Readonly<Record<string, LatencyResult>>
  /** The same hops with a busy storage kernel; null when it was not asked for. */
  readonly busyLatencyNs: Readonly<Record<string, LatencyResult>> | null
  /** By hop, how many times longer it takes beside a busy storage kernel; hops that nothing took are left out. */
  readonly busyRatios: Readonly<Record<string, LatencyRatios>> | null
  readonly records: number
  readonly orders: number
  readonly recordsPerSecond: number
  readonly isLatencyComparable: boolean
}

/** How long a kernel that is killed takes to come back. */
export interface ResumeBenchRequest extends RunHooks {
  readonly plan: CorePlan
  /** Exchange messages of the session; kernels die at a quarter, a half and three quarters of it. */
  readonly messages: number
  /** Inbound records between two snapshots, in the session that has any. */
  readonly everyRecords: number
}

/** One kernel, killed once. */
export interface ResumeRow {
  /** `standby`: the strategy kernel, and its standby took over. */
  readonly kernel: 'io' | 'strategy' | 'storage' | 'standby'
  readonly hasSnapshots: boolean
  /** Inbound records published when it was killed. */
  readonly records: number
  /** The record behind which its successor began to decide again; 0 for the session's start, null for storage, which decides nothing. */
  readonly fromRecord: number | null
  /** Until it stood where the dead one had; its process and code are there by then. Of a standby, the takeover's own measure. */
  readonly recoveryNs: number
  /** From the kill until its loop turned. */
  readonly resumedNs: number
}

export interface ResumeBenchResult {
  readonly messages: number
  readonly everyRecords: number
  readonly rows: readonly ResumeRow[]
  readonly snapshots: SnapshotsResult
  /** Whether all sessions gave the same outbound records. */
  readonly isSame: boolean
}

/** How long the I/O kernel of a live session takes to come back. */
export interface LiveResumeBenchRequest extends RunHooks {
  readonly plan: CorePlan
  /** Inbound records; it dies at a quarter, a half and the end of them. */
  readonly records: number
  readonly everyRecords: number
}

export interface LiveResumeBenchResult {
  readonly records: number
  readonly everyRecords: number
  readonly rows: readonly ResumeRow[]
  /** Of the I/O kernel. */
  readonly snapshots: KernelSnapshots
}

/** What the command line needs of the rest of the appliance; `run/services.ts` provides it, tests put others in. */
export interface RunServices {
  replay(request: ReplayRequest): Promise<ReplayResult>
  rerun(request: RerunRequest): Promise<RerunResult>
  benchRing(request: BenchRequest): Promise<RingBenchResult>
  benchPath(request: PathBenchRequest): Promise<PathBenchResult>
  benchResume(request: ResumeBenchRequest): Promise<ResumeBenchResult>
  benchResumeLive(request: LiveResumeBenchRequest): Promise<LiveResumeBenchResult>
}
