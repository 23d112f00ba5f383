import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Bytes above the least seen at which garbage is collected before they are believed. */
const GARBAGE_BYTES_MAX = 1 << 28

/** Tells how many bytes the process holds; what is garbage is collected before it counts. */
export function createMemoryProbe(): () => number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  let least = measure()
  return () => {
    let held = measure()
    if (held > least + GARBAGE_BYTES_MAX) {
      collect()
      held = measure()
    }
    least = Math.min(least, held)
    return held
  }
}

/** What Node calls external still counts buffers for a while after they are collected. */
function measure(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
