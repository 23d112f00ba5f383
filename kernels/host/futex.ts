import { hostAddon } from './addon.ts'
import { requireWithin } from './arguments.ts'
import { requireSuccess } from './errors.ts'

/** How a wait ended. */
export enum WaitOutcome {
  /** By a wake, or spuriously: look at the word again. */
  Woken = 0,
  TimedOut = 1,
  /** The word was not what the caller expected: it did not sleep. */
  ValueDiffered = 2,
  /** By a signal. */
  Interrupted = 3,
}

const released = new FinalizationRegistry<number>((handle) => {
  hostAddon().releaseWord(handle)
})

/**
 * A 32-bit word of shared memory on which threads of several processes wait: futex(2), not private. The waiter may have
 * it mapped read-only. Protocol without lost wakes: the waker stores the new value, then wakes; the waiter loads the
 * value, finds that it has nothing to do, and waits expecting that value, which the kernel compares once more.
 */
export class Word {
  /** Keeps the memory alive as long as native code may touch it. */
  readonly buffer: ArrayBufferLike
  /** By which native code knows it. */
  readonly handle: number
  readonly #wait: (handle: number, expected: number, timeoutNs: number) => number
  readonly #wake: (handle: number, count: number) => number

  /**
   * @param byteOffset a multiple of 4
   * @throws HostError ENOMEM when 4096 words are registered
   */
  constructor(buffer: ArrayBufferLike, byteOffset: number) {
    requireWithin(buffer, byteOffset, 4, 4)
    const addon = hostAddon()
    this.handle = requireSuccess(addon.registerWord(new Uint8Array(buffer), byteOffset), () => ({
      call: 'registerWord',
      attempted: 'register a word to wait on',
      next: 'at most 4096 words can be registered',
    }))
    this.buffer = buffer
    this.#wait = addon.waitForWord
    this.#wake = addon.wakeWord
    released.register(this, this.handle, this)
  }

  /**
   * Sleeps while the word equals `expected`, compared as 32 bits.
   * @param timeoutNs relative, by CLOCK_MONOTONIC; Infinity waits for ever
   * @throws HostError EFAULT when the word's memory was unmapped
   */
  wait(expected: number, timeoutNs: number): WaitOutcome {
    if (!(timeoutNs >= 0)) throw new RangeError(`timeoutNs must be 0 or more, not ${timeoutNs}`)
    const outcome = this.#wait(this.handle, expected | 0, timeoutNs === Number.POSITIVE_INFINITY ? -1 : timeoutNs)
    return outcome >= 0 ? outcome : requireSuccess(outcome, explainWait)
  }

  /**
   * Wakes waiters; costs a system call even when there are none.
   * @returns how many were woken
   * @throws HostError EFAULT when the word's memory was unmapped
   */
  wake(count = 1): number {
    const outcome = this.#wake(this.handle, count)
    return outcome >= 0 ? outcome : requireSuccess(outcome, explainWake)
  }

  /** Gives the registration back; the word can no longer be used. */
  release(): void {
    if (released.unregister(this)) hostAddon().releaseWord(this.handle)
  }
}

const explainWait = () => ({ call: 'futex(FUTEX_WAIT)', attempted: 'wait for a word of shared memory' })
const explainWake = () => ({ call: 'futex(FUTEX_WAKE)', attempted: 'wake the waiters of a word of shared memory' })
