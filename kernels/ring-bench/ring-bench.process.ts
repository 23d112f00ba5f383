/**
 * One of the two processes of the ring benchmark: `ring-bench.process LAUNCH`, with the `BenchLaunch` as JSON. The leader
 * tells the follower what to do next, measures, and prints its rounds as a line of JSON.
 * @module
 */
import { writeSync } from 'node:fs'
import { monotonicNs, StampClock } from '../host/clock.ts'
import { pinThread } from '../host/cores.ts'
import { HostError } from '../host/errors.ts'
import type { Region } from '../region/region.ts'
import { createOwnedRegion, openReadOnlyRegion } from '../region/shared.ts'
import { BENCH_PLAN, type BenchLaunch, Control, type RoundFacts, Task } from './plan.ts'
import { BenchSide, formatBenchRing } from './side.ts'
import { ping, pingBare, pong, pongBare, readStream, writeStream } from './tasks.ts'

const OPEN_RETRIES_MAX = 5000
const STAMPS = 4096

async function openOther(path: string): Promise<Region> {
  for (let retry = 0; ; retry++) {
    try {
      const region = openReadOnlyRegion(path)
      // The ring is formatted before the state is set.
      if (region.state !== 0) return region
    } catch (error) {
      if (retry === OPEN_RETRIES_MAX) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

function percentile(sorted: Float64Array, fraction: number): number {
  return sorted[Math.max(1, Math.ceil(sorted.length * fraction)) - 1]!
}

/** Round trips in ns, each from one stamp to the next; the stamp's own cost (some 20 ns) is part of the trip. */
function measureRoundTrips(side: BenchSide, trips: number): Omit<RoundFacts, 'recordsPerSecond' | 'bareNs'> {
  const stamps = new Float64Array(STAMPS)
  const clock = new StampClock(stamps)
  const times = new Float64Array(trips)
  ping(side, trips, (trip) => {
    const slot = trip & (STAMPS - 1)
    clock.stamp(slot)
    if (trip > 0) times[trip - 1] = stamps[slot]! - stamps[(trip - 1) & (STAMPS - 1)]!
  })
  clock.release()
  times.sort()
  return {
    p50: percentile(times, 0.5),
    p90: percentile(times, 0.9),
    p99: percentile(times, 0.99),
    p999: percentile(times, 0.999),
    max: times.at(-1)!,
  }
}

function begin(side: BenchSide, serial: number, task: Task, records: number): void {
  side.ownControl[Control.Task] = task
  side.ownControl[Control.Records] = records
  Atomics.store(side.ownControl, Control.Serial, serial)
  side.await(Control.Serial, serial)
}

function timeNs(act: () => void): number {
  const startNs = monotonicNs()
  act()
  return monotonicNs() - startNs
}

/** The first round of each kind is warm-up; afterwards they alternate. */
function lead(side: BenchSide, launch: BenchLaunch): void {
  const { roundTrips, streamRecords } = launch
  const rounds: RoundFacts[] = []
  let serial = 0
  for (let round = 0; round <= launch.rounds; round++) {
    begin(side, ++serial, Task.PingPong, roundTrips)
    const trips = measureRoundTrips(side, roundTrips)
    begin(side, ++serial, Task.Stream, streamRecords)
    const streamNs = timeNs(() => {
      writeStream(side, streamRecords)
      while (side.producer.heldBytes() > 0) side.pause()
    })
    Atomics.store(side.ownControl, Control.Ball, 0)
    begin(side, ++serial, Task.Bare, roundTrips)
    const bareNs = timeNs(() => pingBare(side, roundTrips)) / roundTrips
    if (round > 0) rounds.push({ ...trips, recordsPerSecond: (streamRecords / streamNs) * 1e9, bareNs })
  }
  begin(side, ++serial, Task.End, 0)
  writeSync(1, `${JSON.stringify(rounds)}\n`)
}

function follow(side: BenchSide): void {
  for (let serial = 1; ; serial++) {
    side.await(Control.Serial, serial)
    const task: Task = side.otherControl[Control.Task]!
    const records = side.otherControl[Control.Records]!
    Atomics.store(side.ownControl, Control.Ball, 0)
    Atomics.store(side.ownControl, Control.Serial, serial)
    if (task === Task.PingPong) pong(side, records)
    else if (task === Task.Stream) readStream(side, records)
    else if (task === Task.Bare) pongBare(side, records)
    else return
  }
}

const launch: BenchLaunch = JSON.parse(process.argv[2] ?? '')
const own = createOwnedRegion(launch.own, BENCH_PLAN, { kernel: 'ring-bench', instance: `${process.ppid}` })
formatBenchRing(own)
own.state = 1
const other = await openOther(launch.other)
try {
  pinThread([launch.core])
} catch (error) {
  if (!(error instanceof HostError)) throw error
  writeSync(2, `${error.message}\n`)
}
const side = new BenchSide(own, other, launch.isShared)
if (launch.isLeader) lead(side, launch)
else follow(side)
