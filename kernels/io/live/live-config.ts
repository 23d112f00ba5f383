import type { GapFillOptions } from '../../../feeds/moldudp64/gap-fill.ts'
import type { SessionTimes } from '../../../feeds/soupbintcp/session/session-times.ts'
import type { SnapshotConfig } from '../../loop/snapshot-barrier.ts'
import type { DayFacts } from '../day-records.ts'
import type { GateLimits } from '../gate/limits.ts'
import type { SessionFacts } from '../io-config.ts'
import type { SafeguardPolicies } from './safeguards.ts'

/** A user of a SoupBinTCP server. */
export interface LoginConfig {
  /** Address and port. */
  readonly server: string
  readonly username: string
  readonly password: string
}

/** Everything that the I/O kernel of a live session is told before it starts; plain data that crosses as JSON. */
export interface LiveConfig {
  /** Where the lines are listened to: an address of this machine, or a group. */
  readonly lines: readonly string[]
  /** Address of the interface for groups; `*` for the kernel's choice. */
  readonly interfaceAddress: string
  readonly receiveBufferBytes: number
  /** Re-request server; empty for none. */
  readonly requestServer: string
  /** GLIMPSE; undefined for none. */
  readonly snapshots: LoginConfig | undefined
  readonly gaps: GapFillOptions
  readonly entry: LoginConfig & {
    readonly protocol: 'ouch42' | 'ouch50'
    readonly firm: string
    readonly reconnectMs: number
    readonly times: SessionTimes
    readonly cancelsOnDisconnect: boolean
  }
  /** The venue's read-only copy of what the firm executes; undefined for none. */
  readonly dropCopy: (LoginConfig & { readonly patienceMs: number; readonly onBreak: 'halt' | 'report' }) | undefined
  readonly policies: SafeguardPolicies
  readonly gate: GateLimits
  /** Whether an order leaves only once it and its cause are durable in the journal. */
  readonly durableBeforeSend: boolean
  readonly clockIntervalNs: number
  readonly endPatienceMs: number
  readonly reserveBytes: number
  readonly instrumentsMax: number
  readonly bookOrdersMax: number
  readonly stepBudget: number
  /** When the run began, in seconds since 1970: what its orders' tokens begin with. */
  readonly startSeconds: number
  readonly session: SessionFacts
  /** What the start-of-day file says; undefined without one. */
  readonly day?: DayFacts | undefined
  /** Snapshots of the kernel's own state. */
  readonly stateSnapshots: SnapshotConfig
  /** Folder of the run's journal: what a successor reads. */
  readonly journalPath: string
}
