import { GCProfiler } from 'node:v8'

/** Counts garbage collections between its construction and `stop`; needs no event loop. */
export class GarbageWatch {
  readonly #profiler = new GCProfiler()

  constructor() {
    this.#profiler.start()
  }

  /** @returns how many collections there were, of any kind */
  stop(): number {
    return this.#profiler.stop().statistics.length
  }
}
