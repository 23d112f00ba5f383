import vm from 'node:vm'

/**
 * Calls a function that may never return, and ends whatever it does, in any context of V8, when the time is over.
 * @throws what it throws; Error with code ERR_SCRIPT_EXECUTION_TIMEOUT when the time is over
 */
export function callWithin<T>(limitMs: number, call: () => T): T {
  return vm.runInNewContext('call()', { call }, { timeout: limitMs }) as T
}
