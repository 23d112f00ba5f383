import { expect, test } from 'vitest'
import { DayRecords } from '../../kernels/io/day-records.ts'
import { decodeRecord, encodeRecord, findCanonicalFault, type PlainRecord } from '../../kernels/records/codec.ts'
import { RecordViews } from '../../kernels/records/views.ts'

const FACTS = {
  positions: [
    { strategy: 2, symbol: 'AA', quantity: -150, averagePrice: 10.123456 },
    { strategy: 1, symbol: 'BB', quantity: 2.5, averagePrice: 3 },
    { strategy: 1, symbol: 'AA', quantity: 7, averagePrice: 1 },
  ],
  terms: [{ symbol: 'AA', tickSize: 0.05, lot: 100, isRestricted: true }],
}

/** What becomes due behind a record. */
function note(day: DayRecords, record: PlainRecord): PlainRecord[] {
  const views = new RecordViews(new ArrayBuffer(512))
  encodeRecord(record, views, 0)
  day.note(views, 0)
  return takeDue(day)
}

function takeDue(day: DayRecords): PlainRecord[] {
  const due: PlainRecord[] = []
  for (let at = day.queue.peek(); at >= 0; at = day.queue.peek()) {
    expect(findCanonicalFault(day.queue.views, at)).toBeUndefined()
    due.push(decodeRecord(day.queue.views, at))
    day.queue.pop()
  }
  return due
}

const instrument = { record: 'instrument', instrument: 5, symbol: 'AA', priceExponent: -4, quantityExponent: 0 }

test('what the file says of a symbol is due once, behind its instrument, in the units of that', () => {
  const day = new DayRecords(FACTS)
  expect(note(day, { record: 'trade', instrument: 5 })).toEqual([])
  expect(note(day, instrument)).toMatchObject([
    { record: 'tradingTerms', instrument: 5, tickSize: 500, lot: 100, restricted: 1 },
    { record: 'openingPosition', instrument: 5, source: 2, quantity: -150, averagePrice: 101_234.56 },
    { record: 'openingPosition', instrument: 5, source: 1, quantity: 7, averagePrice: 10_000 },
  ])
  expect(note(day, instrument)).toEqual([])
  expect(note(day, { ...instrument, instrument: 6 })).toEqual([])
  expect(note(day, { ...instrument, symbol: 'BB', priceExponent: -2, quantityExponent: -1 })).toMatchObject([
    { record: 'openingPosition', quantity: 25, averagePrice: 300 },
  ])
})

test('a successor says what its predecessor did not come to say', () => {
  const day = new DayRecords(FACTS)
  const views = new RecordViews(new ArrayBuffer(512))
  const [terms, opening] = note(new DayRecords(FACTS), instrument)
  for (const record of [{ record: 'trade', instrument: 5 }, instrument, terms!, opening!]) {
    encodeRecord(record, views, 0)
    day.recall(views, 0)
  }
  expect(takeDue(day)).toMatchObject([{ record: 'openingPosition', source: 1, quantity: 7 }])
  expect(note(day, instrument)).toEqual([])
})

test('without a file nothing is due', () => {
  expect(note(new DayRecords(), instrument)).toEqual([])
})
