import type { SelfMatch } from '../matching/engine-codes.ts'
import type { OuchMessage } from '../ouch/message.ts'
import type { OuchVersion } from '../ouch/versions.ts'
import { SequencedLog } from '../soupbintcp/session/sequenced-log.ts'
import type { VenueOrderLife } from './venue-order.ts'

/** Who may enter orders. Users of one firm share a drop copy, users of one account its position. */
export interface OuchUserOptions {
  readonly username: string
  readonly password: string
  readonly version: OuchVersion
  /** Account of the engine. */
  readonly account: number
  /** Four letters. */
  readonly firm: string
  /** What is done when the account would trade with itself; nothing if not given. Users of one account have the last one's. */
  readonly selfMatch?: SelfMatch
}

/** An order of a user, kept for the whole day: its name is used up. */
export interface PortOrder {
  readonly user: OuchUser
  /** Index in the gateway, and the engine's tag. */
  readonly tag: number
  /** Slot in the engine; 0 once nothing of it lives. */
  slot: number
  /** What its entry or replace said: echoed in responses. */
  readonly entered: OuchMessage
  /** When its time in force ends, in ns since midnight; 0 for never. */
  expiresNs: number
  /** Tag of the order that it is to replace; 0 for none. */
  readonly replaces: number
  readonly life: VenueOrderLife
}

interface DelayedAnswer {
  readonly dueNs: number
  readonly bytes: Uint8Array
  readonly isForDropCopy: boolean
}

const LOG_BYTES_MAX = 1 << 28
const LOG_MESSAGES_MAX = 1 << 22
/** Answers that wait at most; policy: beyond it the answer goes at once. */
const DELAYED_MAX = 100_000

/** One user's port: its orders by name, and the sequenced messages that it is sent. */
export class OuchUser {
  readonly options: OuchUserOptions
  readonly log = new SequencedLog(LOG_BYTES_MAX, LOG_MESSAGES_MAX)
  /** By token (OUCH 4.2) or user reference number (5.0). */
  readonly orders = new Map<string | number, PortOrder>()
  /** OUCH 5.0: the highest reference number used. */
  lastUserRefNum = 0
  /** Whether the user has switched order entry off. */
  isDisabled = false
  /** Messages that the log had no room for. */
  lostAnswers = 0
  private readonly dropCopy: SequencedLog
  private delayed: DelayedAnswer[] = []

  constructor(options: OuchUserOptions, dropCopy: SequencedLog) {
    this.options = options
    this.dropCopy = dropCopy
  }

  /**
   * Gives the user a message, in order.
   * @param dueNs when it goes out; not before those that wait already
   */
  answer(bytes: Uint8Array, length: number, nowNs: number, dueNs: number, isForDropCopy: boolean): void {
    const { delayed } = this
    if ((dueNs <= nowNs && delayed.length === 0) || delayed.length >= DELAYED_MAX) {
      this.release(delayed.length >= DELAYED_MAX ? Number.POSITIVE_INFINITY : nowNs)
      this.append(bytes, length, isForDropCopy)
      return
    }
    delayed.push({ dueNs, bytes: bytes.slice(0, length), isForDropCopy })
  }

  /** Sends what has waited long enough. */
  release(nowNs: number): void {
    const { delayed } = this
    let count = 0
    while (count < delayed.length && delayed[count]!.dueNs <= nowNs) {
      const { bytes, isForDropCopy } = delayed[count++]!
      this.append(bytes, bytes.length, isForDropCopy)
    }
    if (count > 0) this.delayed = delayed.slice(count)
  }

  /** A fault on demand: the last message of a type is told again, under another number. @returns false when there is none */
  repeatLast(type: number): boolean {
    const { log } = this
    for (let sequence = log.count; sequence > 0; sequence--) {
      const at = log.startOf(sequence)
      if (log.bytes[at] !== type) continue
      const copy = log.bytes.slice(at, at + log.lengthOf(sequence))
      return log.append(copy, 0, copy.length)
    }
    return false
  }

  private append(bytes: Uint8Array, length: number, isForDropCopy: boolean): void {
    if (!this.log.append(bytes, 0, length)) this.lostAnswers++
    if (isForDropCopy && !this.dropCopy.append(bytes, 0, length)) this.lostAnswers++
  }
}

/** A log for the drop copy of a firm: its executions, and the acceptances that alone say of which side an order is. */
export function createDropCopy(): SequencedLog {
  return new SequencedLog(LOG_BYTES_MAX, LOG_MESSAGES_MAX)
}
