import { describe, expect, test } from 'vitest'
import { findCanonicalFault } from '../../kernels/records/codec.ts'
import { RecordViews } from '../../kernels/records/views.ts'
import { OutboundDiffersError } from '../../kernels/strategy/errors.ts'
import type { PublishedOutbound } from '../../kernels/strategy/outbound.ts'
import { StepEnd } from '../../kernels/strategy/stepper.ts'
import type { StrategyPlan } from '../../kernels/strategy/strategy-kernel.ts'
import { loadSource, pluginSource } from './support/load-source.ts'
import { InboundScript, Rig } from './support/rig.ts'

/** Uses all that could differ from run to run: the generator, timers, logs, signals, orders, own state. */
const RESTLESS = `
  state: () => ({ seen: 0 }),
  onStart(context) { context.timers.setAfter(1000, 0) },
  onBook(context, book) {
    context.state.seen++
    if (!book.isTwoSided) return
    if (context.random() < 0.2) context.orders.buyLimit(book.instrument, book.bidPrice, 1 + context.randomInteger(9))
    if (context.random() < 0.1) context.orders.sellLimit(book.instrument, book.askPrice, 5, OrderFlag.ImmediateOrCancel)
    if (context.random() < 0.05) context.orders.cancelAll(book.instrument)
    if (context.random() < 0.01) context.log(LogLevel.Info, 'seen ' + context.state.seen + ' at ' + context.now())
  },
  onTimer(context, id) {
    context.signal('micro', context.instruments.find('BBB')?.book.microprice ?? -1)
    context.timers.setAfter(500 + context.randomInteger(5000), id)
  },`

function buildScript(seed = 7, records = 4000): InboundScript {
  const script = new InboundScript().start(seed).instrument(1, 'AAA').instrument(2, 'BBB')
  let state = 99
  const random = (limit: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return (state >>> 8) % limit
  }
  for (let i = 1; i <= records; i++) {
    const side = random(2)
    const price = 100_000 + (side === 0 ? -1 : 1) * 100 * (1 + random(6))
    script.order(1 + random(2), side, price, 100 * (1 + random(4)), i, i * 97)
    if (i > 50) script.add({ record: 'orderDelete', instrument: 1, time: i * 97, reference: String(i - 50) })
  }
  return script.add({ record: 'sessionEnd', time: records * 97 + 1 })
}

async function plans(count = 2): Promise<StrategyPlan[]> {
  const list: StrategyPlan[] = []
  for (let i = 0; i < count; i++) list.push({ loaded: await loadSource(pluginSource(RESTLESS)), params: {} })
  return list
}

const script = buildScript()

test('two runs give the same outbound bytes at any batch size; another seed gives others', async () => {
  const runs = []
  for (const budget of [1, 7, 4096]) runs.push(new Rig(await plans()).run(script, budget))
  const [first, ...others] = runs
  expect(first!.records.length).toBeGreaterThan(1000)
  for (const other of others) expect(other.hex).toBe(first!.hex)
  const reseeded = new Rig(await plans()).run(buildScript(8))
  expect(reseeded.hex).not.toBe(first!.hex)
})

test('each strategy has its own random numbers and order ids', async () => {
  const rig = new Rig(await plans()).run(script)
  const ordersOf = (source: number) => rig.of('newOrder').filter((order) => order.source === source)
  expect(ordersOf(1).map((order) => order.causeSequence)).not.toEqual(ordersOf(2).map((order) => order.causeSequence))
  for (const source of [1, 2]) {
    expect(ordersOf(source).map((order) => order.orderId)).toEqual(ordersOf(source).map((_, index) => index + 1))
  }
})

test('every outbound record is in canonical form', async () => {
  const rig = new Rig(await plans()).run(script)
  for (const bytes of rig.bytes) expect(findCanonicalFault(new RecordViews(bytes.slice().buffer), 0)).toBeUndefined()
})

test('without outbound room a record is not begun; nothing is lost, torn or done twice', async () => {
  const free = new Rig(await plans()).run(script)
  const bounds = { emissionMax: 4, outboundBytes: 16_384 }
  const tight = new Rig(await plans(), bounds)
  for (let index = 0; index < script.offsets.length; ) {
    while (index < script.offsets.length && tight.publish(script, index)) index++
    for (;;) {
      const before = tight.kernel.lastSequence
      const done = tight.stepper.step(1 << 20)
      expect(tight.kernel.lastSequence).toBe(before + done)
      if (tight.stepper.end !== StepEnd.Blocked) break
      expect(tight.stepper.step(1)).toBe(0)
      tight.drain()
    }
  }
  tight.drain()
  expect(tight.kernel.facts[2]).toBeGreaterThan(10)
  expect(tight.hex).toBe(free.hex)
})

test('an outbound ring that cannot hold what one record may cause is refused at the start', async () => {
  const list = await plans()
  expect(() => new Rig(list, { outboundBytes: 65_536 })).toThrow('the outbound ring has 65536 bytes and needs')
})

describe('a resumed kernel', () => {
  function publishedOf(rig: Rig, count: number): PublishedOutbound {
    const views = new RecordViews(new ArrayBuffer(512))
    return {
      lastSequence: count,
      views,
      seek(sequence) {
        views.u8.set(rig.bytes[sequence - 1]!)
        return 0
      },
    }
  }

  test('re-runs the journal, publishes only what is new, and skips what journal and ring both hold', async () => {
    const whole = new Rig(await plans()).run(script)
    const published = publishedOf(whole, 700)
    const resumed = new Rig(await plans(), { published })
    const goal = Number(whole.records[650]!.causeSequence)
    for (let index = 0; index < goal; index++) {
      expect(resumed.kernel.onRecord(script.views, script.offsets[index]!)).toBe(true)
    }
    resumed.kernel.outbound.publish()
    expect(resumed.kernel.outbound.isSuppressing).toBe(true)
    for (let index = goal - 20; index < script.offsets.length; ) {
      while (index < script.offsets.length && resumed.publish(script, index)) index++
      resumed.settle()
    }
    expect(resumed.stepper.overlap).toBe(20)
    expect(resumed.hex).toBe(Buffer.concat(whole.bytes.slice(700)).toString('hex'))
  })

  test('says so when it decides otherwise than before', async () => {
    const whole = new Rig(await plans()).run(script)
    whole.bytes[99]!.set([9], 40)
    const resumed = new Rig(await plans(), { published: publishedOf(whole, 700) })
    expect(() => resumed.run(script)).toThrow(OutboundDiffersError)
    const again = new Rig(await plans(), { published: publishedOf(whole, 700) })
    expect(() => again.run(script)).toThrow(/outbound sequence 100\)/)
  })

  test('says so when a published record cannot be found', async () => {
    const published = { lastSequence: 5, views: new RecordViews(new ArrayBuffer(8)), seek: () => -1 }
    const resumed = new Rig(await plans(), { published })
    expect(() => resumed.run(script)).toThrow('the published record is nowhere to be found')
  })
})
