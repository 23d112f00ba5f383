import { beforeAll, describe, expect, test } from 'vitest'
import { defineStrategy, LogLevel, type Strategy } from '../../strategies/plugin/define.ts'
import { TestRandom } from '../support/test-random.ts'
import {
  DEADLINE_MS,
  inTurn,
  KERNELS,
  PAIRS,
  RECORDS,
  runUndisturbed,
  STRIDE,
  type Undisturbed,
} from './support/crash-session.ts'
import { CrashWorld, type CrashWorldOptions, lazyTurns, type Turns } from './support/crash-world.ts'

/*
 * The three kernels on one thread and a standby of the strategy kernel in its shadow: whenever the strategy kernel dies, at
 * whichever of its stores, the standby goes on in its place and the session ends as the undisturbed one.
 */

const SEED = Number(process.env.XK_SEED ?? 20_263)

let undisturbed: Undisturbed

beforeAll(async () => {
  undisturbed = await runUndisturbed(SEED)
})

const expectSame = (turns: () => Turns, options: CrashWorldOptions) =>
  undisturbed.expectSame(turns, { standbyEvery: 1, ...options })

test('a standby in the shadow makes no store and changes nothing', async () => {
  const world = await expectSame(() => inTurn, {})
  expect(world.stores).toBe(undisturbed.calm.stores)
  expect(world.takeovers).toBe(0)
})

/** Numbers of the stores that the strategy kernel makes under these turns, one in so many. */
async function findDeadly(turns: () => Turns, stride: number, options: CrashWorldOptions = {}): Promise<number[]> {
  const reference = await expectSame(turns, options)
  const own = reference.makers.flatMap((who, index) => (who === 'strategy' ? [index + 1] : []))
  // The first one is made before there is a standby.
  return own.slice(1).filter((_, index) => index % stride === SEED % stride)
}

test('it takes over at any store of the strategy kernel', { timeout: DEADLINE_MS }, async () => {
  const deadly = await findDeadly(() => inTurn, 1)
  expect(deadly.length).toBeGreaterThan(100)
  for (const store of deadly) {
    const { takeovers } = await expectSame(() => inTurn, { deadly: [store] })
    expect(takeovers).toBe(1)
  }
})

describe.each([...KERNELS, 'standby'] as const)('while the %s lags', (lazy) => {
  test('it takes over all the same', { timeout: DEADLINE_MS }, async () => {
    const turns = () => (lazy === 'standby' ? inTurn : lazyTurns(lazy, new TestRandom(SEED)))
    const options = { standbyEvery: lazy === 'standby' ? 1_000 : 5 }
    for (const store of await findDeadly(turns, STRIDE, options)) {
      const { takeovers } = await expectSame(turns, { ...options, deadly: [store] })
      expect(takeovers).toBe(1)
    }
  })
})

test('of two deaths, the second often that of the standby on its way, none changes anything', {
  timeout: Math.max(DEADLINE_MS, 2_000 * PAIRS),
}, async () => {
  const random = new TestRandom(SEED)
  let takeovers = 0
  for (let pair = 0; pair < PAIRS; pair++) {
    const seed = random.below(1 << 20)
    const lazy = KERNELS[random.below(3)]!
    const turns = () => lazyTurns(lazy, new TestRandom(seed))
    const [first] = await findDeadly(turns, 1 + random.below(100))
    const deadly = [first!, first! + 1 + random.below(pair % 2 === 0 ? 8 : 200)]
    takeovers += (await expectSame(turns, { deadly, standbyEvery: 1 + random.below(20) })).takeovers
  }
  expect(takeovers).toBeGreaterThan(PAIRS)
})

test('one that the rings have gone past reads the journal, and misses nothing', { timeout: DEADLINE_MS }, async () => {
  const rings = { inboundBytes: 1 << 13, outboundBytes: 1 << 17 }
  let journaled = 0
  for (const store of (await findDeadly(() => inTurn, 1, { rings })).slice(-20)) {
    const world = await expectSame(() => inTurn, { rings, standbyEvery: 1_000_000, deadly: [store] })
    expect(world.takeovers).toBe(1)
    journaled += world.journaled
  }
  expect(journaled).toBeGreaterThan(100)
})

test('the next one begins at a snapshot, and takes over too', { timeout: DEADLINE_MS }, async () => {
  const options = { snapshotEvery: 9, standbyEvery: 2 }
  const deadly = await findDeadly(() => inTurn, STRIDE, options)
  let seconds = 0
  for (const store of deadly) {
    // Stores are counted on behind a death: the second one is that of whoever makes it.
    const { takeovers } = await expectSame(() => inTurn, { ...options, deadly: [store, store + 40] })
    if (takeovers === 2) seconds++
  }
  expect(seconds).toBeGreaterThan(3)
})

/** Lives of this strategy, told apart by a text for each book; none for a silent one. */
function speak(...texts: readonly string[]): () => Strategy {
  let lives = 0
  return () => {
    const text = texts[Math.min(lives++, texts.length - 1)]!
    return defineStrategy({
      name: 'speaker',
      onBook(context) {
        if (text !== '') context.log(LogLevel.Info, text)
      },
    }) as unknown as Strategy
  }
}

test.each([
  ['otherwise', ['one', 'two'], /log, .*: published \d+, now \d+/],
  ['more', ['', 'two'], /the published record is nowhere to be found/],
  ['less', ['one', ''], /log published for inbound record \d+, now nothing/],
])('one that decides %s is unfit, with the first difference named', async (_, texts, difference) => {
  const world = new CrashWorld(RECORDS, inTurn, { standbyEvery: 1, definition: speak(...texts) })
  await expect(world.run()).rejects.toThrow(difference)
})
