import type { RandomStream } from './random.ts'

const SECOND_NS = 1_000_000_000
const MINUTE_NS = 60 * SECOND_NS

export interface DayTimes {
  readonly startTimeNs: number
  readonly openTimeNs: number
  readonly closeTimeNs: number
  readonly endTimeNs: number
}

/** When each part of the day takes place, in nanoseconds since midnight; short days keep a full day's shape. */
export class DaySchedule {
  readonly startNs: number
  readonly directoryNs: number
  readonly systemHoursNs: number
  /** Orders come in from here on, before it only a few at long intervals. */
  readonly buildNs: number
  readonly openImbalanceNs: number
  readonly openNs: number
  readonly closeImbalanceNs: number
  readonly closeNs: number
  readonly teardownNs: number
  readonly teardownEndNs: number
  readonly lateEndNs: number
  readonly systemHoursEndNs: number
  readonly endNs: number

  constructor(times: DayTimes) {
    const before = times.openTimeNs - times.startTimeNs
    const trading = times.closeTimeNs - times.openTimeNs
    const after = times.endTimeNs - times.closeTimeNs
    this.startNs = times.startTimeNs
    this.directoryNs = Math.floor(times.startTimeNs + before * 0.02)
    this.systemHoursNs = Math.floor(times.startTimeNs + before * 0.1)
    this.buildNs = Math.floor(times.startTimeNs + before * 0.35)
    this.openImbalanceNs = Math.floor(times.openTimeNs - Math.min(2 * MINUTE_NS, before * 0.3))
    this.openNs = times.openTimeNs
    this.closeImbalanceNs = Math.floor(times.closeTimeNs - Math.min(10 * MINUTE_NS, trading * 0.15))
    this.closeNs = times.closeTimeNs
    this.teardownNs = Math.floor(times.closeTimeNs + after * 0.1)
    this.teardownEndNs = Math.floor(times.closeTimeNs + after * 0.5)
    this.lateEndNs = Math.floor(times.closeTimeNs + after * 0.9)
    this.systemHoursEndNs = Math.floor(times.closeTimeNs + after * 0.95)
    this.endNs = times.endTimeNs
  }
}

/** How the messages of a part of the day spread over it: equal slices of time, each with a weight. */
export type Profile = Float64Array

/** Slices of about two seconds, within bounds that keep any day's profile small. */
function countSlices(spanNs: number): number {
  return Math.max(32, Math.min(4_000, Math.floor(spanNs / (2 * SECOND_NS))))
}

/** Continuous trading: busy after the open, quiet at noon, busiest before the close, uneven throughout. */
export function drawTradingProfile(random: RandomStream, spanNs: number): Profile {
  const profile = new Float64Array(countSlices(spanNs))
  for (let i = 0; i < profile.length; i++) {
    const x = (i + 0.5) / profile.length
    const edge = (2 * x - 1) * (2 * x - 1)
    const unevenness = 0.3 + 1.5 * random.unit() * random.unit() + (random.bits(5) === 0 ? 2 : 0)
    profile[i] = (0.5 + 1.6 * edge * edge + 1 / (1 + 60 * x)) * unevenness
  }
  return profile
}

/** Before the open: a trickle with gaps at first, then ever more. */
export function drawBuildProfile(random: RandomStream, spanNs: number): Profile {
  const profile = new Float64Array(countSlices(spanNs))
  for (let i = 0; i < profile.length; i++) {
    const x = (i + 0.5) / profile.length
    const isGap = x < 0.4 && random.bits(2) < 2
    profile[i] = isGap ? 0 : (0.02 + x * x) * (0.5 + random.unit())
  }
  return profile
}

/** After the close: the day's remaining orders are deleted, most of them at first. */
export function drawTeardownProfile(random: RandomStream, spanNs: number): Profile {
  const profile = new Float64Array(countSlices(spanNs))
  for (let i = 0; i < profile.length; i++) {
    const x = (i + 0.5) / profile.length
    profile[i] = (1.05 - x) * (0.5 + random.unit())
  }
  return profile
}

/** Things that happen at set times, in order of time. */
export class Agenda {
  private readonly entries: { timeNs: number; run: () => void }[] = []
  private next = 0
  private isSorted = true

  add(timeNs: number, run: () => void): void {
    this.entries.push({ timeNs: Math.floor(timeNs), run })
    this.isSorted = false
  }

  /** Time of the next entry, or infinity. */
  nextNs(): number {
    this.sort()
    return this.next < this.entries.length ? this.entries[this.next]!.timeNs : Number.POSITIVE_INFINITY
  }

  /** Takes the next entry off the agenda and runs it. */
  runNext(): void {
    this.sort()
    this.entries[this.next++]!.run()
  }

  private sort(): void {
    if (this.isSorted) return
    // Stable by specification since ES2019, so entries of one time keep their order on every engine.
    this.entries.sort((a, b) => a.timeNs - b.timeNs)
    this.isSorted = true
  }
}
