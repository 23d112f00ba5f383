import type { OrderBook } from '../../../feeds/book/order-book.ts'
import type { NanoClock } from '../../loop/host-clock.ts'
import type { RecordViews } from '../../records/views.ts'
import type { RingProducer } from '../../ring/producer.ts'
import type { DayRecords } from '../day-records.ts'
import type { DropCopy } from '../drop-copy/drop-copy.ts'
import type { WireGateway } from '../entry/gateway.ts'
import type { SendStamps } from '../entry/send-stamps.ts'
import type { RiskGate } from '../gate/risk-gate.ts'
import type { CommandInbox } from '../operator/command-inbox.ts'
import type { FeedClock } from './feed-clock.ts'
import type { HostRecords } from './host-records.ts'
import type { LiveSource } from './live-source.ts'
import type { RequestBacklog } from './request-backlog.ts'
import type { Safeguards } from './safeguards.ts'

/** What the live I/O kernel is put together from. */
export interface LiveKernelParts {
  readonly source: LiveSource
  /** Records of the start-of-day file that are due behind instruments. */
  readonly day: DayRecords
  readonly gateway: WireGateway
  /** What the venue repeats of executions; undefined where none is configured. */
  readonly dropCopy: DropCopy | undefined
  /** Operators' commands. */
  readonly operator: CommandInbox
  readonly gate: RiskGate
  /** The I/O kernel's own books: reference prices of the gate. */
  readonly book: OrderBook
  readonly inbound: RingProducer
  readonly outbound: RequestBacklog
  readonly safeguards: Safeguards
  readonly clock: NanoClock
  /** Compares the clock with the feed's times; undefined where nobody asks. */
  readonly feedClock: FeedClock | undefined
  /** Takes the times at which orders leave. */
  readonly sendStamps: SendStamps
  readonly sessionStart: RecordViews
  /** Part of the inbound ring that market records leave to responses, verdicts and lifecycle records. */
  readonly reserveBytes: number
  /** What is said of the host. */
  readonly host: HostRecords
  /** How long the end waits for the last orders to be cancelled. */
  readonly endPatienceMs: number
  /** Orders at the venue that are not done. */
  readonly openOrders: () => number
}
