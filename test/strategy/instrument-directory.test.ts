import { expect, test } from 'vitest'
import { encodeRecord } from '../../kernels/records/codec.ts'
import { RecordViews } from '../../kernels/records/views.ts'
import { InstrumentDirectory } from '../../kernels/strategy/market-state.ts'
import { FactSlot } from '../../strategies/plugin/memory.ts'

test('while all is stale, instruments that are named only then are too', () => {
  const directory = new InstrumentDirectory(8)
  const views = new RecordViews(new ArrayBuffer(256))
  const name = (instrument: number, symbol: string) => {
    encodeRecord({ record: 'instrument', source: 1, instrument, symbol, priceExponent: -4 }, views, 0)
    directory.noteInstrument(views, 0)
  }
  const isStale = (id: number) => directory.facts[id * FactSlot.Slots + FactSlot.Stale] !== 0
  name(1, 'XAMP')
  directory.noteStale(0, true)
  name(3, 'ZINC')
  expect([isStale(1), isStale(3)]).toEqual([true, true])
  directory.noteStale(3, false)
  name(3, 'ZINC')
  expect([isStale(1), isStale(3)]).toEqual([true, false])
  directory.noteStale(0, false)
  name(4, 'ARGO')
  expect([isStale(1), isStale(4)]).toEqual([false, false])
  directory.noteStale(4, true)
  directory.noteStale(0, true)
  directory.noteStale(0, false)
  expect([isStale(1), isStale(4)]).toEqual([false, true])
})
