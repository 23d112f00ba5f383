import { planRegion } from '../region/layout.ts'
import { CursorLayout, ringSectionBytes } from '../ring/layout.ts'

/** 32 bytes of header and four doubles. */
export const RECORD_BYTES = 64
/**
 * The appliance's own default. Measured: a ring that fits the second-level cache is slower, 48 million records a second
 * against 90, because the reader then takes every line out of the writer's cache instead of finding it in the shared one.
 */
const RING_BYTES = 1 << 24

/** Words of the leader's `control` section. */
export enum Control {
  /** Number of the task under way; the follower answers with it in its own section when it is ready. */
  Serial = 0,
  Task = 1,
  Records = 2,
  Ball = 3,
  Count = 16,
}

/** What the two processes do next. */
export enum Task {
  PingPong = 1,
  Stream = 2,
  /** A word of each control section sent to and fro: what the host can do at best. */
  Bare = 3,
  End = 4,
}

/** Each process owns one region: its ring, its cursor on the other's ring, its control words. */
export const BENCH_PLAN = planRegion([
  { name: 'control', bytes: Control.Count * 4 },
  { name: 'gating', bytes: 64 },
  { name: 'cursor', bytes: CursorLayout.Bytes },
  { name: 'ring', bytes: ringSectionBytes(RING_BYTES) },
])

export { RING_BYTES }

/** What the parent tells each of the two processes. */
export interface BenchLaunch {
  readonly isLeader: boolean
  readonly own: string
  readonly other: string
  readonly core: number
  /** Whether both run on one core: then nobody may spin. */
  readonly isShared: boolean
  readonly rounds: number
  readonly roundTrips: number
  readonly streamRecords: number
}

/** What one round measured. */
export interface RoundFacts {
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly p999: number
  readonly max: number
  readonly recordsPerSecond: number
  /** Mean round trip of bare atomics. */
  readonly bareNs: number
}
