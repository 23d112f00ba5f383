import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BookInput } from '../../../feeds/book/book-core.ts'
import { BookChange, BookCount } from '../../../feeds/book/book-counts.ts'
import { DEPTH_SLOTS, LevelBook } from '../../../feeds/book/level-book.ts'
import { TopSlot } from '../../../feeds/book/level-store.ts'
import { OrderBook } from '../../../feeds/book/order-book.ts'
import { verifyBook } from '../../../feeds/book/verify-book.ts'
import { BookModel, sumQuantity } from './book-model.ts'

const LIMITS = { ordersMax: 400, levelsMax: 400, instrumentsMax: 3 }

type Step =
  | { kind: 'add'; reference: bigint; instrument: number; side: number; price: number; quantity: number }
  | { kind: 'execute'; reference: bigint; quantity: number }
  | { kind: 'reduce'; reference: bigint; quantity: number }
  | { kind: 'delete'; reference: bigint }
  | { kind: 'replace'; reference: bigint; newReference: bigint; price: number; quantity: number }

// Neighbours that are one double, words that differ only above or below, strides of the hash table.
const HARD_REFERENCES = [
  2n ** 53n,
  2n ** 53n + 1n,
  2n ** 53n + 2n,
  2n ** 64n - 1n,
  2n ** 64n - 2n,
  2n ** 32n,
  2n ** 32n + 1n,
  2n ** 33n,
  0n,
  1n,
  1024n,
  2048n,
  2n ** 40n,
  2n ** 41n,
]
const reference = fc.oneof(
  fc.constantFrom(...HARD_REFERENCES),
  fc.bigInt({ min: 0n, max: 60n }),
  fc.bigInt({ min: 0n, max: 20n }).map((n) => n << 32n),
  fc.bigInt({ min: 0n, max: 20n }).map((n) => n * 1024n),
)
const price = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 9_990, max: 10_010 }) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 100_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, 2 ** 32 - 1, 0, -5) },
)
const quantity = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constant(2 ** 32 - 1))
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      reference,
      instrument: fc.integer({ min: 1, max: 3 }),
      side: fc.integer({ min: 0, max: 1 }),
      price,
      quantity,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('execute' as const, 'reduce' as const), reference, quantity }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), reference }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('replace' as const),
      reference,
      newReference: reference,
      price,
      quantity,
    }),
  },
)

const low = (value: bigint) => Number(BigInt.asIntN(32, value))
const high = (value: bigint) => Number(BigInt.asIntN(32, value >> 32n))

function drive(book: LevelBook, item: Step): number {
  if ('price' in item) book.input[BookInput.Price] = item.price
  if ('quantity' in item) book.input[BookInput.Quantity] = item.quantity
  const referenceLow = low(item.reference)
  const referenceHigh = high(item.reference)
  if (item.kind === 'add') return book.add(item.instrument, item.side, referenceLow, referenceHigh)
  if (item.kind === 'execute') return book.execute(referenceLow, referenceHigh)
  if (item.kind === 'reduce') return book.reduce(referenceLow, referenceHigh)
  if (item.kind === 'delete') return book.delete(referenceLow, referenceHigh)
  return book.replace(referenceLow, referenceHigh, low(item.newReference), high(item.newReference))
}

function driveModel(model: BookModel, item: Step): void {
  if (item.kind === 'add') {
    const { reference, instrument, side, price, quantity } = item
    model.add({ reference, instrument, side, price, quantity })
  } else if (item.kind === 'delete') model.remove(item.reference)
  else if (item.kind === 'replace') model.replace(item.reference, item.newReference, item.price, item.quantity)
  else model.take(item.reference, item.quantity)
}

function compareQueues(book: OrderBook, model: BookModel): void {
  const depth = new Float64Array(64 * DEPTH_SLOTS)
  for (let instrument = 1; instrument <= LIMITS.instrumentsMax; instrument++) {
    for (let side = 0; side < 2; side++) {
      const expected = model.levels(instrument, side)
      expect(book.levelCount(instrument, side)).toBe(expected.length)
      const copied = book.copyDepth(instrument, side, depth, 64)
      expect(copied).toBe(Math.min(64, expected.length))
      let level = book.firstLevel(instrument, side)
      for (const [index, want] of expected.entries()) {
        expect(book.levelAt(instrument, side, index)).toBe(level)
        expect(book.findLevel(instrument, side, want.price)).toBe(level)
        expect(book.levelPrice(level)).toBe(want.price)
        expect(book.quantityAt(instrument, side, want.price)).toBe(sumQuantity(want.orders))
        if (index < copied) {
          const row = [want.price, sumQuantity(want.orders), want.orders.length]
          expect([...depth.subarray(index * DEPTH_SLOTS, (index + 1) * DEPTH_SLOTS)]).toEqual(row)
        }
        let order = book.firstOrder(level)
        for (const [place, wanted] of want.orders.entries()) {
          expect(book.findOrder(low(wanted.reference), high(wanted.reference))).toBe(order)
          expect(book.orderQuantity(order)).toBe(wanted.quantity)
          expect([book.orderPrice(order), book.orderSide(order), book.orderInstrument(order)]).toEqual([
            want.price,
            side,
            instrument,
          ])
          expect(book.quantityAhead(order)).toBe(sumQuantity(want.orders.slice(0, place)))
          order = book.nextOrder(order)
        }
        expect(order).toBe(0)
        level = book.nextLevel(level)
      }
      expect(level).toBe(0)
    }
  }
}

describe('books against a plain model', () => {
  test('any sequence of messages leaves the same levels, queues and best prices, and flags every change of the best', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
        const orderBook = new OrderBook(LIMITS)
        const levelBook = new LevelBook(LIMITS)
        const model = new BookModel()
        for (const item of steps) {
          const before = [1, 2, 3].map((instrument) => model.top(instrument))
          driveModel(model, item)
          const change = drive(orderBook, item)
          expect(drive(levelBook, item)).toBe(change)
          const after = [1, 2, 3].map((instrument) => model.top(instrument))
          expect([...orderBook.top.subarray(TopSlot.Slots, 4 * TopSlot.Slots)]).toEqual(after.flat())
          expect([...levelBook.top.subarray(TopSlot.Slots, 4 * TopSlot.Slots)]).toEqual(after.flat())
          if (JSON.stringify(before) !== JSON.stringify(after)) expect(change & BookChange.Top).toBe(BookChange.Top)
        }
        expect(verifyBook(orderBook)).toEqual([])
        expect(verifyBook(levelBook)).toEqual([])
        expect([...orderBook.counts]).toEqual([...levelBook.counts])
        compareQueues(orderBook, model)
      }),
      { numRuns: 25 },
    )
  })

  test('at its bounds a book refuses and counts, and goes on soundly', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 200, size: 'max' }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        (steps, ordersMax, levelsMax) => {
          const book = new OrderBook({ ordersMax, levelsMax, instrumentsMax: 2 })
          let refused = 0
          for (const item of steps) {
            const live = book.liveOrders
            const before = book.counts[BookCount.OrdersRefused]!
            drive(book, item)
            refused += book.counts[BookCount.OrdersRefused]! - before
            expect(book.liveOrders).toBeLessThanOrEqual(Math.min(ordersMax, live + 1))
          }
          expect(book.counts[BookCount.OrdersRefused]).toBe(refused)
          expect(verifyBook(book)).toEqual([])
        },
      ),
      { numRuns: 60 },
    )
  })

  test('a ladder of thousands of levels built in any order stays sorted', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 2 ** 32 - 1 }), { minLength: 300, maxLength: 600 }),
        (prices) => {
          const book = new OrderBook({ ordersMax: 1_000, levelsMax: 1_000, instrumentsMax: 1 })
          book.input[BookInput.Quantity] = 1
          for (const [index, level] of prices.entries()) {
            book.input[BookInput.Price] = level
            book.add(1, index & 1, index, 0)
          }
          expect(verifyBook(book)).toEqual([])
          for (let index = 0; index < prices.length; index += 3) book.delete(index, 0)
          expect(verifyBook(book)).toEqual([])
          const left = prices.filter((_, index) => index % 3 !== 0 && (index & 1) === 1)
          expect(book.top[TopSlot.Slots + TopSlot.AskPrice]).toBe(Math.min(...left))
        },
      ),
      { numRuns: 20 },
    )
  })

  test('invalid prices and quantities are counted and change nothing', () => {
    const book = new OrderBook(LIMITS)
    for (const [badPrice, badQuantity] of [
      [100, 0],
      [100, -1],
      [100, Number.NaN],
      [Number.NaN, 1],
      [Number.POSITIVE_INFINITY, 1],
    ] as const) {
      book.input[BookInput.Price] = badPrice
      book.input[BookInput.Quantity] = badQuantity
      expect(book.add(1, 0, 7, 0)).toBe(BookChange.None)
    }
    expect(book.counts[BookCount.Invalid]).toBe(5)
    expect(book.liveOrders).toBe(0)
    expect(verifyBook(book)).toEqual([])
  })
})
