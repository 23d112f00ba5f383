import { planRegion, type RegionPlan } from '../../../kernels/region/layout.ts'
import { CursorLayout, ringSectionBytes } from '../../../kernels/ring/layout.ts'

/** Small, so that a second of traffic is thousands of laps. */
export const RING_BYTES = 1 << 16

/** Words of the director's `control` section. */
export enum Control {
  /** 1: the producer ends after its next batch. */
  StopProducer = 0,
  /** 1: `total` is final; readers end once they have everything. */
  IsFinal = 1,
  Count = 16,
}

/** What an actor tells of itself, as doubles of its `progress` section; survives its death. */
export enum Progress {
  /** First sequence that this life of a reader read; 0 before. */
  First = 0,
  /** Last sequence read or written. */
  Last = 1,
  Seen = 2,
  Lost = 3,
  /** Last sequence whose record is about to be given back: stored before the release. */
  Releasing = 4,
  /** The same, stored after the release. */
  Released = 5,
  /** 1 once the code that does the work was seen to run optimised. */
  IsOptimised = 6,
  /** How often it waited for room or for records. */
  Waits = 7,
  /** Epoch of the life that `First` and `Seen` speak of. */
  Epoch = 8,
  Count = 16,
}

export const DIRECTOR_PLAN: RegionPlan = planRegion([
  { name: 'control', bytes: Control.Count * 4 },
  { name: 'total', bytes: 8 },
  { name: 'membership', bytes: 64 },
])

export const PRODUCER_PLAN: RegionPlan = planRegion([
  { name: 'progress', bytes: Progress.Count * 8 },
  { name: 'ring', bytes: ringSectionBytes(RING_BYTES) },
])

export const READER_PLAN: RegionPlan = planRegion([
  { name: 'progress', bytes: Progress.Count * 8 },
  { name: 'cursor', bytes: CursorLayout.Bytes },
])

/** What each actor is told: where the regions are, and its part. */
export interface Part {
  readonly role: 'producer' | 'consumer' | 'observer'
  readonly folder: string
  /** Name of its own region. */
  readonly name: string
  /** Names of the regions of the gating consumers, in the order of their memberships. */
  readonly consumers: readonly string[]
  /** How a consumer begins. */
  readonly begin: 'resume' | 'join'
  /** Every so many records a reader rests, for up to this many ms; 0 for never. */
  readonly restEveryRecords: number
  readonly restMsMax: number
  /** An observer reads only when it is at least so far behind: at the edge of being overtaken. */
  readonly lagBytesMin: number
  readonly seed: number
}

/** Path of a region. */
export function regionPath(folder: string, name: string): string {
  return `${folder}/${name}.region`
}
