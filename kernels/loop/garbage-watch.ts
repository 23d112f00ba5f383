import { GCProfiler, getHeapStatistics } from 'node:v8'

/** What the garbage collector had to do while a kernel's loop turned. */
export interface GarbageFacts {
  /** Of any kind. */
  readonly collections: number
  /** Bytes in use on the heap at the end, less those at the start; negative when a collection freed more. */
  readonly heapGrowthBytes: number
}

/** Counts garbage collections, and measures the heap, between its construction and `stop`; needs no event loop. */
export class GarbageWatch {
  readonly #profiler = new GCProfiler()
  readonly #usedBytes: number

  constructor() {
    this.#profiler.start()
    this.#usedBytes = getHeapStatistics().used_heap_size
  }

  stop(): GarbageFacts {
    const heapGrowthBytes = getHeapStatistics().used_heap_size - this.#usedBytes
    return { collections: this.#profiler.stop().statistics.length, heapGrowthBytes }
  }
}
