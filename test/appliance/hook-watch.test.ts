import { beforeEach, expect, test } from 'vitest'
import { HookWatch } from '../../appliance/supervisor/hook-watch.ts'
import { ActivityWord, Hook } from '../../kernels/strategy/activity.ts'

/* A hook is judged by what it computes, call by call. */

const BUDGET_MS = 500
let words: Int32Array
let watch: HookWatch

beforeEach(() => {
  words = new Int32Array(ActivityWord.Slots)
  watch = new HookWatch(BUDGET_MS)
})

function enter(calls: number): void {
  words[ActivityWord.StrategyId] = 3
  words[ActivityWord.Hook] = Hook.Trade
  words[ActivityWord.SequenceLow] = 17
  words[ActivityWord.Calls] = calls
}

test('a call overruns once it has computed for longer than its budget, and is told once', () => {
  enter(1)
  expect(watch.look(words, () => 9_000)).toBeUndefined()
  expect(watch.look(words, () => 9_500)).toBeUndefined()
  expect(watch.look(words, () => 9_510)).toEqual({ strategyId: 3, hook: 'onTrade', sequence: 17 })
  expect(watch.look(words, () => 9_520)).toBeUndefined()
})

test('a call that waits for a core does not overrun, however long it waits', () => {
  enter(1)
  for (let look = 0; look < 1_000; look++) expect(watch.look(words, () => 40)).toBeUndefined()
  expect(watch.isComputing).toBe(false)
})

test('many calls that compute for long together do not overrun', () => {
  for (let call = 1; call < 1_000; call++) {
    enter(call)
    expect(watch.look(words, () => call * 400)).toBeUndefined()
  }
})

test('one that computes is told from one that stands still, and from none', () => {
  enter(1)
  watch.look(words, () => 100)
  expect(watch.isComputing).toBe(false)
  watch.look(words, () => 120)
  expect(watch.isComputing).toBe(true)
  watch.look(words, () => 120)
  expect(watch.isComputing).toBe(false)
  words[ActivityWord.StrategyId] = 0
  watch.look(words, () => 140)
  expect(watch.isComputing).toBe(false)
})
