import type { SessionEpoch } from '../protocol/session-epoch.ts'

/** High words of 2010 and of 2100 in ns since 1970: what lies outside is damage, and must not set the epoch. */
const HIGH_MIN = 293_903_052
const HIGH_MAX = 955_174_863
/** A session lasts no longer: what is later would drag virtual time with it, and is past what the epoch holds exactly. */
const SESSION_NS_MAX = 100 * 86_400 * 1e9

/** Turns the feed's timestamps into times since the session's epoch. */
export class MessageClock {
  /** [0] the last time that could be, ns since the epoch. */
  readonly timeNs = new Float64Array(1)
  readonly #epoch: SessionEpoch
  readonly #scratch = new Float64Array(1)

  constructor(epoch: SessionEpoch) {
    this.#epoch = epoch
  }

  /** Reads a time from its two words into `timeNs[0]`. @returns false, with `timeNs` as it was, when it cannot be */
  read(high: number, low: number): boolean {
    if (high < HIGH_MIN || high > HIGH_MAX) return false
    this.#epoch.wordsToSession(high, low, this.#scratch, 0)
    const timeNs = this.#scratch[0]!
    if (timeNs < 0 || timeNs > SESSION_NS_MAX) return false
    this.timeNs[0] = timeNs
    return true
  }
}
