import { describe, expect, test } from 'vitest'
import { CancelReason, StopReason } from '../../kernels/records/catalogue.ts'
import { ActivityWord, readActivity } from '../../kernels/strategy/activity.ts'
import { loadSource, pluginSource, rigOf } from './support/load-source.ts'
import { InboundScript, Rig, type RigOptions } from './support/rig.ts'

const SCRIPT = () =>
  new InboundScript()
    .start()
    .instrument(1, 'AAPL')
    .order(1, 0, 1000, 300, 1, 1)
    .order(1, 1, 1010, 200, 2, 2)
    .order(1, 1, 1009, 200, 3, 3)
    .order(1, 1, 1008, 200, 4, 4)

const HEALTHY = "onBook(context, book) { context.signal('seen', context.now()) },"

async function rigWith(bodies: string[], options: RigOptions = {}): Promise<Rig> {
  const plans = []
  for (const body of bodies) plans.push({ loaded: await loadSource(pluginSource(body)), params: {} })
  return new Rig(plans, options)
}

test('a plugin that throws is stopped alone: what its hook asked for is dropped, its orders are cancelled, the others go on', async () => {
  const broken = `
    onBook(context, book) {
      const id = context.orders.buyLimit(book.instrument, 1000, 1)
      if (id === 2) throw new RangeError('second thoughts')
    },`
  const rig = await rigWith([broken, HEALTHY])
  rig.run(SCRIPT())
  const told = rig.records.map(({ record, source, causeSequence }) => `${causeSequence}: ${source} ${record}`)
  expect(told).toEqual(['4: 1 newOrder', '4: 2 signal', '5: 1 massCancel', '5: 1 log', '5: 2 signal', '6: 2 signal'])
  expect(rig.of('massCancel')).toMatchObject([{ reason: CancelReason.StrategyStopped, instrument: 0 }])
  expect(rig.of('log')).toMatchObject([
    { level: 4, text: 'strategy test-strategy is stopped (onBook): RangeError: second thoughts' },
  ])
  expect(rig.kernel.stops).toMatchObject([
    { strategyId: 1, reason: StopReason.Threw, hook: 'onBook', sequence: 5, message: 'RangeError: second thoughts' },
  ])
  expect(rig.kernel.stops[0]!.where).toMatch(/plugin\.ts:5:\d+$/)
  expect(rig.kernel.summarise()[0]).toMatchObject({ liveOrders: 1, ordersSent: 1 })
  expect(rig.records.map((record) => record.sequence)).toEqual([1, 2, 3, 4, 5, 6])
})

describe('whatever is thrown, wherever, is told the same in every run', () => {
  test.each([
    ['onStart() { throw "a text" },', 'onStart', 'a text'],
    ['onStart() { throw undefined },', 'onStart', 'undefined'],
    ['onStart() { throw { get message() { throw 1 } } },', 'onStart', 'something that cannot be shown'],
    ['onStart() { null.x },', 'onStart', "TypeError: Cannot read properties of null (reading 'x')"],
    ['onStart() { const f = () => f(); f() },', 'onStart', 'RangeError: Maximum call stack size exceeded'],
    ['onTrade() { throw new Error("t") },', 'onTrade', 'Error: t'],
    ['onStatus() { throw new Error("s") },', 'onStatus', 'Error: s'],
    ['onStart({ timers }) { timers.setAt(1, 1) }, onTimer() { throw new Error("tm") },', 'onTimer', 'Error: tm'],
    ['onStop() { throw new Error("end") },', 'onStop', 'Error: end'],
    [
      'onStart({ instruments }) { instruments.get(5) },',
      'onStart',
      'StrategyError: no record has named an instrument 5',
    ],
    [
      "onStart({ signal }) { signal('', 1) },",
      'onStart',
      `StrategyError: a signal's name has 1 to 16 characters, "" has 0`,
    ],
    [
      "onStart({ signal }) { signal('ä', 1) },",
      'onStart',
      `StrategyError: a signal's name is printable ASCII, "ä" is not`,
    ],
    ["onStart({ signal }) { signal('x', NaN) },", 'onStart', 'StrategyError: signal "x" is NaN, not a number'],
  ])('%s', async (body, hook, message) => {
    const rig = await rigOf(body)
    const script = SCRIPT()
      .add({ record: 'trade', instrument: 1, time: 5, price: 1, quantity: 1 })
      .add({ record: 'sessionEvent', time: 6, code: 3 })
      .add({ record: 'sessionEnd', time: 7 })
    if (hook === 'onTrade') script.order(1, 0, 999, 1, 9, 8)
    rig.run(body.startsWith('onTrade') ? tradedScript() : script)
    expect(rig.kernel.stops).toMatchObject([{ hook, message }])
  })
})

/** A strategy gets trades of instruments that it has chosen, by a two-sided book that it looks at or by name. */
function tradedScript(): InboundScript {
  return SCRIPT().add({ record: 'trade', instrument: 1, time: 5, price: 1, quantity: 1 })
}

describe('more records than one inbound record may cause', () => {
  const greedy = (count: number) =>
    `onBook(context, book) { for (let i = 0; i < ${count}; i++) context.signal('n', i) },`

  test('as many as are allowed are fine', async () => {
    const rig = await rigWith([greedy(8)], { emissionMax: 8 })
    rig.run(SCRIPT())
    expect(rig.kernel.stops).toEqual([])
    expect(rig.of('signal')).toHaveLength(24)
  })

  test('one more stops the strategy, and nothing of that record leaves', async () => {
    const rig = await rigWith([greedy(9), HEALTHY], { emissionMax: 8 })
    rig.run(SCRIPT())
    expect(rig.kernel.stops).toMatchObject([{ strategyId: 1, reason: StopReason.EmittedTooMuch, sequence: 4 }])
    expect(rig.records.filter(({ source }) => source === 1).map(({ record }) => record)).toEqual(['massCancel', 'log'])
    expect(rig.records.filter(({ source }) => source === 2)).toHaveLength(3)
  })

  test('even when the plugin catches the error', async () => {
    const rig = await rigWith([`onBook(context) { try { for (;;) context.signal('n', 1) } catch {} },`], {
      emissionMax: 8,
    })
    rig.run(SCRIPT())
    expect(rig.kernel.stops).toMatchObject([{ reason: StopReason.EmittedTooMuch }])
  })

  test('the bound is for one record, over all its hooks', async () => {
    const body = `interest: 'depth', onTrade({ signal }) { for (let i = 0; i < 5; i++) signal('t', i) }, onBook({ signal }) { for (let i = 0; i < 5; i++) signal('b', i) },`
    const script = SCRIPT().add({ record: 'orderExecute', instrument: 1, time: 5, reference: '1', quantity: 1 })
    const fits = await rigWith([body], { emissionMax: 10 })
    fits.run(script)
    expect(fits.kernel.stops).toEqual([])
    expect(
      fits
        .of('signal')
        .slice(-10)
        .map(({ name }) => name)
        .join(''),
    ).toBe('tttttbbbbb')
    const stopped = await rigWith([body], { emissionMax: 9 })
    stopped.run(script)
    expect(stopped.kernel.stops).toMatchObject([{ hook: 'onBook', sequence: 7 }])
  })
})

describe('a stop that comes from outside', () => {
  const TALKER = `${HEALTHY} onStop({ log }) { log(LogLevel.Info, 'good-bye') },`

  test('an inbound stop record stops the strategy at that point; commanded, it may say good-bye', async () => {
    const script = new InboundScript()
      .start()
      .instrument(1, 'AAPL')
      .order(1, 0, 1000, 1, 1, 1)
      .order(1, 1, 1010, 1, 2, 2)
    script.add({ record: 'stop', time: 3, strategyId: 1, reason: StopReason.Commanded }).order(1, 1, 1009, 1, 3, 4)
    const rig = await rigWith([TALKER])
    rig.run(script)
    expect(rig.records.map(({ record, causeSequence }) => `${causeSequence} ${record}`)).toEqual([
      '4 signal',
      '5 log',
      '5 massCancel',
      '5 log',
    ])
    expect(rig.kernel.stops).toMatchObject([
      { reason: StopReason.Commanded, sequence: 5, message: 'an operator stopped it' },
    ])
  })

  test('one that overran is disabled before the record that it never came back from, and says nothing', async () => {
    const rig = await rigWith([TALKER, HEALTHY])
    rig.kernel.disableAfter(1, 4, StopReason.Overran)
    rig.run(SCRIPT().add({ record: 'stop', time: 5, strategyId: 1, reason: StopReason.Overran, atSequence: 4 }))
    const told = rig.records.map(({ record, source, causeSequence }) => `${causeSequence}: ${source} ${record}`)
    expect(told).toEqual(['4: 1 signal', '4: 2 signal', '5: 1 massCancel', '5: 1 log', '5: 2 signal', '6: 2 signal'])
    expect(rig.kernel.stops).toMatchObject([{ reason: StopReason.Overran, sequence: 5 }])
  })

  test('the session end calls onStop once, and nothing after it', async () => {
    const rig = await rigWith([TALKER])
    rig.run(SCRIPT().add({ record: 'sessionEnd', time: 9 }).order(1, 1, 1007, 1, 8, 10))
    expect(rig.logs).toEqual(['good-bye'])
    expect(rig.kernel.stops).toEqual([])
    expect(rig.of('signal')).toHaveLength(3)
  })
})

test('what runs can be read from outside while it runs, and after a throw nothing does', async () => {
  const activity = new Int32Array(ActivityWord.Slots)
  const rig = await rigWith([HEALTHY, "onBook(context, book) { if (book.askPrice === 1009) throw new Error('x') },"], {
    activity,
  })
  rig.run(SCRIPT())
  expect(readActivity(activity)).toEqual({ strategyId: 0, hook: 'onBook', sequence: 6, calls: 5 })
})
