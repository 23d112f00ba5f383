import { yieldCore } from '../host/cores.ts'
import { WaitOutcome, Word } from '../host/futex.ts'
import { WordGroup } from '../host/word-group.ts'
import type { Region } from '../region/region.ts'

/**
 * Words of a region's `bell` section. Only the owner writes them, as everything in its region.
 *
 *     0      4        8         64
 *     ┌──────┬────────┬─────────┐
 *     │ bell │ asleep │ spare   │
 *     └──────┴────────┴─────────┘
 */
export enum BellWord {
  /** Counts up when the owner has done something that a sleeping peer may wait for; peers sleep on it. */
  Bell = 0,
  /** 1 while the owner sleeps, or is about to: peers ring only then. */
  Asleep = 1,
}

export const BELL_SECTION = 'bell'
export const BELL_BYTES = 64

/** How a loop passes the time when there is nothing to do. */
export interface RingWaitPlan {
  /** Empty turns before the first yield; none on a core that is shared. */
  readonly spins: number
  /** Yields before the first sleep. */
  readonly yields: number
  /** Longest sleep; 0 for a loop that never sleeps. */
  readonly sleepNsMax: number
  /** Whether peers wake it; otherwise it sleeps its time out, hears no bell, and costs them nothing. */
  readonly isWoken: boolean
}

/** More than the peers there are. */
const WAKE_ALL = 16

/**
 * Passes the time of a loop that waits for any of its peers: looks again at once, then yields the core, then sleeps on
 * the bells of all of them, for a bounded time. After work it rings its own bell if a peer sleeps. A loop that shall not be
 * woken sleeps on its own bell, which nobody else rings.
 *
 * No wake-up is lost: the sleeper first shows that it is about to sleep, then reads the bells, then looks for work once
 * more, and only then sleeps while the bells have the values it read. The ringer publishes its work, then looks who
 * sleeps, then counts the bell up and wakes. All of these are sequentially consistent atomics: either the ringer sees
 * the sleeper's word, or the sleeper's last look sees the work (test/litmus/wait.pml is the model).
 */
export class RingWaiter {
  /** Sleeps begun, and those that ended by their timeout. */
  readonly counts = { sleeps: 0, timeouts: 0 }
  readonly #plan: RingWaitPlan
  readonly #own: Int32Array
  readonly #ownWord: Word
  readonly #peers: readonly Int32Array[]
  /** The bells that it sleeps on, and their words. */
  readonly #heard: readonly Int32Array[]
  readonly #group: WordGroup
  #turns = 0
  #isAnnounced = false

  /** @param peers whose bells it sleeps on; on hosts before Linux 5.16 only the first one's, the timeout bounds the rest */
  constructor(plan: RingWaitPlan, own: Region, peers: readonly Region[]) {
    this.#plan = plan
    this.#own = own.viewWords(BELL_SECTION)
    this.#ownWord = new Word(own.buffer, own.offsetOf(BELL_SECTION))
    this.#peers = peers.map((peer) => peer.viewWords(BELL_SECTION))
    this.#heard = plan.isWoken ? this.#peers : [this.#own]
    const wordOf = (peer: Region) => new Word(peer.buffer, peer.offsetOf(BELL_SECTION))
    this.#group = new WordGroup(plan.isWoken ? peers.map(wordOf) : [this.#ownWord])
    // What a dead predecessor announced.
    Atomics.store(this.#own, BellWord.Asleep, 0)
  }

  /** After a turn that did something: everything it published is stored by now. */
  active(): void {
    this.#turns = 0
    if (this.#isAnnounced) this.#showAwake()
    if (this.#isAnyAsleep()) this.ring()
  }

  /** Wakes whoever sleeps on this loop's bell. */
  ring(): void {
    Atomics.store(this.#own, BellWord.Bell, (this.#own[BellWord.Bell]! + 1) | 0)
    this.#ownWord.wake(WAKE_ALL)
  }

  /** After a turn that found nothing. */
  idle(): void {
    const { spins, yields, sleepNsMax } = this.#plan
    if (this.#turns < spins) {
      this.#turns++
      return
    }
    if (this.#turns < spins + yields || sleepNsMax === 0) {
      this.#turns++
      yieldCore()
      return
    }
    if (this.#isAnnounced) this.#sleep()
    else this.#announce()
  }

  /** The loop looks for work once more before it comes back here to sleep. */
  #announce(): void {
    if (this.#plan.isWoken) Atomics.store(this.#own, BellWord.Asleep, 1)
    for (let i = 0; i < this.#heard.length; i++) this.#group.expect(i, Atomics.load(this.#heard[i]!, BellWord.Bell))
    this.#isAnnounced = true
  }

  #sleep(): void {
    this.counts.sleeps++
    if (this.#group.wait(this.#plan.sleepNsMax) === WaitOutcome.TimedOut) this.counts.timeouts++
    this.#showAwake()
  }

  #showAwake(): void {
    this.#isAnnounced = false
    if (this.#plan.isWoken) Atomics.store(this.#own, BellWord.Asleep, 0)
  }

  #isAnyAsleep(): boolean {
    for (let i = 0; i < this.#peers.length; i++) if (Atomics.load(this.#peers[i]!, BellWord.Asleep) !== 0) return true
    return false
  }
}
