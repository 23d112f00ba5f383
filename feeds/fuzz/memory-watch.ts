/** What the process holds, in bytes, after garbage was collected. */
export interface MemoryReading {
  /** JavaScript objects. */
  readonly heapBytes: number
  /** Array buffers, and what native code (zlib) says that it holds for JavaScript. */
  readonly externalBytes: number
  /** Resident memory of the process, whoever holds it. */
  readonly residentBytes: number
}

/**
 * How much more a target may hold after any number of mutations than after its first: what it remembers lives for one epoch, and
 * is garbage when the reading is taken. Resident memory moves with what the allocator and the compiler keep for later, hence its
 * wider bound. Policy: more is a fault.
 */
export const GROWTH_BYTES_MAX: MemoryReading = {
  heapBytes: 16 << 20,
  externalBytes: 16 << 20,
  residentBytes: 256 << 20,
}

const NAMES: Readonly<Record<keyof MemoryReading, string>> = {
  heapBytes: 'heap',
  externalBytes: 'external memory',
  residentBytes: 'resident memory',
}

/** Compares readings with the first one. A reading that is refused does not count: what has ended may be given back late. */
export class MemoryWatch {
  readonly #read: () => MemoryReading
  #first: MemoryReading | undefined
  /** The most that each measure grew by. */
  readonly growth: { -readonly [K in keyof MemoryReading]: number } = {
    heapBytes: 0,
    externalBytes: 0,
    residentBytes: 0,
  }

  /** @param read collects garbage and tells what is left */
  constructor(read: () => MemoryReading) {
    this.#read = read
  }

  /** Takes a reading. @returns what has grown beyond its bound, undefined if nothing */
  check(): string | undefined {
    const now = this.#read()
    this.#first ??= now
    for (const key of ['heapBytes', 'externalBytes', 'residentBytes'] as const) {
      const more = now[key] - this.#first[key]
      if (more > GROWTH_BYTES_MAX[key])
        return `${NAMES[key]} grew by ${more} bytes, of ${GROWTH_BYTES_MAX[key]} allowed`
    }
    for (const key of ['heapBytes', 'externalBytes', 'residentBytes'] as const) {
      this.growth[key] = Math.max(this.growth[key], now[key] - this.#first[key])
    }
    return undefined
  }
}
