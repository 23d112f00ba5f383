import { expect, test } from 'vitest'
import { Held } from '../../../kernels/io/gate/exposure.ts'
import type { LiveConfig } from '../../../kernels/io/live/live-config.ts'
import { LiveCount } from '../../../kernels/io/live/live-counts.ts'
import { HALT_CAUSE_NAMES, HaltCause } from '../../../kernels/io/live/safeguards.ts'
import { CommandCode, RejectReason } from '../../../kernels/records/catalogue.ts'
import { directory } from './support/feed-server.ts'
import { LiveRig, POLICIES } from './support/live-rig.ts'

const PLUGIN = new URL('plugins/bid-once.ts', import.meta.url).pathname
const NEVER_TIRES = new URL('plugins/never-tires.ts', import.meta.url).pathname

/** A rig whose strategy has one order in the market. */
async function trading(config: Partial<LiveConfig> = {}, plugin = PLUGIN): Promise<LiveRig> {
  const rig = await LiveRig.create(plugin, config)
  rig.run(50)
  expect(rig.live.gateway.isReady).toBe(true)
  rig.open()
  rig.run(20)
  expect(rig.venue.orders.size).toBe(1)
  return rig
}

function first(rig: LiveRig) {
  return rig.venue.orders.values().next().value!
}

test('A market record becomes an order at the venue, and the answer comes back', async () => {
  const rig = await trading()
  expect(first(rig)).toMatchObject({ open: 100, price: 1_000_000 })
  const kinds = rig.kinds().filter((kind) => kind !== 'clock')
  expect(kinds).toEqual(['sessionStart', 'instrument', 'orderAdd', 'orderAdd', 'routed', 'accepted'])
  rig.venue.fill(first(rig), 100)
  rig.run(20)
  expect(rig.of('filled')).toMatchObject([{ orderId: 1, quantity: 100, price: 1_000_000, leavesQuantity: 0 }])
  const { exposure } = rig.live.gate.state
  expect(exposure.cells[exposure.at(1) + Held.Position]).toBe(100)
})

test('What the start-of-day file says comes right behind its instrument, once, and ahead of any order', async () => {
  const opening = { strategy: 1, symbol: 'ZVZZT', quantity: -300, averagePrice: 99.5 }
  const terms = { symbol: 'ZVZZT', tickSize: 0.05, lot: 10, isRestricted: true }
  const rig = await LiveRig.create(PLUGIN, { day: { positions: [opening], terms: [terms] } })
  rig.run(50)
  rig.open()
  rig.run(20)
  const kinds = rig.kinds().filter((kind) => kind !== 'clock')
  expect(kinds.slice(0, 4)).toEqual(['sessionStart', 'instrument', 'tradingTerms', 'openingPosition'])
  expect(rig.of('openingPosition')).toMatchObject([{ quantity: -300, averagePrice: 995_000, source: 1 }])
  expect(rig.of('tradingTerms')).toMatchObject([{ tickSize: 500, lot: 10, restricted: 1 }])
  expect(rig.of('rejected')).toMatchObject([{ origin: 1, reason: RejectReason.Restricted }])
  expect(rig.venue.orders.size).toBe(0)
  const { exposure } = rig.live.gate.state
  expect(exposure.cells[exposure.at(1) + Held.Position]).toBe(-300)
  rig.server.say(directory())
  rig.line.arriving.push(rig.server.latest())
  rig.run(20)
  expect(rig.of('instrument')).toHaveLength(2)
  expect(rig.of('openingPosition')).toHaveLength(1)
})

test('Sequences count up, times never go back, clock records lie on their grid', async () => {
  const rig = await trading()
  rig.run(1000)
  rig.inbound.forEach((record, i) => {
    expect(record.sequence).toBe(i + 1)
    if (i > 0) expect(record.time).toBeGreaterThanOrEqual(Number(rig.inbound[i - 1]!.time))
  })
  expect(rig.of('clock').length).toBeGreaterThan(8)
})

test('An order is refused by the gate, and nothing of it reaches the venue', async () => {
  const rig = await trading()
  rig.live.gate.state.stopAll(RejectReason.KillSwitch)
  rig.live.gate.state.wishes.count = 0
  rig.move(3, 'B', 1_001_000)
  rig.run(20)
  expect(rig.of('rejected')).toMatchObject([{ origin: 1, reason: RejectReason.KillSwitch }])
  expect(rig.venue.heard.filter((letter) => letter === 'O')).toHaveLength(1)
})

/** What a halt must do: all is cancelled, the ring says why, and new orders are refused until it is over. */
async function checkHalt(rig: LiveRig, cause: HaltCause): Promise<void> {
  expect(rig.of('command')).toMatchObject([{ code: CommandCode.CancelAll, argument: cause }])
  expect(rig.live.safeguards.cause).toBe(cause)
  expect(first(rig).open).toBe(0)
  expect(rig.live.safeguards.counts[cause]).toBe(1)
  // The rig goes in steps of a millisecond.
  const tookNs = rig.live.kernel.cancels.longestNs[cause]!
  expect(tookNs).toBeGreaterThan(0)
  expect(tookNs).toBeLessThanOrEqual(2e6)
}

test('A silent feed halts trading until it speaks again', async () => {
  const rig = await trading()
  rig.run(1200, false)
  await checkHalt(rig, HaltCause.FeedSilent)
  expect(rig.of('cancelled')).toMatchObject([{ orderId: 1 }])
  rig.move(3, 'B', 1_001_000)
  rig.run(20)
  expect(rig.venue.orders.size).toBe(2)
})

test('A strategy kernel whose heart stands still loses its orders', async () => {
  const rig = await trading()
  rig.strategyLives = false
  rig.run(600)
  await checkHalt(rig, HaltCause.StrategySilent)
})

test('So it does with the storage kernel, and for good when the journal has failed', async () => {
  const silent = await trading()
  silent.storageLives = false
  silent.run(600)
  await checkHalt(silent, HaltCause.StorageSilent)
  const failed = await trading()
  failed.failStorage()
  failed.run(20)
  await checkHalt(failed, HaltCause.StorageFailed)
  failed.move(3, 'B', 1_001_000)
  failed.run(20)
  // What a journal cannot hold is not taken off the ring at all.
  expect(failed.venue.orders.size).toBe(1)
  expect(failed.of('routed')).toHaveLength(1)
  expect(HALT_CAUSE_NAMES.length).toBe(HaltCause.Count)
})

test('A clock that may be off by too much halts trading until it is right again', async () => {
  const rig = await trading({ policies: { ...POLICIES, clockErrorMsMax: 5 } })
  rig.clockErrorNs = 4.9e6
  rig.run(1100)
  expect(rig.of('command')).toEqual([])
  rig.clockErrorNs = 5.1e6
  rig.run(1100)
  await checkHalt(rig, HaltCause.ClockError)
  rig.clockErrorNs = 0
  rig.run(1100)
  rig.move(3, 'B', 1_001_000)
  rig.run(20)
  expect(rig.venue.orders.size).toBe(2)
})

test('So it does by the times of the feed, where these are asked', async () => {
  const rig = await trading({ policies: { ...POLICIES, clockErrorMsMax: 500, clockSource: 'feed' } })
  rig.run(1100)
  expect(rig.of('command')).toEqual([])
  // All of this feed's messages say 09:30, when the session began.
  rig.move(3, 'B', 990_000)
  rig.run(1100)
  await checkHalt(rig, HaltCause.ClockError)
})

test('A lost session with the venue loses no answer, and all is cancelled when it is back', async () => {
  const rig = await trading()
  rig.venue.cut()
  rig.venue.fill(first(rig), 40)
  rig.run(100)
  expect(rig.kinds().filter((kind) => kind === 'filled' || kind === 'cancelled')).toEqual(['filled', 'cancelled'])
  expect(rig.of('filled')).toMatchObject([{ quantity: 40, leavesQuantity: 60 }])
  expect(first(rig).open).toBe(0)
  expect(rig.live.kernel.cancels.longestNs[HaltCause.Disconnected]).toBeGreaterThan(0)
})

test('The end cancels all first, takes in what the venue says, and is told last', async () => {
  const rig = await trading()
  rig.live.kernel.endEarly()
  rig.run(50)
  expect(rig.live.kernel.isFinished).toBe(true)
  const kinds = rig.kinds().filter((kind) => kind !== 'clock')
  expect(kinds.slice(-3)).toEqual(['command', 'cancelled', 'sessionEnd'])
  expect(rig.inbound.at(-1)).toMatchObject({ inboundRecords: rig.inbound.length })
  expect(rig.live.gateway.orders.openCount).toBe(0)
})

test('What strategies ask for upon the last answers is judged, and what they ask for upon that is counted', async () => {
  const rig = await trading({}, NEVER_TIRES)
  rig.live.kernel.endEarly()
  rig.run(50)
  expect(rig.live.kernel.isFinished).toBe(true)
  const kinds = rig.kinds().filter((kind) => kind !== 'clock')
  expect(kinds.slice(kinds.indexOf('command'), kinds.indexOf('command') + 3)).toEqual([
    'command',
    'cancelled',
    'rejected',
  ])
  expect(kinds.at(-1)).toBe('sessionEnd')
  const rejected = rig.of('rejected')
  for (const each of rejected) expect(each).toMatchObject({ reason: RejectReason.KillSwitch })
  // Each verdict makes it ask again; a few rounds pass while the end is looked for, and no more.
  expect(rejected.length).toBeLessThan(6)
  const orders = rig.outbound.filter(({ record }) => record === 'newOrder')
  expect(rig.live.kernel.counts[LiveCount.RequestsAfterEnd]).toBe(1)
  expect(orders).toHaveLength(1 + rejected.length + 1)
  expect(rig.venue.orders.size).toBe(1)
})

test('A strategy kernel that reads no more does not keep a session from ending', async () => {
  const rig = await trading({}, NEVER_TIRES)
  rig.strategyLives = false
  rig.live.kernel.endEarly()
  rig.run(900)
  expect(rig.live.kernel.isFinished).toBe(false)
  rig.run(200)
  expect(rig.live.kernel.isFinished).toBe(true)
  expect(rig.live.gateway.orders.openCount).toBe(0)
})

test('A venue that does not answer does not keep a session from ending', async () => {
  const rig = await trading()
  rig.venue.answersAtOnce = false
  rig.live.kernel.endEarly()
  rig.run(500)
  expect(rig.live.kernel.isFinished).toBe(false)
  rig.run(600)
  expect(rig.live.kernel.isFinished).toBe(true)
  expect(rig.live.gateway.orders.openCount).toBe(1)
})
