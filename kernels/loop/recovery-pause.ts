import { setTimeout as sleep } from 'node:timers/promises'
import { ExitCode, XkError } from '../host/xk-error.ts'
import { ControlWord, StopRequest } from './regions.ts'
import { isOrphaned } from './supervisor-life.ts'

const PAUSE_MS = 1

/**
 * How a restarted kernel waits for the others while it recovers, before its loop turns.
 * @param control the supervisor's control words
 * @returns a function that gives the others a moment; it throws an XkError once another kernel, or the supervisor, is lost
 *   for good: what it waits for would never come
 */
export function createRecoveryPause(control: Int32Array): () => Promise<void> {
  return async () => {
    await sleep(PAUSE_MS)
    const isLost = Atomics.load(control, ControlWord.Stop) === StopRequest.KernelLost
    if (!isLost && !isOrphaned()) return
    throw new XkError({
      code: 'recovery-abandoned',
      what: `${isLost ? 'another kernel' : 'the supervisor'} was lost while this one recovered`,
      next: 'the journal holds everything up to then: xk journal verify',
      exitCode: ExitCode.Kernel,
    })
  }
}
