/**
 * The ring across real processes, with optimised code, on every Node that is here.
 *
 * Acceptable outcomes:
 * - a gating consumer reads every record from its first one to the last published, each once, whole, in order;
 * - its successor, where the membership kept the dead cursor gating, begins with the first record that was not given
 *   back: the one after `Releasing` or after `Released`, whichever the death came behind;
 * - its successor, where the membership was raised, begins behind what was published when it joined;
 * - a consumer that joins late reads from some record on, then as above;
 * - a new producer goes on with the sequence after the last published one; nobody sees what the dead one had not published;
 * - an observer reads whole records in ascending order, and read and lost add up to all that was published.
 * Anything else (a torn record, a gap, a repetition, a hang) fails: an actor stops at the first one and says which.
 *
 * Longer: XK_LITMUS_FACTOR=20 npx vitest run test/litmus
 */
import { afterEach, describe, expect, test } from 'vitest'
import { type Actor, makeRandom, until } from './support/actor.ts'
import { findNodes, LITMUS_FACTOR } from './support/nodes.ts'
import { Progress, RING_BYTES } from './support/stage.ts'
import { Theatre } from './support/theatre.ts'

const RECORDS = 2_000_000 * LITMUS_FACTOR
const DEATHS = 6 * LITMUS_FACTOR
/** An observer at the edge stays within this of being overtaken: records and the step by which the claim runs ahead. */
const EDGE_BYTES = RING_BYTES - 6 * 1024
/** More than a lap. */
const SEEN_MIN = 1000
const STOPS = 3 * LITMUS_FACTOR
const DEADLINE_MS = 60_000 * LITMUS_FACTOR
/** Every sequence of harm follows from it. */
const SEED = Number(process.env.XK_SEED ?? Math.floor(Math.random() * 2 ** 31))

let theatre: Theatre | undefined
afterEach(async () => {
  await theatre?.close()
  theatre = undefined
})

/** Lets things go on for a while: a random time of up to `msMax`. */
function sleepUpTo(msMax: number, random: (limit: number) => number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, random(msMax)))
}

async function untilPublished(stage: Theatre, moreLaps: number, needed: readonly Actor[]): Promise<void> {
  const goal = stage.laps() + moreLaps
  await until(() => stage.laps() >= goal, needed)
}

/** However seldom an observer gets a turn, it gets to read: one that never does was told that it is overtaken without need. */
async function untilSeen(stage: Theatre, observer: string, needed: readonly Actor[]): Promise<void> {
  const { [Progress.Seen]: before } = stage.progress(observer)
  await until(() => stage.progress(observer)[Progress.Seen]! >= before! + SEEN_MIN, needed)
}

function expectComplete(stage: Theatre, consumer: string, total: number, first?: number): void {
  const progress = stage.progress(consumer)
  expect(progress[Progress.Last]).toBe(total)
  expect(progress[Progress.Seen]).toBe(total - progress[Progress.First]! + 1)
  if (first !== undefined) expect(progress[Progress.First]).toBe(first)
}

describe.each(findNodes())('on Node $version (V8 $v8), replayed by XK_SEED=%j'.replace('%j', `${SEED}`), (node) => {
  test('two processes: every record arrives once, whole and in order', { timeout: DEADLINE_MS }, async () => {
    theatre = new Theatre(node, ['reader'], [])
    theatre.setMembership('reader', 1)
    const reader = theatre.start('consumer', 'reader', { seed: SEED })
    await until(() => theatre!.region('reader').viewWords('cursor')[0] !== 0, [reader])
    const producer = theatre.start('producer', 'producer')
    // V8 compiles on a thread of its own, which two spinning actors may starve for millions of records.
    const areOptimised = () => ['producer', 'reader'].every((who) => theatre!.progress(who)[Progress.IsOptimised] === 1)
    await until(areOptimised, [producer, reader])
    const goal = theatre.progress('producer')[Progress.Last]! + RECORDS
    await until(() => theatre!.progress('producer')[Progress.Last]! >= goal, [producer, reader])
    const total = await theatre.finish(producer, [reader])
    expectComplete(theatre, 'reader', total, 1)
  })

  test('a slow and a late consumer miss nothing, a stopped observer counts its losses', {
    timeout: DEADLINE_MS,
  }, async () => {
    const stage = new Theatre(node, ['slow', 'late'], ['observer', 'edge'])
    theatre = stage
    stage.setMembership('slow', 1)
    stage.setMembership('late', 1)
    const slow = stage.start('consumer', 'slow', { restEveryRecords: 100_000, restMsMax: 5, seed: SEED })
    await until(() => stage.region('slow').viewWords('cursor')[0] !== 0, [slow])
    const observer = stage.start('observer', 'observer', { seed: SEED })
    const edge = stage.start('observer', 'edge', { lagBytesMin: EDGE_BYTES })
    const producer = stage.start('producer', 'producer')
    await untilPublished(stage, 10, [producer, slow, observer])
    const late = stage.start('consumer', 'late', { begin: 'join', seed: SEED + 1 })
    const everyone = [producer, slow, observer, late, edge]
    await until(() => stage.progress('late')[Progress.Seen]! > 0, everyone)
    for (let stop = 0; stop < STOPS; stop++) {
      observer.signal('SIGSTOP')
      await untilPublished(stage, 20, [producer, slow, late])
      observer.signal('SIGCONT')
      await untilPublished(stage, 20, everyone)
    }
    await untilSeen(stage, 'observer', everyone)
    await untilSeen(stage, 'edge', everyone)
    const total = await stage.finish(producer, [slow, late, observer, edge])
    expectComplete(stage, 'slow', total, 1)
    expectComplete(stage, 'late', total)
    expect(stage.progress('late')[Progress.First]).toBeGreaterThan(1)
    for (const who of ['observer', 'edge']) {
      const seen = stage.progress(who)
      expect(seen[Progress.Seen]! + seen[Progress.Lost]!).toBe(total)
    }
    expect(stage.progress('observer')[Progress.Lost]).toBeGreaterThan(0)
  })

  test('consumers killed anywhere are succeeded without loss or repetition', { timeout: DEADLINE_MS }, async () => {
    const random = makeRandom(SEED)
    const stage = new Theatre(node, ['mortal', 'steady'], [])
    theatre = stage
    stage.setMembership('mortal', 1)
    stage.setMembership('steady', 1)
    const steady = stage.start('consumer', 'steady', { seed: SEED })
    let mortal = stage.start('consumer', 'mortal', { seed: SEED })
    const begun = (who: string) => stage.region(who).viewWords('cursor')[0] !== 0
    await until(() => begun('mortal') && begun('steady'), [steady, mortal])
    const producer = stage.start('producer', 'producer')
    const progress = stage.progress('mortal')
    for (let death = 0; death < DEATHS; death++) {
      await until(() => progress[Progress.Epoch] === stage.region('mortal').epoch, [producer, steady, mortal])
      await sleepUpTo(40, random)
      await mortal.kill()
      const bounds = [progress[Progress.Released]! + 1, progress[Progress.Releasing]! + 1]
      const { epoch } = stage.region('mortal')
      const begin = random(2) === 0 ? 'resume' : 'join'
      if (begin === 'join') {
        stage.setMembership('mortal', epoch + 1)
        await untilPublished(stage, 3, [producer, steady])
        bounds.splice(0, 2, stage.progress('steady')[Progress.Released]!, Number.POSITIVE_INFINITY)
      } else await sleepUpTo(20, random)
      mortal = stage.start('consumer', 'mortal', { begin, seed: SEED + death })
      await until(() => progress[Progress.Epoch]! > epoch, [producer, steady, mortal])
      expect(progress[Progress.First]).toBeGreaterThanOrEqual(bounds[0]!)
      expect(progress[Progress.First]).toBeLessThanOrEqual(bounds[1]!)
    }
    const total = await stage.finish(producer, [mortal, steady])
    expectComplete(stage, 'steady', total, 1)
    expectComplete(stage, 'mortal', total)
  })

  test('producers killed in mid-write are succeeded without loss or repetition', { timeout: DEADLINE_MS }, async () => {
    const random = makeRandom(SEED)
    const stage = new Theatre(node, ['reader'], ['observer'])
    theatre = stage
    stage.setMembership('reader', 1)
    const reader = stage.start('consumer', 'reader', { seed: SEED })
    await until(() => stage.region('reader').viewWords('cursor')[0] !== 0, [reader])
    const observer = stage.start('observer', 'observer', { seed: SEED })
    let producer = stage.start('producer', 'producer')
    for (let death = 0; death < DEATHS; death++) {
      await untilPublished(stage, 2, [producer, reader, observer])
      await sleepUpTo(30, random)
      await producer.kill()
      const { epoch } = stage.region('producer')
      expect(stage.published().sequence).toBeGreaterThan(0)
      producer = stage.start('producer', 'producer')
      await until(() => stage.region('producer').epoch > epoch, [producer, reader, observer])
    }
    await untilPublished(stage, 2, [producer, reader, observer])
    await untilSeen(stage, 'observer', [producer, reader, observer])
    const total = await stage.finish(producer, [reader, observer])
    expectComplete(stage, 'reader', total, 1)
    const seen = stage.progress('observer')
    expect(seen[Progress.Seen]! + seen[Progress.Lost]!).toBe(total)
  })
})
