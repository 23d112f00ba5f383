import { beforeAll, expect, test } from 'vitest'
import { defineStrategy, LogLevel, type Strategy } from '../../strategies/plugin/define.ts'
import { type CrashOutcome, CrashWorld, type CrashWorldOptions, lazyTurns, type Turns } from './support/crash-world.ts'
import { TestRandom } from './support/synthetic-market.ts'

/*
 * The three kernels on one thread and a standby of the strategy kernel in its shadow: whenever the strategy kernel dies, at
 * whichever of its stores, the standby goes on in its place and the session ends as the undisturbed one.
 */

const SEED = Number(process.env.XK_SEED ?? 20_263)
const RECORDS = 45
/** One store in so many under the lazy schedules; 1 takes them all. */
const STRIDE = Number(process.env.XK_CRASH_STRIDE ?? 6)
const PAIRS = Number(process.env.XK_CRASH_PAIRS ?? 60)
const KERNELS = ['io', 'strategy', 'storage'] as const
const DEADLINE_MS = 300_000

const inTurn: Turns = (turn) => ({ who: KERNELS[turn % 3]!, budget: 1 })

let undisturbed: CrashOutcome
let calm: CrashWorld

beforeAll(async () => {
  calm = new CrashWorld(RECORDS, inTurn)
  undisturbed = await calm.run()
})

async function expectSame(turns: () => Turns, options: CrashWorldOptions): Promise<CrashWorld> {
  const world = new CrashWorld(RECORDS, turns(), { standbyEvery: 1, ...options })
  const outcome = await world.run()
  expect(outcome, `replay with XK_SEED=${SEED}, deaths ${JSON.stringify(world.deaths)}`).toEqual(undisturbed)
  return world
}

test('a standby in the shadow makes no store and changes nothing', async () => {
  const world = await expectSame(() => inTurn, {})
  expect(world.stores).toBe(calm.stores)
  expect(world.takeovers).toBe(0)
})

test.each([1, 7, 1_000_000])('it takes over at any store of the path, having a turn in %i', {
  timeout: DEADLINE_MS,
}, async (standbyEvery) => {
  let takeovers = 0
  let deaths = 0
  for (let store = 1; store <= calm.stores; store++) {
    const world = await expectSame(() => inTurn, { standbyEvery, deadly: [store] })
    takeovers += world.takeovers
    if (world.deaths[0]?.who === 'strategy') deaths++
  }
  expect(deaths).toBeGreaterThan(50)
  // The very first stores are made before there is a standby.
  expect(deaths - takeovers).toBeLessThanOrEqual(2)
})
