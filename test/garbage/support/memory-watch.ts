import { readFileSync } from 'node:fs'
import { IO_COUNTERS, IoCounterSlot } from '../../../kernels/loop/regions.ts'
import { readCounters } from '../../../kernels/region/counters.ts'
import type { Region } from '../../../kernels/region/region.ts'
import { openReadOnlyRegion } from '../../../kernels/region/shared.ts'

const KERNELS = ['io', 'strategy', 'storage'] as const
const SAMPLE_MS = 50

/** Anonymous resident memory of one kernel, in bytes, from a quarter of the input on. */
export interface MemoryRise {
  readonly atQuarterBytes: number
  readonly lastBytes: number
  readonly lastFraction: number
}

/** Looks at the kernels of an instance from outside, while they run. */
export class MemoryWatch {
  readonly rises = new Map<string, MemoryRise>()
  readonly #instance: string
  readonly #regions = new Map<string, Region>()
  readonly #timer: NodeJS.Timeout

  constructor(instance: string) {
    this.#instance = instance
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #sample(): void {
    try {
      const io = this.#regionOf('io')
      const fraction = readCounters(io.buffer, io.offsetOf('counters'))[IO_COUNTERS[IoCounterSlot.progress]!] ?? 0
      if (fraction < 0.25) return
      for (const kernel of KERNELS) {
        const bytes = readRssAnonBytes(this.#regionOf(kernel).ownerPid)
        if (bytes === 0) continue
        const atQuarterBytes = this.rises.get(kernel)?.atQuarterBytes ?? bytes
        this.rises.set(kernel, { atQuarterBytes, lastBytes: bytes, lastFraction: fraction })
      }
    } catch {
      // Not there yet, or no more: looked at again in a moment.
    }
  }

  /** Mapped once: a mapping lasts as long as its process may need it. */
  #regionOf(kernel: string): Region {
    const known = this.#regions.get(kernel)
    if (known !== undefined) return known
    const region = openReadOnlyRegion(this.#pathOf(kernel))
    this.#regions.set(kernel, region)
    return region
  }

  #pathOf(kernel: string): string {
    return `/dev/shm/xk-${this.#instance}/${kernel}.region`
  }
}

function readRssAnonBytes(pid: number): number {
  const found = /RssAnon:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return found === null ? 0 : Number(found[1]) * 1024
}
