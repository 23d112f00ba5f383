import { midnightBefore, type SessionEpoch } from '../protocol/session-epoch.ts'
import { SESSIONS_MAX } from '../sequence/session-table.ts'

const NS_PER_SECOND = 1e9
const SECONDS_PER_DAY = 86_400
/** A double holds ns exactly over this time. */
const SHIFT_SECONDS_MAX = 100 * SECONDS_PER_DAY
/** A time message behind the unit's clock by less than this came late, for a gap; by more, another day began. */
const LATE_NS_MAX = 600 * NS_PER_SECOND
/** Where CFE's days begin. */
const FUTURES_TIME_ZONE = 'America/Chicago'

/**
 * The time of each unit. A PITCH unit sends the second, then messages with the nanoseconds since it. The second counts
 * from midnight where the exchange is; newer feeds tell the moment since 1970 too, which makes that midnight the session's
 * epoch where none is set, and places the times rightly where it is another.
 */
export class UnitClock {
  readonly #epoch: SessionEpoch
  /** The unit's second, as ns since the session's epoch. */
  readonly #secondNs = new Float64Array(SESSIONS_MAX)
  readonly #isKnown = new Uint8Array(SESSIONS_MAX)
  /** Midnight before the last futures definition, seconds since 1970. */
  #futuresMidnight = Number.NEGATIVE_INFINITY

  constructor(epoch: SessionEpoch) {
    this.#epoch = epoch
  }

  /** Sets a unit's second since midnight. @returns whether it is one of a day */
  setSecond(session: number, second: number): boolean {
    if (second > SECONDS_PER_DAY) return false
    this.#set(session, second)
    return true
  }

  /** The same, with the midnight in seconds since 1970 that the second counts from. */
  setSecondSince(session: number, second: number, midnight: number): boolean {
    if (second > SECONDS_PER_DAY) return false
    if (!this.#epoch.isSet) this.#epoch.set(midnight)
    const shift = midnight - this.#epoch.seconds
    this.#set(session, Math.abs(shift) <= SHIFT_SECONDS_MAX ? second + shift : second)
    return true
  }

  /** Time of a message `offsetNs` after the unit's second, into `out[0]`; 0 while the second is unknown. */
  stamp(session: number, offsetNs: number, out: Float64Array): boolean {
    const isKnown = this.#isKnown[session] === 1
    out[0] = isKnown ? this.#secondNs[session]! + offsetNs : 0
    return isKnown
  }

  /** The same for a message that tells the second since 1970 itself. */
  stampSince1970(seconds: number, offsetNs: number, out: Float64Array): boolean {
    const { isSet, seconds: epochSeconds } = this.#epoch
    if (!isSet && !(seconds >= this.#futuresMidnight && seconds < this.#futuresMidnight + SECONDS_PER_DAY)) {
      this.#futuresMidnight = midnightBefore(seconds, FUTURES_TIME_ZONE)
    }
    const since = seconds - (isSet ? epochSeconds : this.#futuresMidnight)
    const isNear = Math.abs(since) <= SHIFT_SECONDS_MAX
    out[0] = isNear ? since * NS_PER_SECOND + offsetNs : 0
    return isNear
  }

  #set(session: number, second: number): void {
    const ns = second * NS_PER_SECOND
    const behindNs = this.#secondNs[session]! - ns
    if (this.#isKnown[session] === 1 && behindNs > 0 && behindNs < LATE_NS_MAX) return
    this.#secondNs[session] = ns
    this.#isKnown[session] = 1
  }
}
