import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WaitOutcome, Word } from '../../../kernels/host/futex.ts'
import { mapOwnedRegion, mapReadOnlyRegion, unmapRegion } from '../../../kernels/host/memory.ts'
import { buildChild, Child, removeChild } from '../support/child.ts'
import { makeRegionFolder, thrownBy } from '../support/folder.ts'

const folder = makeRegionFolder()
beforeAll(buildChild)
afterAll(removeChild)

test('A wait ends at once when the value differs, and by its timeout when it does not', () => {
  const memory = new SharedArrayBuffer(8)
  new Int32Array(memory)[1] = -5
  const word = new Word(memory, 4)
  expect(word.wait(6, 10e9)).toBe(WaitOutcome.ValueDiffered)
  expect(word.wait(-5, 1e6)).toBe(WaitOutcome.TimedOut)
  expect(word.wait(0xfffffffb, 0)).toBe(WaitOutcome.TimedOut)
  expect(word.wake()).toBe(0)
  word.release()
})

test('A thread that waits for ever is woken', async () => {
  const memory = new SharedArrayBuffer(4)
  const word = new Word(memory, 0)
  const waker = new Worker(
    `const { workerData } = require('node:worker_threads')
     const words = new Int32Array(workerData)
     Atomics.wait(words, 0, 1, 50)
     Atomics.store(words, 0, 1)
     const addon = require(process.env.XK_HOST_ADDON ?? ${JSON.stringify(new URL('../../../build/crosskernel_host.node', import.meta.url).pathname)})
     addon.wakeWord(addon.registerWord(new Uint8Array(workerData), 0), 1)`,
    { eval: true, workerData: memory },
  )
  const words = new Int32Array(memory)
  while (Atomics.load(words, 0) === 0) word.wait(0, Number.POSITIVE_INFINITY)
  expect(words[0]).toBe(1)
  await new Promise((resolve) => waker.on('exit', resolve))
  word.release()
})

test('Two processes that wake each other through read-only mappings lose no wake in 20,000 rounds', async () => {
  const rounds = 20_000
  const seed = Number(process.env.XK_SEED ?? 20260101)
  const mine = mapOwnedRegion(join(folder, 'asker'), 4096)
  const child = new Child('answerByFutex', { own: join(folder, 'answerer'), other: mine.path, rounds, seed })
  await child.next()
  const theirs = mapReadOnlyRegion(join(folder, 'answerer'))
  const question = new Int32Array(mine.buffer, 0, 1)
  const answer = new Int32Array(theirs.buffer, 0, 1)
  const wakes = new Word(mine.buffer, 0)
  const waits = new Word(theirs.buffer, 0)
  let lost = 0
  let state = seed ^ 0x5bd1e995
  for (let round = 1; round <= rounds && lost === 0; round++) {
    Atomics.store(question, 0, round)
    wakes.wake()
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    for (let idle = (state >>> 16) & 1023; idle > 0; idle--) Atomics.load(answer, 0)
    while (Atomics.load(answer, 0) !== round && lost === 0) {
      if (waits.wait(round - 1, 10e9) === WaitOutcome.TimedOut) lost++
    }
  }
  const replay = `replay with XK_SEED=${seed} npx vitest run test/host/unit/futex.test.ts`
  expect(lost, replay).toBe(0)
  expect(await child.next(), replay).toEqual({ lost: 0 })
  await child.ended
  unmapRegion(theirs)
  unmapRegion(mine)
})

test('A word whose memory was unmapped is an error, not a crash', () => {
  const region = mapOwnedRegion(join(folder, 'gone'), 4096)
  const word = new Word(region.buffer, 8)
  unmapRegion(region)
  expect(thrownBy(() => word.wake())).toMatchObject({ errno: 'EFAULT' })
  expect(thrownBy(() => word.wait(0, 0))).toMatchObject({ errno: 'EFAULT' })
  const next = new Word(new SharedArrayBuffer(4), 0)
  word.release()
  expect(next.wait(0, 0)).toBe(WaitOutcome.TimedOut)
  next.release()
})

test('A misplaced word or a negative timeout is a defect of the caller', () => {
  expect(() => new Word(new ArrayBuffer(8), 2)).toThrow(RangeError)
  expect(() => new Word(new ArrayBuffer(8), 8)).toThrow(RangeError)
  const word = new Word(new ArrayBuffer(8), 0)
  expect(() => word.wait(0, -1)).toThrow(RangeError)
  expect(() => word.wait(0, Number.NaN)).toThrow(RangeError)
  word.release()
})
