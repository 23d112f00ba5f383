import { errnoNameOf } from '../../storage/journal/errors.ts'

/** What is to be done about the free space of the journal's disk, from good to bad; `lost` where it cannot be read. */
const VERDICTS = ['enough', 'warn', 'halt', 'lost'] as const
export type DiskVerdict = (typeof VERDICTS)[number]

export interface DiskLimits {
  readonly warnBytes: number
  /** 0 for never. */
  readonly haltBytes: number
}

/** Free bytes of the file system that holds a path, for whoever is no superuser. */
export type FreeBytes = (path: string) => number

/**
 * Looks at the free space of the journal's disk now and then: the session is to end in order while there is still room for its
 * end, and not by a refused write. A segment is preallocated, so what is free shrinks in steps of one.
 */
export class DiskGuard {
  freeBytes = Number.POSITIVE_INFINITY
  /** The errno name with which it was lost. */
  fault = ''
  readonly #path: string
  readonly #limits: DiskLimits
  readonly #readFree: FreeBytes
  readonly #intervalMs: number
  #nextLookMs = Number.NEGATIVE_INFINITY
  #verdict: DiskVerdict = 'enough'

  constructor(path: string, limits: DiskLimits, readFree: FreeBytes, intervalMs: number) {
    this.#path = path
    this.#limits = limits
    this.#readFree = readFree
    this.#intervalMs = intervalMs
  }

  /** @returns the verdict when it has become worse since the last look */
  look(nowMs: number): Exclude<DiskVerdict, 'enough'> | undefined {
    if (nowMs < this.#nextLookMs) return undefined
    this.#nextLookMs = nowMs + this.#intervalMs
    const before = this.#verdict
    this.#verdict = this.#judge()
    if (this.#verdict === 'enough' || VERDICTS.indexOf(this.#verdict) <= VERDICTS.indexOf(before)) return undefined
    return this.#verdict
  }

  #judge(): DiskVerdict {
    try {
      this.freeBytes = this.#readFree(this.#path)
    } catch (error) {
      this.fault = errnoNameOf(error)
      return 'lost'
    }
    if (this.freeBytes < this.#limits.haltBytes) return 'halt'
    return this.freeBytes < this.#limits.warnBytes ? 'warn' : 'enough'
  }
}
