import type { RecordQueue } from '../../feeds/venue/record-queue.ts'
import type { SimulatedVenue } from '../../feeds/venue/simulated-venue.ts'
import type { RecordViews } from '../records/views.ts'
import type { DayRecords } from './day-records.ts'
import type { DelayLine } from './delay-line.ts'
import type { IoPorts } from './io-ports.ts'
import type { VirtualLatencies } from './latencies.ts'
import type { MarketInput } from './market-input.ts'
import type { ScriptedCommands } from './operator/scripted-commands.ts'
import type { OrderPath } from './order-path.ts'
import type { Pacer } from './pacer.ts'
import type { PublishedTrail } from './published-trail.ts'

/** Where the next inbound record comes from; the order among records of one nanosecond. */
export enum Origin {
  /** What the start-of-day file says of the instrument that was announced last. */
  Day = 0,
  Market = 1,
  Response = 2,
  Verdict = 3,
  Clock = 4,
  /** Of an operator. */
  Command = 5,
  /** Not a record: the moment at which the session is over. */
  End = 6,
  Count = 7,
}

/** What became of an attempt to publish one record. */
export enum Attempt {
  Published = 0,
  /** An earlier record's effects must be known first. */
  HeldForStrategy = 1,
  HeldForPace = 2,
  HeldForSpace = 3,
  NeedsInput = 4,
  Finished = 5,
}

/** Why the kernel's last step ended: what its host may wait for. */
export enum IoWait {
  None = 0,
  Strategy = 1,
  Pace = 2,
  Space = 3,
  Input = 4,
  Finished = 5,
}

export interface ReplayKernelParts {
  readonly source: MarketInput
  readonly ports: IoPorts
  readonly line: DelayLine
  readonly path: OrderPath
  readonly venue: SimulatedVenue
  readonly verdicts: RecordQueue
  readonly trail: PublishedTrail
  /** Records of the start-of-day file that are due behind instruments. */
  readonly day: DayRecords
  readonly commands: ScriptedCommands
  readonly latencies: VirtualLatencies
  readonly pacer: Pacer
  /** The session-start record, ready to publish but for its header's sequence. */
  readonly sessionStart: RecordViews
  /** Bytes of the inbound ring that market and clock records leave free. */
  readonly reserveBytes: number
  /** Distance of the clock records; 0 for none. */
  readonly clockIntervalNs: number
  /** How long after the last market record the session goes on. */
  readonly settleNs: number
}
