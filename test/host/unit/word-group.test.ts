import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { WaitOutcome, Word } from '../../../kernels/host/futex.ts'
import { WordGroup } from '../../../kernels/host/word-group.ts'

const ADDON = process.env.XK_HOST_ADDON ?? new URL('../../../build/crosskernel_host.node', import.meta.url).pathname

/** A thread that stores 1 into a word after a while and wakes its waiters. */
function wakeLater(memory: SharedArrayBuffer, index: number): Promise<unknown> {
  const waker = new Worker(
    `const { workerData: { memory, index, addon } } = require('node:worker_threads')
     const words = new Int32Array(memory)
     Atomics.wait(words, 8, 0, 50)
     Atomics.store(words, index, 1)
     const host = require(addon)
     host.wakeWord(host.registerWord(new Uint8Array(memory), index * 4), 1)`,
    { eval: true, workerData: { memory, index, addon: ADDON } },
  )
  return new Promise((resolve) => waker.on('exit', resolve))
}

test('A group sleeps only while every word is as expected, and no longer than it may', () => {
  const memory = new SharedArrayBuffer(64)
  const words = [0, 4, 8].map((offset) => new Word(memory, offset))
  const group = new WordGroup(words)
  expect(group.wait(1e6)).toBe(WaitOutcome.TimedOut)
  expect(group.wait(0)).toBe(WaitOutcome.TimedOut)
  group.expect(0, -7)
  expect(group.wait(10e9)).toBe(WaitOutcome.ValueDiffered)
  new Int32Array(memory)[0] = -7
  expect(group.wait(1e6)).toBe(WaitOutcome.TimedOut)
  expect(() => group.wait(-1)).toThrow(RangeError)
  for (const word of words) word.release()
})

test('Any of its words wakes a group', async () => {
  const memory = new SharedArrayBuffer(64)
  const view = new Int32Array(memory)
  const words = [0, 4, 8].map((offset) => new Word(memory, offset))
  const group = new WordGroup(words)
  // A host without the call hears the first word alone.
  const indices = group.wait(0) === WaitOutcome.TimedOut && group.waitsOnAll ? [0, 1, 2] : [0]
  for (const index of indices) {
    view.fill(0)
    const gone = wakeLater(memory, index)
    while (Atomics.load(view, index) === 0) expect(group.wait(20e9)).not.toBe(WaitOutcome.TimedOut)
    await gone
  }
  for (const word of words) word.release()
})

test('A group has at least one word and at most sixteen', () => {
  const memory = new SharedArrayBuffer(128)
  const words = Array.from({ length: 17 }, (_, index) => new Word(memory, index * 4))
  expect(() => new WordGroup([])).toThrow(RangeError)
  expect(() => new WordGroup(words)).toThrow(RangeError)
  expect(new WordGroup(words.slice(0, 16)).wait(0)).toBe(WaitOutcome.TimedOut)
  for (const word of words) word.release()
})
