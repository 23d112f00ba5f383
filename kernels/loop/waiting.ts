import { yieldCore } from '../host/cores.ts'
import { Word } from '../host/futex.ts'
import type { Region } from '../region/region.ts'
import type { LoopWaiter } from './kernel-loop.ts'
import type { WaitPlan } from './launch.ts'

/** Words of a region's `bell` section. */
export enum BellWord {
  /** Counts up whenever the owner has done something; others sleep on it. */
  Bell = 0,
  /** 1 while the owner sleeps, or is about to. */
  Asleep = 1,
}

/** More than the peers there are. */
const WAKE_ALL = 8

/**
 * Passes the time of a loop: looks again at once, then yields the core, then sleeps on the bell of the one peer that it
 * waits for most, for a bounded time. After work it rings its own bell if any peer sleeps.
 *
 * No wake-up is lost for longer than `sleepNsMax`: the sleeper shows that it is about to sleep, and only then looks at
 * the bell's value and once more for work; the ringer counts the bell up and only then looks who sleeps.
 */
export class BellWaiter implements LoopWaiter {
  readonly #plan: WaitPlan
  readonly #own: Int32Array
  readonly #ownWord: Word
  readonly #peers: readonly Int32Array[]
  readonly #peerWord: Word
  #turns = 0
  #seen = 0

  /** @param peers the first one is the one whose bell is slept on */
  constructor(plan: WaitPlan, own: Region, peers: readonly Region[]) {
    this.#plan = plan
    this.#own = own.viewWords('bell')
    this.#ownWord = new Word(own.buffer, own.offsetOf('bell'))
    this.#peers = peers.map((peer) => peer.viewWords('bell'))
    this.#peerWord = new Word(peers[0]!.buffer, peers[0]!.offsetOf('bell'))
  }

  active(): void {
    this.#turns = 0
    if (this.#isAnyAsleep()) this.ring()
  }

  /** Wakes whoever sleeps on this kernel's bell. */
  ring(): void {
    Atomics.store(this.#own, BellWord.Bell, (this.#own[BellWord.Bell]! + 1) | 0)
    this.#ownWord.wake(WAKE_ALL)
  }

  #isAnyAsleep(): boolean {
    for (let i = 0; i < this.#peers.length; i++) if (Atomics.load(this.#peers[i]!, BellWord.Asleep) !== 0) return true
    return false
  }

  idle(): void {
    const { spins, yields, sleepNsMax, isWoken } = this.#plan
    this.#turns = (this.#turns + 1) | 0
    if (this.#turns <= spins) return
    if (this.#turns <= spins + yields || sleepNsMax === 0) {
      yieldCore()
      return
    }
    if (this.#turns === spins + yields + 1) {
      // Announced first; the loop then looks for work once more before it comes back here to sleep.
      if (isWoken) Atomics.store(this.#own, BellWord.Asleep, 1)
      this.#seen = Atomics.load(this.#peers[0]!, BellWord.Bell)
      return
    }
    this.#peerWord.wait(this.#seen, sleepNsMax)
    if (isWoken) Atomics.store(this.#own, BellWord.Asleep, 0)
    this.#turns = spins + yields
  }
}

/** The waiter of a kernel's loop. */
export function createWaiter(plan: WaitPlan, own: Region, peers: readonly Region[]): BellWaiter {
  return new BellWaiter(plan, own, peers)
}
