import { planRegion } from '../../../kernels/region/layout.ts'

export const PAYLOAD_DOUBLES = 64
export const SLOTS = 512

/** Each on a cache line of its own. */
export enum MemoryWord {
  Round = 0,
  Tail = 16,
  Claim = 32,
}

export const MEMORY_PLAN = planRegion([
  { name: 'words', bytes: 256 },
  { name: 'payload', bytes: PAYLOAD_DOUBLES * 8 },
  { name: 'slots', bytes: SLOTS * 64 },
  { name: 'seen', bytes: SLOTS * 4 },
])

/** What an actor is told. */
export interface MemoryPart {
  readonly isFirst: boolean
  readonly own: string
  readonly other: string
  readonly messageRounds: number
  readonly storeRounds: number
}

/** What an actor found. */
export interface MemoryFacts {
  /** Reads that saw a message older than the tail said, or newer than the claim said. */
  wrongReads: number
  /** Slots in which neither actor saw the other's atomic store. */
  neither: number
  /** The same with plain stores, which the processor may delay: not wrong, it shows that the harness would notice. */
  neitherPlainly: number
  isOptimised: boolean
}
