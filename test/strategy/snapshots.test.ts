import { describe, expect, test } from 'vitest'
import { StateLoader, StateSaver } from '../../kernels/records/state-archive.ts'
import { startSnapshots } from '../../kernels/strategy/snapshots.ts'
import type { StrategyKernelConfig } from '../../kernels/strategy/strategy-config.ts'
import { SnapshotStore } from '../../storage/snapshot/snapshot-store.ts'
import { MemoryStorage } from '../storage/support/memory-storage.ts'
import { loadSource, pluginSource } from './support/load-source.ts'
import { InboundScript, Rig } from './support/rig.ts'

/** Keeps state of every kind, and says all of it with everything that it does. */
const TALKATIVE = pluginSource(`
  interest: 'depth',
  state: () => {
    const state = {
      bySymbol: new Map(), seen: new Set(), list: [], history: new Float64Array(16), window: undefined,
      big: 1n, text: '', nothing: null, bare: Object.create(null), self: undefined, weird: [NaN, -0, Infinity],
    }
    state.self = state
    state.window = new Float64Array(state.history.buffer, 64, 8)
    return state
  },
  onBook(context, book) {
    const { state, orders, timers } = context
    const turn = state.list.push(book.bidPrice) 
    state.bySymbol.set(book.instrument.symbol, (state.bySymbol.get(book.instrument.symbol) ?? 0) + 1)
    state.seen.add(turn % 7)
    state.window[turn % 8] += book.askPrice
    state.big = state.big * 3n % 1000003n
    state.text = String(turn) + 'é'
    state.bare['__proto__' + turn % 3] = turn
    state.self.nothing = turn % 2 === 0 ? null : undefined
    timers.setAfter(1000 + context.randomInteger(5000), turn % 5)
    if (turn % 3 === 0 && book.bidPrice > 0) orders.buyLimit(book.instrument, book.bidPrice, 100 + context.randomInteger(9))
    if (turn % 5 === 0) { const own = orders.first(book.instrument); if (own) orders.cancel(own.id) }
    context.log(LogLevel.Info, [turn, [...state.bySymbol], [...state.seen], state.history.join(), state.big, state.text,
      JSON.stringify(state.bare), Object.is(state.weird[1], -0), state.weird[0] !== state.weird[0], state.list instanceof Array,
      state.self === state, state.window.buffer === state.history.buffer, Object.getPrototypeOf(state.bare) === null].join('|'))
  },
  onTimer(context, id) { context.log(LogLevel.Info, id + ' ' + context.random()) },
  onOrder(context, order, event) { context.log(LogLevel.Info, [order.id, event.kind, order.aheadQuantity, order.instrument.position.quantity].join()) },
`)

function buildScript(): InboundScript {
  const script = new InboundScript().start().instrument(1, 'AAPL').instrument(2, 'MSFT')
  for (let i = 1; i <= 60; i++) {
    const time = 1_000 * i
    script.order(
      1 + (i % 2),
      i % 3 === 0 ? 1 : 0,
      i % 3 === 0 ? 1_000_500 : 1_000_000 - (i % 4) * 100,
      100 + i,
      i,
      time,
    )
    if (i % 4 === 0)
      script.add({ record: 'orderDelete', instrument: 1 + ((i - 1) % 2), time, reference: String(i - 1) })
    const order = { instrument: 1, source: 1, time, orderId: 1 + (i >> 3) }
    if (i % 8 === 5) script.add({ record: 'accepted', ...order, side: 0, price: 1_000_000, quantity: 100 })
    if (i % 8 === 7) {
      script.add({ record: 'filled', ...order, side: 0, price: 1_000_000, quantity: 40, leavesQuantity: 60 })
    }
  }
  return script
}

function feed(rig: Rig, script: InboundScript, from: number, to: number): Rig {
  for (let index = from; index < to; index++) {
    rig.publish(script, index)
    rig.settle()
  }
  return rig
}

test('a kernel that is restored behind any record goes on as if nothing had been', async () => {
  const loaded = await loadSource(TALKATIVE)
  const plans = [{ loaded, params: {} }]
  const script = buildScript()
  const records = script.offsets.length
  const whole = feed(new Rig(plans), script, 0, records)
  expect(whole.kernel.stops).toEqual([])
  expect(whole.of('newOrder').length).toBeGreaterThan(10)
  expect(whole.logs.length).toBeGreaterThan(60)
  for (let barrier = 1; barrier < records; barrier += 3) {
    const before = feed(new Rig(plans), script, 0, barrier)
    const saver = new StateSaver(1 << 24)
    before.kernel.archive(saver)
    const after = new Rig([{ loaded: loaded.another(), params: {} }])
    after.kernel.archive(new StateLoader(saver.bytes))
    const again = new StateSaver(1 << 24)
    after.kernel.archive(again)
    expect(Buffer.compare(again.bytes, saver.bytes)).toBe(0)
    feed(after, script, barrier, records)
    expect(before.hex + after.hex, `restored behind record ${barrier}`).toBe(whole.hex)
  }
})

test('a strategy that was stopped stays stopped', async () => {
  const source = pluginSource(
    'onBook() { throw new Error("no") }, onStart(context) { context.log(LogLevel.Info, "hello") }',
  )
  const plans = [{ loaded: await loadSource(source), params: {} }]
  const script = buildScript()
  const before = feed(new Rig(plans), script, 0, 10)
  expect(before.kernel.stops).toHaveLength(1)
  const saver = new StateSaver(1 << 24)
  before.kernel.archive(saver)
  const after = new Rig(plans)
  after.kernel.archive(new StateLoader(saver.bytes))
  expect(after.kernel.stops).toEqual(before.kernel.stops)
  expect(feed(after, script, 10, 30).records).toEqual([])
})

const clock = { readInto: (target: Float64Array, index: number) => target.fill(0, index, index + 1) }

describe('what cannot be kept is refused before the session begins, by its place:', () => {
  test.each([
    ['a function', '({ deep: [{ callback: () => 1 }] })', 'state.deep[0].callback is a function'],
    ['an object of a class', '({ when: new (class Clock {})() })', 'state.when is of class Clock'],
    ['a getter', '({ get now() { return 1 } })', 'state.now is a getter or setter'],
    ['a symbol', '({ mark: Symbol("x") })', 'state.mark is a symbol'],
    ['a key that is a symbol', '({ [Symbol("x")]: 1 })', 'state is an object with a symbol for a key'],
    ['a weak map', '({ cache: new WeakMap() })', 'state.cache is of class WeakMap'],
    ['a value of a map', '({ byName: new Map([["a", () => 1]]) })', 'state.byName.get(a) is a function'],
  ])('%s', async (_name, state, message) => {
    const rig = new Rig([{ loaded: await loadSource(pluginSource(`state: () => ${state},`)), params: {} }])
    const parts = { kernel: rig.kernel, stepper: rig.stepper, counters: new Float64Array(16) }
    const config = { snapshots: { everyRecords: 10, pauseMsMax: 50 } } as StrategyKernelConfig
    const start = () =>
      startSnapshots(parts, config, new SnapshotStore(new MemoryStorage(), 'strategy', 1), clock, () => undefined)
    expect(start).toThrow(message)
    expect(start).toThrow('cannot be kept in snapshots')
  })
})

test('a state that becomes impossible to keep ends the snapshots, and nothing else', async () => {
  const source = pluginSource(
    'state: () => ({ kept: undefined, n: 0 }), onBook(context, book) { if (++context.state.n === 20) context.state.kept = book },',
  )
  const rig = new Rig([{ loaded: await loadSource(source), params: {} }])
  const storage = new MemoryStorage()
  const failures: string[] = []
  const counters = new Float64Array(16)
  const config = { snapshots: { everyRecords: 5, pauseMsMax: 50 } } as StrategyKernelConfig
  const parts = { kernel: rig.kernel, stepper: rig.stepper, counters }
  startSnapshots(parts, config, new SnapshotStore(storage, 'strategy', 1), clock, (reason) => failures.push(reason))
  feed(rig, buildScript(), 0, 60)
  expect(failures).toEqual([expect.stringContaining('state.kept is of class BookView')])
  expect(rig.kernel.stops).toEqual([])
  expect(new SnapshotStore(storage, 'strategy', 1).findLatest()?.inboundSequence).toBe(40)
})
