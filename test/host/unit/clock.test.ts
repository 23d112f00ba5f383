import { join } from 'node:path'
import { getHeapStatistics } from 'node:v8'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  adoptClock,
  type ClockFacts,
  clockErrorNs,
  clockFacts,
  monotonicNs,
  realtimeNow,
  STAMP_SLOTS_MAX,
  StampClock,
} from '../../../kernels/host/clock.ts'
import { monotonicCalibration } from '../../../kernels/host/clock-calibration.ts'
import { yieldCore } from '../../../kernels/host/cores.ts'
import { Word } from '../../../kernels/host/futex.ts'
import { mapOwnedRegion, mapReadOnlyRegion, unmapRegion } from '../../../kernels/host/memory.ts'
import { buildChild, Child, removeChild } from '../support/child.ts'
import { makeRegionFolder, thrownBy } from '../support/folder.ts'

const folder = makeRegionFolder()
beforeAll(buildChild)
afterAll(removeChild)

test('Stamps never run backwards', () => {
  const clock = new StampClock(new Float64Array(2))
  clock.stamp(0)
  for (let i = 0; i < 100_000; i++) {
    clock.stamp(1)
    if (clock.target[1]! < clock.target[0]!) expect.fail(`${clock.target[1]} after ${clock.target[0]}`)
    clock.target[0] = clock.target[1]!
  }
  clock.release()
})

test('A stamp lies on the line of CLOCK_MONOTONIC, within the error that the facts state', () => {
  const clock = new StampClock(new Float64Array(1))
  const facts = clockFacts()
  const before = monotonicNs()
  clock.stamp(0)
  const after = monotonicNs()
  // NTP may slew CLOCK_MONOTONIC by 500 ppm of what has passed since the anchor.
  const sinceAnchorNs = facts.source === 'tsc' ? after - facts.anchorNs : 0
  const toleranceNs = facts.anchorErrorNs + ((facts.frequencyErrorPpm + 500) * sinceAnchorNs) / 1e6
  expect(clock.target[0]).toBeGreaterThanOrEqual(before - toleranceNs)
  expect(clock.target[0]).toBeLessThanOrEqual(after + toleranceNs)
  clock.release()
})

test.each(['adopted', 'own'])('Stamps of two processes are in causal order, calibration %s', async (kind) => {
  const mine = mapOwnedRegion(join(folder, `${kind}-parent`), 4096)
  const facts = clockFacts()
  const rounds = 2000
  const child = new Child('stampInTurn', {
    own: join(folder, `${kind}-child`),
    other: mine.path,
    rounds,
    calibration: kind === 'adopted' ? facts : null,
  })
  const theirFacts = await child.next<ClockFacts>()
  const theirs = mapReadOnlyRegion(join(folder, `${kind}-child`))
  const stamps = new StampClock(new Float64Array(mine.buffer, 64, 2))
  const turn = new Int32Array(mine.buffer, 0, 1)
  const done = new Int32Array(theirs.buffer, 0, 1)
  const answer = new Float64Array(theirs.buffer, 64, 1)
  let toleranceNs = 0
  if (kind === 'adopted') expect(theirFacts).toEqual(facts)
  else {
    const apartNs = Math.abs(theirFacts.anchorNs - facts.anchorNs) + 10e9
    const ratePpm = facts.frequencyErrorPpm + theirFacts.frequencyErrorPpm + 500
    toleranceNs = facts.anchorErrorNs + theirFacts.anchorErrorNs + (ratePpm * apartNs) / 1e6
  }
  let violations = 0
  for (let round = 1; round <= rounds; round++) {
    stamps.stamp(0)
    Atomics.store(turn, 0, round)
    while (Atomics.load(done, 0) !== round) yieldCore()
    stamps.stamp(1)
    const between = stamps.target[0]! - toleranceNs <= answer[0]! && answer[0]! <= stamps.target[1]! + toleranceNs
    if (!between) violations++
  }
  expect(violations).toBe(0)
  await child.ended
  unmapRegion(theirs)
  unmapRegion(mine)
})

test('A clock of the kernel serves where the counter cannot', () => {
  const facts = clockFacts()
  adoptClock(monotonicCalibration)
  expect(clockFacts()).toMatchObject({ source: 'clock_gettime', ticksPerSecond: 1e9 })
  const clock = new StampClock(new Float64Array(1))
  const before = monotonicNs()
  clock.stamp(0)
  expect(clock.target[0]).toBeGreaterThanOrEqual(before)
  expect(clock.target[0]).toBeLessThanOrEqual(monotonicNs())
  adoptClock(facts)
  expect(clockFacts()).toEqual(facts)
  clock.release()
})

test('The facts tell the source, and are plain data that another process can adopt', () => {
  const facts = clockFacts()
  expect(['tsc', 'clock_gettime']).toContain(facts.source)
  expect(facts.ticksPerSecond).toBeGreaterThan(1e8)
  expect(JSON.parse(JSON.stringify(facts))).toEqual(facts)
  expect(() => adoptClock({ ...facts, nsPerTick: 0 })).toThrow(RangeError)
  expect(() => adoptClock({ ...facts, anchorTicksLow: 2 ** 32 })).toThrow(RangeError)
})

test('Each clock writes into its own slots only, and nowhere once it is released or unmapped', () => {
  const first = new StampClock(new Float64Array(4))
  const second = new StampClock(new Float64Array(4))
  first.stamp(3)
  expect([...first.target].map((value) => value > 0)).toEqual([false, false, false, true])
  expect([...second.target]).toEqual([0, 0, 0, 0])
  expect(() => first.stamp(4)).toThrow(RangeError)
  expect(() => first.stamp(-1)).toThrow(RangeError)
  first.release()
  first.stamp(0)
  expect(first.target[0]).toBe(0)
  second.release()

  const region = mapOwnedRegion(join(folder, 'gone'), 4096)
  const third = new StampClock(new Float64Array(region.buffer))
  third.stamp(511)
  unmapRegion(region)
  third.stamp(511)
  // Its handle is given back now, not when the memory went: the next clock must not lose its own by that.
  const fourth = new StampClock(new Float64Array(1))
  third.release()
  fourth.stamp(0)
  expect(fourth.target[0]).toBeGreaterThan(0)
  fourth.release()
})

test('Two threads stamp at once, each into its own target', async () => {
  const addon = process.env.XK_HOST_ADDON ?? new URL('../../../build/crosskernel_host.node', import.meta.url).pathname
  const shared = new SharedArrayBuffer(16)
  const worker = new Worker(
    `const { workerData } = require('node:worker_threads')
     const addon = require(workerData.addon)
     const request = new Int32Array(1)
     const slots = new Float64Array(2)
     const flags = new Int32Array(workerData.shared)
     addon.setStampRequest(request.buffer)
     request[0] = addon.registerStamps(new Uint8Array(slots.buffer), 0, 2) << 12 | 1
     Atomics.store(flags, 0, 1)
     while (Atomics.load(flags, 1) === 0) addon.stamp()
     Atomics.store(flags, 2, slots[0] === 0 && slots[1] > 0 ? 1 : 2)`,
    { eval: true, workerData: { addon, shared } },
  )
  const flags = new Int32Array(shared)
  const clock = new StampClock(new Float64Array(3))
  while (Atomics.load(flags, 0) === 0) await new Promise((resolve) => setTimeout(resolve, 1))
  for (let i = 0; i < 200_000; i++) clock.stamp(1)
  Atomics.store(flags, 1, 1)
  await new Promise((resolve) => worker.on('exit', resolve))
  expect(flags[2]).toBe(1)
  expect([...clock.target].map((value) => value > 0)).toEqual([false, true, false])
  clock.release()
})

test('Stamping, waking and yielding leave no garbage', () => {
  const clock = new StampClock(new Float64Array(2))
  const word = new Word(new SharedArrayBuffer(4), 0)
  let woken = 0
  const work = (rounds: number) => {
    for (let i = 0; i < rounds; i++) {
      clock.stamp(i & 1)
      woken += word.wake()
      if ((i & 15) === 0) yieldCore()
    }
  }
  work(50_000)
  const before = getHeapStatistics().used_heap_size
  // At 16 bytes a round, a boxed double would show as 3 MB: less than what starts a collection.
  work(200_000)
  expect(getHeapStatistics().used_heap_size - before).toBeLessThan(400_000)
  expect(woken).toBe(0)
  clock.release()
  word.release()
})

test('Registrations are bounded and can be had again', () => {
  expect(() => new StampClock(new Float64Array(STAMP_SLOTS_MAX + 1))).toThrow(RangeError)
  const clocks: StampClock[] = []
  const error = thrownBy(() => {
    while (clocks.length < 2000) clocks.push(new StampClock(new Float64Array(1)))
  })
  expect(error).toMatchObject({ errno: 'ENOMEM' })
  for (const clock of clocks) clock.release()
  new StampClock(new Float64Array(1)).release()
})

test('Real time is the same as the platform tells', () => {
  const { seconds, nanoseconds } = realtimeNow()
  expect(Math.abs(seconds - Math.floor(Date.now() / 1000))).toBeLessThan(60)
  expect(nanoseconds).toBeGreaterThanOrEqual(0)
  expect(nanoseconds).toBeLessThan(1e9)
})

test('the kernel says by how much its clock may be off: nothing to 16 s and what they become at 500 ppm', () => {
  const errorNs = clockErrorNs()
  expect(errorNs).toBeGreaterThanOrEqual(0)
  expect(errorNs).toBeLessThan(60e9)
})
