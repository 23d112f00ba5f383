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
import { type CrashOutcome, CrashWorld, type Kernel, lazyTurns, type Turns } from './support/crash-world.ts'
import { auditJournal } from './support/order-audit.ts'

/*
 * Every moment between two stores by which a kernel shows something to the others (ring tails, cursors, writes of the
 * journal): the kernel that is about to make one dies there, a successor takes over, and the session must end as the
 * undisturbed one. Under three other schedules, with tails that nobody has consumed or journaled yet, one store in so many.
 */

const SEED = Number(process.env.XK_SEED ?? 20_261)

let calm: CrashWorld
let undisturbed: CrashOutcome
let session: Undisturbed

beforeAll(async () => {
  session = await runUndisturbed(SEED)
  calm = session.calm
  undisturbed = session.outcome
})

const expectSame = (turns: () => Turns, deadly: readonly number[], snapshotEvery = 0) =>
  session.expectSame(turns, { deadly, snapshotEvery })

test('the undisturbed session trades: each request has one verdict, each order one end, all positions agree', () => {
  const audit = auditJournal(calm.journal)
  expect(audit.requests).toBeGreaterThan(30)
  expect(audit.fills).toBeGreaterThan(2)
  expect(audit.withoutVerdict).toEqual([])
  expect(audit.withSeveralVerdicts).toEqual([])
  expect(audit.openOrders).toEqual([])
  expect(audit.endedTwice).toEqual([])
  expect(undisturbed.gatePositions).toEqual(undisturbed.strategyPositions)
  expect(undisturbed.gatePositions).toEqual([1, 2, 3].map((instrument) => audit.positions.get(instrument) ?? 0))
  expect([undisturbed.gateOrders, undisturbed.venueOrders, undisturbed.strategyOrders]).toEqual([0, 0, 0])
})

test('a death at any store of the path changes nothing', { timeout: DEADLINE_MS }, async () => {
  const dead = new Set<Kernel>()
  for (let store = 1; store <= calm.stores; store++) {
    for (const { who } of (await expectSame(() => inTurn, [store])).deaths) dead.add(who)
  }
  expect([...dead].sort()).toEqual(['io', 'storage', 'strategy'])
})

describe.each(KERNELS)('while the %s kernel lags', (lazy) => {
  test('a death changes nothing', { timeout: DEADLINE_MS }, async () => {
    const turns = () => lazyTurns(lazy, new TestRandom(SEED))
    const reference = new CrashWorld(RECORDS, turns())
    expect(await reference.run()).toEqual(undisturbed)
    for (let store = 1 + (SEED % STRIDE); store <= reference.stores; store += STRIDE) await expectSame(turns, [store])
  })
})

test('strategy and I/O kernels resume from the snapshot at any record', { timeout: DEADLINE_MS }, async () => {
  const snapshots = new CrashWorld(RECORDS, inTurn, { snapshotEvery: 1 })
  expect(await snapshots.run()).toEqual(undisturbed)
  const resumed = new Set<string>()
  const ioResumed = new Set<number>()
  for (let store = 1 + (SEED % STRIDE); store <= snapshots.stores; store += 2 * STRIDE) {
    const { deaths, notes, ioResumes } = await expectSame(() => inTurn, [store], 1)
    for (const { from } of ioResumes) ioResumed.add(from)
    if (deaths[0]?.who !== 'strategy') continue
    for (const note of notes) resumed.add(note)
  }
  expect([...resumed].filter((note) => note.includes('from the snapshot at')).length).toBeGreaterThan(10)
  expect(ioResumed.size).toBeGreaterThan(10)
  expect([...resumed].filter((note) => /of no use|no more/.test(note) && !note.includes('dies'))).toEqual([])
})

test('and from one some records back, with whatever is torn', { timeout: DEADLINE_MS }, async () => {
  const turns = () => lazyTurns('storage', new TestRandom(SEED))
  const snapshots = new CrashWorld(RECORDS, turns(), { snapshotEvery: 7 })
  expect(await snapshots.run()).toEqual(undisturbed)
  for (let store = 1 + (SEED % STRIDE); store <= snapshots.stores; store += STRIDE) await expectSame(turns, [store], 7)
})

test('a session that the user ended in the middle is ended there by a successor too', async () => {
  const endEarlyAt = 60
  const calm = new CrashWorld(RECORDS, inTurn, { endEarlyAt })
  const expected = await calm.run()
  expect(expected.inbound.records).toBe(endEarlyAt + 1)
  for (let store = Math.floor(calm.stores / 2); store <= calm.stores; store++) {
    const world = new CrashWorld(RECORDS, inTurn, { endEarlyAt, deadly: [store] })
    const { inbound, outbound } = await world.run()
    const deaths = JSON.stringify(world.deaths)
    expect({ inbound, outbound }, deaths).toEqual({ inbound: expected.inbound, outbound: expected.outbound })
  }
})

/** Counts where no snapshot sees it, and says so with every book. */
function hideState(): Strategy {
  let books = 0
  return defineStrategy({
    name: 'hidden-state',
    onBook(context) {
      books++
      context.log(LogLevel.Info, `book ${books}`)
    },
  }) as unknown as Strategy
}

test('state that a plugin hides from its snapshots is noticed where it has shown, and all is decided again', async () => {
  const options = { snapshotEvery: 9, definition: hideState }
  const calm = new CrashWorld(RECORDS, inTurn, options)
  const expected = await calm.run()
  let noticed = 0
  for (let store = 1; store <= calm.stores; store += 5) {
    const world = new CrashWorld(RECORDS, inTurn, { ...options, deadly: [store] })
    const outcome = await world.run()
    if (!world.notes.some((note) => note.includes('is of no use'))) continue
    expect(world.notes.at(-1)).toContain('caught up from the start')
    expect(outcome).toEqual(expected)
    noticed++
  }
  expect(noticed).toBeGreaterThan(3)
})

test('nor do two deaths', { timeout: Math.max(DEADLINE_MS, 2_000 * PAIRS) }, async () => {
  const random = new TestRandom(SEED)
  for (let pair = 0; pair < PAIRS; pair++) {
    const seed = random.below(1 << 20)
    const first = 1 + random.below(calm.stores - 100)
    const deadly = [first, first + 1 + random.below(pair % 2 === 0 ? 20 : 200)]
    const lazy = KERNELS[random.below(3)]!
    await expectSame(() => lazyTurns(lazy, new TestRandom(seed)), deadly)
  }
})

test('a strategy and an I/O kernel come back at once, though the one has records that the other waits for', async () => {
  const turns = () => lazyTurns('storage', new TestRandom(2))
  const { deaths, waitsTogether } = await expectSame(turns, [45, 46])
  expect(deaths.map(({ who }) => who)).toEqual(['strategy', 'io'])
  expect(waitsTogether).toBeGreaterThan(0)
})
