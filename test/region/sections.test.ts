import { expect, test } from 'vitest'
import { countersSectionBytes, formatCounters, readCounters } from '../../kernels/region/counters.ts'
import { FLIGHT_RECORDER_BYTES, FlightRecorder, readFlightRecorder } from '../../kernels/region/flight-recorder.ts'

test('Counters are found by name, and go on where an earlier owner left them', () => {
  const names = ['records', 'drops', 'a name of thirty-one characters']
  const buffer = new ArrayBuffer(64 + countersSectionBytes(names))
  const values = formatCounters(buffer, 64, names)
  values[0] = 7
  values[2] = 2 ** 40
  expect(readCounters(buffer, 64)).toEqual({ records: 7, drops: 0, 'a name of thirty-one characters': 2 ** 40 })
  expect([...formatCounters(buffer, 64, names)]).toEqual([7, 0, 2 ** 40])
})

test('A counter name that would be cut is refused', () => {
  const names = ['a counter name of thirty-two bytes']
  const buffer = new ArrayBuffer(countersSectionBytes(names))
  expect(() => formatCounters(buffer, 0, names)).toThrow(RangeError)
})

test('A section that holds no counters reads as none', () => {
  const buffer = new ArrayBuffer(128)
  expect(readCounters(buffer, 0)).toEqual({})
  for (const count of [Number.NaN, -1, 1.5, 1e9]) {
    new Float64Array(buffer)[0] = count
    expect(readCounters(buffer, 0)).toEqual({})
  }
})

function makeRecorder(byteOffset = 64) {
  let timeNs = 0
  const buffer = new ArrayBuffer(byteOffset + FLIGHT_RECORDER_BYTES)
  const recorder = new FlightRecorder(buffer, byteOffset, () => ++timeNs)
  return { recorder, read: (last?: number) => readFlightRecorder(buffer, byteOffset, last), buffer }
}

test('The flight recorder keeps what was noted, in order, with time and code', () => {
  const { recorder, read } = makeRecorder()
  recorder.note(1, 'first')
  recorder.note(2, 'zweites: Ärger')
  expect(read()).toEqual([
    { timeNs: 1, code: 1, text: 'first' },
    { timeNs: 2, code: 2, text: 'zweites: Ärger' },
  ])
  expect(read(1)).toEqual([{ timeNs: 2, code: 2, text: 'zweites: Ärger' }])
  expect(read(0)).toEqual([])
})

test('After many laps the newest entries are there and none is a mix of two', () => {
  const { recorder, read } = makeRecorder()
  for (let i = 1; i <= 1000; i++) recorder.note(i, `entry ${i}`)
  const entries = read()
  expect(entries.length).toBe(127)
  expect(entries.at(-1)).toEqual({ timeNs: 1000, code: 1000, text: 'entry 1000' })
  expect(entries.every(({ timeNs, code, text }) => timeNs === code && text === `entry ${code}`)).toBe(true)
})

test('Long text is cut between characters, and a shorter one leaves nothing of it behind', () => {
  const { recorder, read } = makeRecorder()
  for (let i = 0; i < 128; i++) recorder.note(1, 'é'.repeat(100))
  expect(read(1)[0]!.text).toBe('é'.repeat(56))
  for (let i = 0; i < 128; i++) recorder.note(1, `${'x'.repeat(111)}é`)
  expect(read(1)[0]!.text).toBe('x'.repeat(111))
  for (let i = 0; i < 128; i++) recorder.note(1, 'short')
  expect(read().every(({ text }) => text === 'short')).toBe(true)
})

test('A recorder section with a nonsensical count reads as empty', () => {
  const { read, buffer } = makeRecorder()
  for (const next of [Number.NaN, -3, 0.5, Number.POSITIVE_INFINITY]) {
    new Float64Array(buffer)[64 >> 3] = next
    expect(read()).toEqual([])
  }
})
