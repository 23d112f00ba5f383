import { Script } from 'node:vm'

const SLOT = '__xkBoundedWork'
const script = new Script(`globalThis.${SLOT}()`)

/**
 * Runs work on this thread, and ends it from another one when it does not come back.
 * @throws what the work throws; an Error with the code ERR_SCRIPT_EXECUTION_TIMEOUT after `timeoutMs`
 */
export function runBounded(work: () => void, timeoutMs: number): void {
  const slots = globalThis as Record<string, unknown>
  slots[SLOT] = work
  try {
    script.runInThisContext({ timeout: timeoutMs })
  } finally {
    delete slots[SLOT]
  }
}
