import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { MemoryReading } from '../../feeds/fuzz/memory-watch.ts'

/**
 * Tells what the process holds after garbage is collected. Some of it is given back only while the event loop turns: a reading
 * that is too high is to be taken again after that.
 */
export function createMemoryReader(): () => MemoryReading {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  return () => {
    // Array buffers are freed on other threads after a collection; the next one waits for them.
    collect()
    collect()
    const { heapUsed, external, rss } = process.memoryUsage()
    return { heapBytes: heapUsed, externalBytes: external, residentBytes: rss }
  }
}
