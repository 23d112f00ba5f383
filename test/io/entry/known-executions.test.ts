import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KnownExecutions } from '../../../kernels/io/entry/known-executions.ts'
import { StateLoader, StateSaver } from '../../../kernels/records/state-archive.ts'

const WORD = 2 ** 32

/** Few of each, some of which differ in their high words alone. */
const match = fc.constantFrom(1, 2, 3, WORD + 1, WORD + 2, 2 * WORD + 3)
const sequence = fc.constantFrom(1, 2, 3, WORD + 1, WORD + 2)

test('an execution is new once, until so many others have come', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(match, sequence), { maxLength: 300 }),
      fc.integer({ min: 1, max: 12 }),
      (told, capacity) => {
        const known = new KnownExecutions(capacity)
        const latest: string[] = []
        for (const [number, order] of told) {
          const isNew = known.note(number % WORD, Math.floor(number / WORD), Float64Array.of(0, order), 1)
          const key = `${number} ${order}`
          if (latest.length > 0 && latest.at(-1) === key) expect(isNew, key).toBe(false)
          // What is not among the latest may have been forgotten; what was never told is new.
          if (!latest.includes(key)) expect(isNew, key).toBe(true)
          if (isNew) latest.push(key)
        }
      },
    ),
  )
})

test('with room for all, and words that tell them apart, nothing is new twice', () => {
  const known = new KnownExecutions(4096)
  const sequences = new Float64Array(1)
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 4000; i++) {
      sequences[0] = i >> 2
      expect(known.note(i, 7, sequences, 0)).toBe(round === 0)
    }
  }
})

test('the oldest is forgotten for the newest', () => {
  const known = new KnownExecutions(3)
  const note = (number: number) => known.note(number, 0, Float64Array.of(5), 0)
  expect([1, 2, 3, 1, 4, 1, 3].map(note)).toEqual([true, true, true, false, true, true, false])
})

test('what was saved is known to whoever restores it, and forgotten in the same order', () => {
  const known = new KnownExecutions(4)
  for (const number of [1, 2, 3, 4, 5]) known.note(number, 0, Float64Array.of(WORD + 5), 0)
  const saver = new StateSaver(1 << 20)
  known.archive(saver)
  const restored = new KnownExecutions(4)
  restored.archive(new StateLoader(saver.bytes))
  const note = (number: number) => restored.note(number, 0, Float64Array.of(WORD + 5), 0)
  expect([5, 4, 3, 2, 6, 2, 3].map(note)).toEqual([false, false, false, false, true, true, true])
})
