import { constants } from 'node:os'
import { hostAddon } from './addon.ts'
import { requireInteger } from './arguments.ts'
import { HostError, requireSuccess } from './errors.ts'
import type { WaitOutcome, Word } from './futex.ts'

/** Words that one call waits on. */
const WORDS_MAX = 16

/**
 * Words of shared memory that a thread waits on together, until any of them changes: futex_waitv(2), Linux 5.16. On an
 * older kernel it sleeps on the first word alone, `waitsOnAll` says so, and the timeout bounds what the others cost.
 */
export class WordGroup {
  /** False once the host turned out to know no such call. */
  waitsOnAll = true
  readonly #words: readonly Word[]
  /** Handle and expected value of each word. */
  readonly #request: Int32Array
  readonly #bytes: Uint8Array
  readonly #waitForWords: (request: Uint8Array, count: number, timeoutNs: number) => number

  /** @param words at most 16, kept by the caller */
  constructor(words: readonly Word[]) {
    requireInteger('words', words.length, 1, WORDS_MAX)
    this.#words = words
    this.#request = new Int32Array(words.length * 2)
    this.#bytes = new Uint8Array(this.#request.buffer)
    words.forEach((word, index) => {
      this.#request[index * 2] = word.handle
    })
    this.#waitForWords = hostAddon().waitForWords
  }

  /** Sets the value that a word must still have for the next wait to sleep. */
  expect(index: number, value: number): void {
    this.#request[index * 2 + 1] = value
  }

  /**
   * Sleeps while every word equals what is expected of it.
   * @param timeoutNs relative, by CLOCK_MONOTONIC; Infinity waits for ever
   * @throws HostError EFAULT when a word's memory was unmapped
   */
  wait(timeoutNs: number): WaitOutcome {
    if (!(timeoutNs >= 0)) throw new RangeError(`timeoutNs must be 0 or more, not ${timeoutNs}`)
    if (!this.waitsOnAll) return this.#waitOnFirst(timeoutNs)
    const relativeNs = timeoutNs === Number.POSITIVE_INFINITY ? -1 : timeoutNs
    const outcome = this.#waitForWords(this.#bytes, this.#words.length, relativeNs)
    if (outcome >= 0) return outcome
    if (outcome === -constants.errno.ENOSYS || outcome === -constants.errno.EPERM) {
      this.waitsOnAll = false
      return this.#waitOnFirst(timeoutNs)
    }
    return requireSuccess(outcome, () => ({ call: 'futex_waitv', attempted: 'wait for words of shared memory' }))
  }

  #waitOnFirst(timeoutNs: number): WaitOutcome {
    if (timeoutNs === Number.POSITIVE_INFINITY && this.#words.length > 1) {
      const next = 'give the wait an end, or use Linux 5.16 or later'
      throw new HostError({ call: 'futex_waitv', errno: 'ENOSYS', attempted: 'wait for several words for ever', next })
    }
    return this.#words[0]!.wait(this.#request[1]!, timeoutNs)
  }
}
