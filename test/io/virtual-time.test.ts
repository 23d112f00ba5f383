import { describe, expect, test } from 'vitest'
import { TopSlot } from '../../feeds/book/level-store.ts'
import { verifyBook } from '../../feeds/book/verify-book.ts'
import { Limit } from '../../kernels/io/gate/limit.ts'
import { MarketSlot } from '../../kernels/io/gate/market-table.ts'
import type { ScriptedCommand } from '../../kernels/io/operator/scripted-commands.ts'
import { CommandCode, RecordType, RejectReason } from '../../kernels/records/catalogue.ts'
import type { TestRandom } from '../support/test-random.ts'
import { type Schedule, VirtualWorld, type WorldOptions } from './support/virtual-world.ts'

/*
 * The claim of virtual time: whatever turns the three kernels take, the streams are the same byte for byte. The
 * reference is lockstep: one record at a time, everyone drained in between. The others take turns at random.
 */

const SEED = Number(process.env.XK_SEED ?? 20_260)
const kernels = ['io', 'strategy', 'storage'] as const

const lockstep: Schedule = (() => {
  let turn = 0
  return () => ({ who: kernels[turn++ % 3]!, budget: 1 })
})()
const anyTurns: Schedule = (random: TestRandom) => ({ who: kernels[random.below(3)]!, budget: 1 + random.below(300) })
const lazyStrategy: Schedule = (random) => ({
  who: random.below(20) === 0 ? 'strategy' : kernels[random.below(3)]!,
  budget: random.below(2) === 0 ? 1 : 4096,
})
const lazyStorage: Schedule = (random) => ({
  who: random.below(400) === 0 ? 'storage' : kernels[random.below(2)]!,
  budget: 1 + random.below(64),
})

const LATENCIES: Record<string, WorldOptions['latencies']> = {
  'lookahead 0': { feedLatencyNs: 0, entryLatencyNs: 0, responseLatencyNs: 0, gateLatencyNs: 0 },
  'lookahead 0 by the gate alone': { feedLatencyNs: 500, entryLatencyNs: 900, responseLatencyNs: 70, gateLatencyNs: 0 },
  'lookahead 1 ns': { feedLatencyNs: 3, entryLatencyNs: 1, responseLatencyNs: 0, gateLatencyNs: 1 },
  'lookahead 50 µs': {
    feedLatencyNs: 5_000,
    entryLatencyNs: 30_000,
    responseLatencyNs: 20_000,
    gateLatencyNs: 50_000,
  },
  'lookahead 1 s': { feedLatencyNs: 1e9, entryLatencyNs: 5e8, responseLatencyNs: 5e8, gateLatencyNs: 1e9 },
  'feed faster than responses': { feedLatencyNs: 0, entryLatencyNs: 10, responseLatencyNs: 1e6, gateLatencyNs: 100 },
  'feed slower than responses': { feedLatencyNs: 1e6, entryLatencyNs: 10, responseLatencyNs: 0, gateLatencyNs: 10 },
}

const BASE = {
  marketSeed: SEED,
  marketRecords: 3_000,
  stepNsMax: 2_000,
  reactOneIn: 5,
  inboundBytes: 1 << 18,
  outboundBytes: 1 << 16,
}

describe.each(Object.entries(LATENCIES))('%s', (_, latencies) => {
  // Long latencies need a long session, or nothing comes back before its end.
  const stepNsMax = latencies.gateLatencyNs >= 1e9 ? 10_000_000 : BASE.stepNsMax
  const options: WorldOptions = { ...BASE, latencies, stepNsMax }
  const reference = new VirtualWorld(options)
  const digest = reference.run(lockstep, 1)

  test('the reference trades: orders are accepted, filled, rejected and cancelled', () => {
    expect(reference.outboundRecords).toBeGreaterThan(300)
    for (const type of [RecordType.Routed, RecordType.Accepted, RecordType.Filled, RecordType.Rejected]) {
      expect(reference.count(type)).toBeGreaterThan(10)
    }
    expect(reference.count(RecordType.SessionEnd)).toBe(1)
  })

  test.each([
    ['random turns', anyTurns],
    ['a lazy strategy', lazyStrategy],
    ['a lazy storage', lazyStorage],
  ])('%s change nothing', (_name, schedule) => {
    for (let seed = SEED; seed < SEED + 4; seed++) {
      expect(new VirtualWorld(options).run(schedule, seed), `replay with XK_SEED=${seed}`).toBe(digest)
    }
  })

  test('rings that are full all the time, both at once, change nothing and never deadlock', () => {
    const tight = { ...options, inboundBytes: 4096, outboundBytes: 8192, reactOneIn: 2, marketRecords: 1_500 }
    const roomy = { ...tight, inboundBytes: 1 << 20, outboundBytes: 1 << 20 }
    const expected = new VirtualWorld(roomy).run(lockstep, 1)
    const world = new VirtualWorld(tight)
    expect(world.run(lazyStorage, SEED)).toBe(expected)
    expect(world.io.ports.inbound.claimsRefused).toBeGreaterThan(0)
  })
})

describe('a market by price', () => {
  const latencies = LATENCIES['lookahead 50 µs']!
  const options: WorldOptions = { ...BASE, latencies, byPrice: true }
  const reference = new VirtualWorld(options)
  const digest = reference.run(lockstep, 1)

  test('orders are accepted, filled, and refused by gate and venue while a book is stale', () => {
    const { gate, kernel, venue } = reference.io
    for (const type of [RecordType.Accepted, RecordType.Filled, RecordType.Rejected, RecordType.Stale]) {
      expect(reference.count(type)).toBeGreaterThan(10)
    }
    expect(gate.rejects[RejectReason.StaleBook]).toBeGreaterThan(0)
    expect(kernel.isFinished).toBe(true)
    expect(verifyBook(venue.book)).toEqual([])
  })

  test('the gate ends with the best prices of the books', () => {
    const { gate, venue } = reference.io
    for (let instrument = 1; instrument <= 3; instrument++) {
      const at = gate.state.market.at(instrument)
      const top = instrument * TopSlot.Slots
      expect(gate.state.market.values[at + MarketSlot.BidPrice]).toBe(venue.book.top[top + TopSlot.BidPrice])
      expect(gate.state.market.values[at + MarketSlot.AskPrice]).toBe(venue.book.top[top + TopSlot.AskPrice])
    }
  })

  test.each([
    ['random turns', anyTurns],
    ['a lazy strategy', lazyStrategy],
    ['a lazy storage', lazyStorage],
  ])('%s change nothing', (_name, schedule) => {
    for (let seed = SEED; seed < SEED + 3; seed++) {
      expect(new VirtualWorld(options).run(schedule, seed), `replay with XK_SEED=${seed}`).toBe(digest)
    }
  })
})

const FEEDBACK = ['lookahead 0', 'lookahead 50 µs', 'lookahead 1 s']

describe.each(FEEDBACK)('a gate that cancels on its own and obeys an operator, %s', (name) => {
  const latencies = LATENCIES[name]!
  const stepNsMax = latencies.gateLatencyNs >= 1e9 ? 10_000_000 : BASE.stepNsMax
  // A third of the records come later than the one before, by half of the longest step on average.
  const lengthNs = (BASE.marketRecords * stepNsMax) / 6
  const say = (share: number, code: CommandCode, own: Partial<ScriptedCommand> = {}): ScriptedCommand => ({
    timeNs: 1_000_000 + latencies.feedLatencyNs + Math.round(lengthNs * share),
    code,
    strategy: 0,
    symbol: '',
    limit: 0,
    value: 0,
    who: 'test',
    why: 'to see',
    ...own,
  })
  const options: WorldOptions = {
    ...BASE,
    latencies,
    stepNsMax,
    gate: { selfMatch: 'cancelBoth', lossMax: 1e9, executionsMax: 3, executionWindowMs: 1000 },
    commands: [
      say(0.3, CommandCode.Release, { strategy: 1 }),
      say(0.4, CommandCode.Kill),
      say(0.5, CommandCode.Release),
      say(0.5, CommandCode.Release, { strategy: 1 }),
      say(0.6, CommandCode.SetLimit, { limit: Limit.MaxQuantity, value: 300 }),
      say(0.8, CommandCode.Release, { strategy: 1 }),
      say(0.8, CommandCode.Kill, { symbol: 'A' }),
      say(0.9, CommandCode.Kill, { symbol: 'NONE' }),
    ],
  }
  const reference = new VirtualWorld(options)
  const digest = reference.run(lockstep, 1)

  test('the reference has cancels of the gate and answers to every command', () => {
    expect(reference.count(RecordType.GateCancel)).toBeGreaterThan(0)
    expect(reference.count(RecordType.Command)).toBe(8)
    expect(reference.count(RecordType.CommandOutcome)).toBe(8)
    expect(reference.io.gate.state.wishes.refused).toBe(0)
  })

  test.each([
    ['random turns', anyTurns],
    ['a lazy strategy', lazyStrategy],
    ['a lazy storage', lazyStorage],
  ])('%s change nothing', (_name, schedule) => {
    for (let seed = SEED; seed < SEED + 2; seed++) {
      expect(new VirtualWorld(options).run(schedule, seed), `replay with XK_SEED=${seed}`).toBe(digest)
    }
  })
})
