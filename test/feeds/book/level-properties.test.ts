import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BookChange, BookCount } from '../../../feeds/book/book-counts.ts'
import { DEPTH_SLOTS, LevelBook } from '../../../feeds/book/level-book.ts'
import { TopSlot } from '../../../feeds/book/level-store.ts'
import { OrderBook } from '../../../feeds/book/order-book.ts'
import { verifyBook } from '../../../feeds/book/verify-book.ts'
import {
  BOTH_SIDES,
  BookClearReason,
  FLAG_IMPLIED_LIQUIDITY,
  FLAG_KEEPS_PRIORITY,
  Header,
  RecordType,
} from '../../../kernels/records/catalogue.ts'
import { encodeRecord, type PlainRecord } from '../../../kernels/records/codec.ts'
import { RecordViews } from '../../../kernels/records/views.ts'
import { LevelModel } from './level-model.ts'

const INSTRUMENTS = 3
const LIMITS = { ordersMax: 400, levelsMax: 400, instrumentsMax: INSTRUMENTS }

const instrument = fc.integer({ min: 1, max: INSTRUMENTS })
const side = fc.integer({ min: 0, max: 1 })
const price = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 9_990, max: 10_010 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 100_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(2 ** 31, 2 ** 40 + 1, 0, -5) },
)
const quantity = fc.integer({ min: 0, max: 300 })
const reference = fc.integer({ min: 1, max: 40 })
const level = fc.record({
  do: fc.constant('level' as const),
  instrument,
  side,
  price,
  quantity: fc.oneof({ weight: 3, arbitrary: quantity }, { weight: 1, arbitrary: fc.constant(0) }),
  orderCount: fc.integer({ min: 0, max: 9 }),
})
const step = fc.oneof(
  { weight: 8, arbitrary: level },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('top' as const),
      instrument,
      bidPrice: price,
      bidQuantity: quantity,
      askPrice: price,
      askQuantity: quantity,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('clear' as const),
      instrument: fc.integer({ min: 0, max: INSTRUMENTS }),
      sides: fc.integer({ min: 0, max: BOTH_SIDES }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      reference,
      instrument,
      side,
      price,
      quantity: fc.integer({ min: 1, max: 300 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('execute' as const), reference, quantity }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), reference }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('amend' as const),
      reference,
      price,
      quantity: fc.integer({ min: 1, max: 300 }),
      isSamePrice: fc.boolean(),
    }),
  },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const RECORDS = {
  level: 'levelUpdate',
  top: 'topOfBook',
  clear: 'bookClear',
  add: 'orderAdd',
  execute: 'orderExecute',
  delete: 'orderDelete',
} as const

/** @param aimed a step of which `aim` has made what the model's orders allow */
function toRecord(aimed: Step): PlainRecord {
  if (aimed.do === 'amend') {
    const { reference, price, quantity } = aimed
    const flags = FLAG_KEEPS_PRIORITY
    return { record: 'orderReplace', flags, reference, newReference: reference, price, quantity }
  }
  const { do: kind, ...fields } = aimed
  return { record: RECORDS[kind], ...fields }
}

/** Half of the amendments leave the price. */
function aim(model: LevelModel, s: Step): Step {
  if (s.do !== 'amend' || !s.isSamePrice) return s
  return { ...s, price: model.find(BigInt(s.reference))?.price ?? s.price }
}

function driveModel(model: LevelModel, s: Step): void {
  if (s.do === 'level') model.setLevel(s.instrument, s.side, s.price, s.quantity, s.orderCount)
  else if (s.do === 'top') {
    model.setTop(s.instrument, 0, s.bidPrice, s.bidQuantity)
    model.setTop(s.instrument, 1, s.askPrice, s.askQuantity)
  } else if (s.do === 'clear') model.clear(s.instrument, s.sides)
  else if (s.do === 'add') {
    const { instrument, side, price, quantity } = s
    model.add({ reference: BigInt(s.reference), instrument, side, price, quantity })
  } else if (s.do === 'amend') model.amend(BigInt(s.reference), s.price, s.quantity)
  else if (s.do === 'execute') model.take(BigInt(s.reference), s.quantity)
  else model.remove(BigInt(s.reference))
}

/** Applies plain records to a book. */
class Driver {
  readonly book: LevelBook
  private readonly views = new RecordViews(new ArrayBuffer(512))

  constructor(book: LevelBook) {
    this.book = book
  }

  apply(record: PlainRecord): number {
    encodeRecord(record, this.views, 0)
    return this.book.apply(this.views, 0)
  }

  depth(instrument: number, side: number): number[][] {
    const target = new Float64Array(128 * DEPTH_SLOTS)
    const count = this.book.copyDepth(instrument, side, target, 128)
    return Array.from({ length: count }, (_, i) => [...target.subarray(i * DEPTH_SLOTS, (i + 1) * DEPTH_SLOTS)])
  }
}

/** Quantities of every level's orders in time priority, from the best, by instrument and side. */
function queuesOf(book: OrderBook): number[][][] {
  const queues: number[][][] = []
  for (let bookSide = 2; bookSide < (INSTRUMENTS + 1) * 2; bookSide++) {
    const levels: number[][] = []
    for (let level = book.firstLevel(bookSide >> 1, bookSide & 1); level !== 0; level = book.nextLevel(level)) {
      const quantities: number[] = []
      for (let order = book.firstOrder(level); order !== 0; order = book.nextOrder(order)) {
        quantities.push(book.orderQuantity(order))
      }
      if (quantities.length > 0) levels.push(quantities)
    }
    queues.push(levels)
  }
  return queues
}

const allTops = (model: LevelModel) => [1, 2, 3].flatMap((id) => model.top(id))

describe('books of orders and levels against a plain model', () => {
  test('any mix of records leaves the same levels and best prices, and flags every change', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 250, size: 'max' }), (steps) => {
        const drivers = [new Driver(new OrderBook(LIMITS)), new Driver(new LevelBook(LIMITS))]
        const model = new LevelModel()
        for (const drawn of steps) {
          const item = aim(model, drawn)
          const before = allTops(model)
          driveModel(model, item)
          const after = allTops(model)
          for (const driver of drivers) {
            const change = driver.apply(toRecord(item))
            expect([...driver.book.top.subarray(TopSlot.Slots)]).toEqual(after)
            if (JSON.stringify(before) !== JSON.stringify(after)) expect(change & BookChange.Top).toBe(BookChange.Top)
          }
        }
        for (const { book, depth } of drivers.map((d) => ({ book: d.book, depth: d.depth.bind(d) }))) {
          expect(verifyBook(book)).toEqual([])
          if (book instanceof OrderBook) expect(queuesOf(book)).toEqual(model.queues())
          for (let id = 1; id <= INSTRUMENTS; id++) {
            for (const s of [0, 1]) expect(depth(id, s)).toEqual(model.depth(id, s).slice(0, 128))
          }
          expect(book.counts[BookCount.LevelsAtOrders]).toBe(model.levelsAtOrders)
          expect(book.counts[BookCount.OrdersAtLevels]).toBe(model.ordersAtLevels)
          expect(book.counts[BookCount.UnknownLevels]).toBe(model.unknownLevels)
        }
      }),
      { numRuns: 40 },
    )
  })

  test('at its bounds a book refuses levels and orders, counts them, and goes on soundly', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 150, size: 'max' }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 12 }),
        (steps, ordersMax, levelsMax) => {
          for (const Kind of [OrderBook, LevelBook]) {
            const driver = new Driver(new Kind({ ordersMax, levelsMax, instrumentsMax: 2 }))
            for (const item of steps) {
              driver.apply(toRecord(item))
              expect(driver.book.liveLevels).toBeLessThanOrEqual(levelsMax)
            }
            expect(verifyBook(driver.book)).toEqual([])
          }
        },
      ),
      { numRuns: 40 },
    )
  })
})

describe('levels by price', () => {
  const update = (fields: Partial<PlainRecord>): PlainRecord => ({ record: 'levelUpdate', instrument: 1, ...fields })

  test('an update sets the total, a quantity of 0 removes it, the same again is no change', () => {
    const driver = new Driver(new OrderBook(LIMITS))
    expect(driver.apply(update({ price: 100, quantity: 30, orderCount: 2 }))).toBe(BookChange.Book | BookChange.Top)
    expect(driver.apply(update({ price: 99, quantity: 5 }))).toBe(BookChange.Book)
    expect(driver.depth(1, 0)).toEqual([
      [100, 30, 2],
      [99, 5, 0],
    ])
    expect(driver.apply(update({ price: 100, quantity: 30, orderCount: 2 }))).toBe(BookChange.None)
    expect(driver.apply(update({ price: 100, quantity: 0 }))).toBe(BookChange.Book | BookChange.Top)
    expect(driver.apply(update({ price: 100, quantity: 0 }))).toBe(BookChange.None)
    expect(driver.depth(1, 0)).toEqual([[99, 5, 0]])
    expect(driver.book.counts[BookCount.UnknownLevels]).toBe(1)
  })

  test('best prices that move past the old ones of the other side are no cross', () => {
    const driver = new Driver(new OrderBook(LIMITS))
    const top = (bidPrice: number, askPrice: number) =>
      driver.apply({ record: 'topOfBook', instrument: 1, bidPrice, bidQuantity: 1, askPrice, askQuantity: 1 })
    top(100, 101)
    top(105, 106)
    expect([...driver.book.top.subarray(TopSlot.Slots, TopSlot.Slots + 4)]).toEqual([105, 1, 106, 1])
    expect(driver.book.counts[BookCount.Crossed]! + driver.book.counts[BookCount.Locked]!).toBe(0)
    top(106, 106)
    expect(driver.book.counts[BookCount.Locked]).toBe(1)
    expect(top(106, 106)).toBe(BookChange.None)
  })

  test('implied liquidity, impossible numbers and unknown instruments are counted and stay out', () => {
    const driver = new Driver(new OrderBook(LIMITS))
    const { book } = driver
    expect(driver.apply(update({ price: 100, quantity: 1, flags: FLAG_IMPLIED_LIQUIDITY }))).toBe(BookChange.None)
    expect(driver.apply(update({ price: 100, quantity: -1 }))).toBe(BookChange.None)
    expect(driver.apply(update({ price: 100, quantity: Number.POSITIVE_INFINITY }))).toBe(BookChange.None)
    expect(driver.apply(update({ price: Number.NEGATIVE_INFINITY, quantity: 1 }))).toBe(BookChange.None)
    for (const id of [0, 4, 0xffffffff]) {
      expect(driver.apply(update({ instrument: id, price: 100, quantity: 1 }))).toBe(BookChange.None)
    }
    expect(driver.apply({ record: 'bookClear', instrument: 4, sides: BOTH_SIDES })).toBe(BookChange.None)
    expect(book.counts[BookCount.ImpliedLevels]).toBe(1)
    expect(book.counts[BookCount.Invalid]).toBe(3)
    expect(book.counts[BookCount.LevelsRefused]).toBe(4)
    expect(book.liveLevels).toBe(0)
    expect(verifyBook(book)).toEqual([])
  })

  test('clearing empties one side, one instrument or all, orders and levels', () => {
    const driver = new Driver(new OrderBook(LIMITS))
    for (let id = 1; id <= 3; id++) {
      driver.apply({ record: 'orderAdd', instrument: id, reference: id, side: 0, price: 90, quantity: 7 })
      for (const s of [0, 1]) driver.apply(update({ instrument: id, side: s, price: 100 + s, quantity: 5 }))
    }
    const clear = (id: number, sides: number) =>
      driver.apply({ record: 'bookClear', instrument: id, sides, reason: BookClearReason.Reset })
    expect(clear(1, 0)).toBe(BookChange.Book | BookChange.Top)
    expect([driver.book.levelCount(1, 0), driver.book.levelCount(1, 1)]).toEqual([0, 1])
    clear(1, BOTH_SIDES)
    expect([driver.book.levelCount(1, 1), driver.book.liveLevels]).toEqual([0, 6])
    clear(0, BOTH_SIDES)
    expect([driver.book.liveOrders, driver.book.liveLevels]).toEqual([0, 0])
    expect(clear(0, BOTH_SIDES)).toBe(BookChange.None)
    expect(verifyBook(driver.book)).toEqual([])
  })

  test('records of any bits change a book soundly or not at all', () => {
    const words = fc.array(fc.integer({ min: 0, max: 0xffffffff }), { minLength: 18, maxLength: 18 })
    const type = fc.constantFrom(RecordType.LevelUpdate, RecordType.TopOfBook, RecordType.BookClear)
    fc.assert(
      fc.property(fc.array(fc.tuple(type, fc.integer({ min: 0, max: 4 }), words), { maxLength: 60 }), (records) => {
        const book = new OrderBook({ ordersMax: 20, levelsMax: 20, instrumentsMax: INSTRUMENTS })
        const views = new RecordViews(new ArrayBuffer(72))
        for (const [recordType, id, bits] of records) {
          views.u32.set(bits)
          views.u16[Header.Type >> 1] = recordType
          if (id < 4) views.u32[Header.Instrument >> 2] = id
          book.apply(views, 0)
        }
        expect(verifyBook(book)).toEqual([])
      }),
      { numRuns: 200 },
    )
  })
})
