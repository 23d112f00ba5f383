import fc from 'fast-check'
import { expect, test } from 'vitest'
import { StopReason } from '../../kernels/records/catalogue.ts'
import { TimerHeap } from '../../strategies/plugin/facade/timers.ts'
import { ControlDouble, Scratch } from '../../strategies/plugin/memory.ts'
import { StrategyError } from '../../strategies/plugin/strategy-error.ts'
import { loadSource, pluginSource, rigOf } from './support/load-source.ts'
import { InboundScript, Rig } from './support/rig.ts'

const LOG_TIMER = "onTimer(context, id) { context.log(LogLevel.Info, id + '@' + context.now()) },"

test('timers fire before the first record at or past their due time, by due time and then by id, with now = due', async () => {
  const rig = await rigOf(`
    interest: 'depth',
    onStart({ timers }) { timers.setAt(500, 9); timers.setAt(300, 4); timers.setAt(300, 2); timers.setAfter(2000, 1) },
    onBook(context) { context.log(LogLevel.Info, 'book@' + context.now()) },
    ${LOG_TIMER}`)
  const script = new InboundScript().start().instrument(1, 'AAPL')
  script.order(1, 0, 100, 1, 1, 10).order(1, 1, 200, 1, 2, 299).order(1, 1, 300, 1, 3, 500).order(1, 1, 400, 1, 4, 501)
  rig.run(script)
  expect(rig.logs).toEqual(['book@299', '2@300', '4@300', '9@500', 'book@500', 'book@501'])
  expect(rig.of('log').map((log) => [log.time, log.causeSequence])).toEqual([
    [299, 4],
    [500, 5],
    [500, 5],
    [500, 5],
    [500, 5],
    [501, 6],
  ])
})

test('timers of several strategies interleave by due time; at equal times the lower strategy id comes first', async () => {
  const plugin = (due: number, then: number) =>
    loadSource(pluginSource(`onStart({ timers }) { timers.setAt(${due}, 7); timers.setAt(${then}, 3) }, ${LOG_TIMER}`))
  const plans = [
    { loaded: await plugin(200, 400), params: {} },
    { loaded: await plugin(100, 400), params: {} },
  ]
  const rig = new Rig(plans)
  rig.run(new InboundScript().start().add({ record: 'clock', time: 1000, tick: 1 }))
  expect(rig.of('log').map((log) => `${log.source}:${log.text}`)).toEqual(['2:7@100', '1:7@200', '1:3@400', '2:3@400'])
})

test('a timer may set another, which fires before the same record when it is due by then; one due now waits 1 ns', async () => {
  const rig = await rigOf(`
    state: () => ({ left: 3 }),
    onStart({ timers }) { timers.setAt(100, 0) },
    onTimer(context, id) {
      context.log(LogLevel.Info, id + '@' + context.now())
      if (context.state.left-- > 0) context.timers.setAfter(0, id + 1)
    },`)
  rig.run(
    new InboundScript()
      .start()
      .add({ record: 'clock', time: 102, tick: 1 })
      .add({ record: 'clock', time: 103, tick: 2 }),
  )
  expect(rig.logs).toEqual(['0@100', '1@101', '2@102', '3@103'])
})

test('a strategy whose timers never let the record through is stopped', async () => {
  const rig = await rigOf(
    'onStart({ timers }) { timers.setAt(1, 0) }, onTimer({ timers }) { timers.setAfter(1, 0) },',
    {},
    {
      timersPerRecordMax: 50,
    },
  )
  rig.run(new InboundScript().start().add({ record: 'clock', time: 1e9, tick: 1 }))
  expect(rig.kernel.stops).toMatchObject([{ reason: StopReason.Overran, hook: 'onTimer', sequence: 2 }])
  expect(rig.kernel.lastSequence).toBe(2)
})

test('the heap fires in the order of a sorted list, whatever is set, moved and cancelled', () => {
  const step = fc.record({
    kind: fc.constantFrom('set', 'cancel', 'pop'),
    id: fc.nat(40),
    due: fc.integer({ min: 1, max: 60 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const scratch = new Float64Array(Scratch.Slots)
      const control = new Float64Array(ControlDouble.Slots)
      const heap = new TimerHeap(scratch, control)
      const model = new Map<number, number>()
      for (const { kind, id, due } of steps) {
        if (kind === 'cancel') {
          heap.cancel(id)
          model.delete(id)
        } else if (kind === 'set') {
          heap.setAt(due, id)
          model.set(id, Math.max(due, scratch[Scratch.Now]! + 1))
        } else if (model.size > 0) {
          const [first] = [...model].sort(([idA, dueA], [idB, dueB]) => dueA - dueB || idA - idB)
          expect(heap.pop()).toBe(first![0])
          expect(scratch[Scratch.Now]).toBe(first![1])
          model.delete(first![0])
        }
        expect(heap.isSet(id)).toBe(model.has(id))
        expect(control[ControlDouble.NextTimerDue]).toBe(Math.min(...model.values()))
      }
    }),
    { numRuns: 300, seed: 20191230 },
  )
})

test.each([-1, 1024, 1.5, Number.NaN])('a timer is not named %d', (id) => {
  const heap = new TimerHeap(new Float64Array(Scratch.Slots), new Float64Array(ControlDouble.Slots))
  expect(() => heap.setAt(1, id)).toThrow(StrategyError)
  expect(() => heap.setAt(Number.NaN, 1)).toThrow(StrategyError)
})
