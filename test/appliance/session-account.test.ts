import { describe, expect, test } from 'vitest'
import { SessionAccount } from '../../appliance/run/session-account.ts'
import { BOTH_SIDES } from '../../kernels/records/catalogue.ts'
import { encodeRecord, type PlainRecord } from '../../kernels/records/codec.ts'
import { RecordViews } from '../../kernels/records/views.ts'

function markOf(...records: PlainRecord[]): number | null {
  const account = new SessionAccount(4, 100)
  const views = new RecordViews(new ArrayBuffer(512))
  const filled = { source: 1, orderId: 1, side: 0, price: 90, quantity: 5, leavesQuantity: 0 }
  for (const record of [{ record: 'instrument', symbol: 'AA' }, { record: 'filled', ...filled }, ...records]) {
    encodeRecord({ instrument: 1, ...record }, views, 0)
    account.noteInbound(views, 0)
  }
  return account.positions(['maker'])[0]!.markPrice
}

describe('a position is marked at the last mid price seen', () => {
  test.each<[string, PlainRecord[]]>([
    [
      'orders',
      [0, 1].map((side) => ({
        record: 'orderAdd',
        reference: side + 1,
        side,
        price: 100 + side * 4,
        quantity: 1,
      })),
    ],
    ['levels', [0, 1].map((side) => ({ record: 'levelUpdate', side, price: 100 + side * 4, quantity: 1 }))],
    ['best prices', [{ record: 'topOfBook', bidPrice: 100, bidQuantity: 1, askPrice: 104, askQuantity: 1 }]],
  ])('by %s, also when the book is cleared afterwards', (_kind, records) => {
    expect(markOf(...records)).toBe(102)
    expect(markOf(...records, { record: 'bookClear', sides: BOTH_SIDES })).toBe(102)
  })

  test('without any, at the last fill', () => expect(markOf()).toBe(90))
})
