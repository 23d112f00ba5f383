import type { RecordQueue } from '../../../feeds/venue/record-queue.ts'
import type { StateArchive } from '../../records/state-archive.ts'
import type { RecordViews } from '../../records/views.ts'

/**
 * Where requests go once the gate has let them through, and where answers come from: the simulated venue, or a venue at the
 * other end of a wire.
 */
export interface OrderGateway {
  /** [0]: now, ns since the session's epoch; set before every call. */
  readonly nowNs: Float64Array
  /** Answers, as records in the order in which the venue gave them. */
  readonly responses: RecordQueue
  /** Takes a NewOrder, CancelOrder, ReplaceOrder or MassCancel; whatever comes of it is told in `responses`. */
  applyRequest(views: RecordViews, at: number): void
}

/** A gateway over a wire: it must be given time, and is not always ready. */
export interface WireGateway extends OrderGateway {
  /** Whether the order of the next request leaves marked as a short sale; set before every order. */
  isShortSale: boolean
  /** Whether requests can be sent now: there is a session, and all answers of earlier ones have been read. */
  readonly isReady: boolean
  /** Bytes handed to the connection so far: where the latest request ends. */
  readonly streamEnd: number
  /** Receives and sends what there is, and minds the session. @returns how much moved */
  step(): number
  /** Tells an instrument's name at the venue, from an Instrument record. */
  noteInstrument(views: RecordViews, at: number): void
  /** Set when every open order is to be cancelled, because a session that was lost is back. */
  readonly wantsCancelAll: boolean
  /** Saves or restores everything that a successor needs beside the run's memory, while nothing waits in `responses`. */
  archive(archive: StateArchive): void
  /** Begins to cancel every open order. */
  cancelAll(): void
  /** Whether the socket has every cancel that was asked for. */
  readonly hasSentCancels: boolean
  /** [0]: when the session was lost. */
  readonly lostNs: Float64Array
  /** Ends the session with the venue. */
  close(): void
}
