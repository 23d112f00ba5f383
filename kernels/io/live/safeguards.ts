/** Why all orders are cancelled at once; the argument of a `CancelAll` command. */
export enum HaltCause {
  None = 0,
  /** No packet of the feed for too long. */
  FeedSilent = 1,
  /** The strategy kernel's heart stands still: it is dead, or hung in a hook. */
  StrategySilent = 2,
  StorageSilent = 3,
  /** A write or a sync of the journal failed. */
  StorageFailed = 4,
  /** The strategy kernel is so far behind that the inbound ring fills. */
  RingFull = 5,
  /** The session with the venue was lost and is back. */
  Disconnected = 6,
  /** The run is being stopped, or the supervisor has died. */
  Stopping = 7,
  /** Order entry and the drop copy do not agree. */
  DropCopyBreak = 8,
  /** This host's clock may be too far off. */
  ClockError = 9,
  Count = 10,
}

/** Names in reports, by `HaltCause`. */
export const HALT_CAUSE_NAMES = [
  ...['none', 'feedSilent', 'strategySilent', 'storageSilent', 'storageFailed', 'ringFull', 'disconnected', 'stopping'],
  ...['dropCopyBreak', 'clockError'],
] as const

/** When trading halts; 0 turns a policy off. */
export interface SafeguardPolicies {
  readonly feedSilenceMs: number
  readonly strategySilenceMs: number
  readonly storageSilenceMs: number
  /** Whether a failed journal halts trading. */
  readonly haltsOnStorageFailure: boolean
  /** By how much the clock may be off, and who says so: its discipline in the kernel, or the feed's times. */
  readonly clockErrorMsMax: number
  readonly clockSource: 'kernel' | 'feed'
  /** Share of the inbound ring that may wait for the strategy kernel. */
  readonly ringShareMax: number
}

/** What the safeguards look at; all of it lies in memory that others write. */
export interface SafeguardSenses {
  readonly strategyBeat: () => number
  readonly storageBeat: () => number
  /** Whether the journal has failed. */
  readonly hasStorageFailed: () => boolean
  /** Whether executions are not what the venue repeats of them. */
  readonly hasBreak: () => boolean
  /** Asked once a second; ns. */
  readonly clockErrorNs: () => number
  /** From 0 to 1. */
  readonly ringShare: () => number
}

const NS_PER_MS = 1e6
const CHECK_EVERY_NS = 1e6
const CLOCK_EVERY_NS = 1e9

/** A heart that is looked at: since when it stands still. */
class Heart {
  readonly #sinceNs = new Float64Array(1)
  #beat = -1

  /** [0]: since when it has been still for too long. */
  readonly lateNs = new Float64Array(1)

  isStill(beat: number, nowNs: Float64Array, limitMs: number): boolean {
    if (beat !== this.#beat) {
      this.#beat = beat
      this.#sinceNs[0] = nowNs[0]!
    }
    this.lateNs[0] = this.#sinceNs[0]! + limitMs * NS_PER_MS
    return limitMs > 0 && nowNs[0]! > this.lateNs[0]!
  }
}

/**
 * Looks every millisecond whether trading must halt. A cause that passes lets trading go on; a failed journal does not pass, and a break
 * only when an operator has looked at it.
 */
export class Safeguards {
  /** Why trading is halted now. */
  cause: HaltCause = HaltCause.None
  /** Times that each cause has halted trading, by `HaltCause`. */
  readonly counts = new Float64Array(HaltCause.Count)
  /** [0]: since when there is the cause that was found last; where only a look can tell, since the look before. */
  readonly causeNs = new Float64Array(1)
  /** [0] latest, [1] largest error of the clock, ns. */
  readonly clockErrors = new Float64Array(2)
  readonly #clockDueNs = new Float64Array([Number.NEGATIVE_INFINITY])
  readonly #policies: SafeguardPolicies
  readonly #senses: SafeguardSenses
  readonly #strategy = new Heart()
  readonly #storage = new Heart()
  readonly #checkedNs = new Float64Array([Number.NEGATIVE_INFINITY])

  constructor(policies: SafeguardPolicies, senses: SafeguardSenses) {
    this.#policies = policies
    this.#senses = senses
  }

  /**
   * @param nowNs [0]: now
   * @param lastPacketNs [0]: when the feed's last packet came
   * @returns whether trading has just been halted, for `cause`
   */
  check(nowNs: Float64Array, lastPacketNs: Float64Array): boolean {
    if (nowNs[0]! - this.#checkedNs[0]! < CHECK_EVERY_NS) return false
    this.#lookAtClock(nowNs)
    this.causeNs[0] = Math.max(this.#checkedNs[0]!, nowNs[0]! - CHECK_EVERY_NS * 2)
    this.#checkedNs[0] = nowNs[0]!
    const cause = this.#find(nowNs, lastPacketNs)
    const isNew = cause !== HaltCause.None && cause !== this.cause
    this.cause = cause
    if (isNew) this.counts[cause]!++
    return isNew
  }

  #find(nowNs: Float64Array, lastPacketNs: Float64Array): HaltCause {
    const { feedSilenceMs, strategySilenceMs, storageSilenceMs, haltsOnStorageFailure, ringShareMax } = this.#policies
    const { strategyBeat, storageBeat, hasStorageFailed, hasBreak, ringShare } = this.#senses
    const isStrategyStill = this.#strategy.isStill(strategyBeat(), nowNs, strategySilenceMs)
    const isStorageStill = this.#storage.isStill(storageBeat(), nowNs, storageSilenceMs)
    if (haltsOnStorageFailure && hasStorageFailed()) return HaltCause.StorageFailed
    if (hasBreak()) return HaltCause.DropCopyBreak
    if (isStrategyStill) return this.#since(HaltCause.StrategySilent, this.#strategy.lateNs[0]!)
    if (isStorageStill) return this.#since(HaltCause.StorageSilent, this.#storage.lateNs[0]!)
    const feedLateNs = lastPacketNs[0]! + feedSilenceMs * NS_PER_MS
    if (feedSilenceMs > 0 && nowNs[0]! > feedLateNs) return this.#since(HaltCause.FeedSilent, feedLateNs)
    const { clockErrorMsMax } = this.#policies
    if (clockErrorMsMax > 0 && this.clockErrors[0]! > clockErrorMsMax * NS_PER_MS) return HaltCause.ClockError
    return ringShareMax > 0 && ringShare() > ringShareMax ? HaltCause.RingFull : HaltCause.None
  }

  #since(cause: HaltCause, causeNs: number): HaltCause {
    this.causeNs[0] = causeNs
    return cause
  }

  #lookAtClock(nowNs: Float64Array): void {
    if (this.#policies.clockErrorMsMax === 0 || nowNs[0]! < this.#clockDueNs[0]!) return
    this.#clockDueNs[0] = nowNs[0]! + CLOCK_EVERY_NS
    const errorNs = this.#senses.clockErrorNs()
    this.clockErrors[0] = errorNs
    if (errorNs > this.clockErrors[1]!) this.clockErrors[1] = errorNs
  }
}
