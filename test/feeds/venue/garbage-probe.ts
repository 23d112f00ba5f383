/**
 * Runs in a process of its own: a book and a venue with orders in the market, millions of records after a warm-up, and
 * prints what the garbage collector did meanwhile. Arguments: the seed, and whether the market comes by `orders` or by
 * `levels`.
 */
import { GCProfiler } from 'node:v8'
import { OrderBook } from '../../../feeds/book/order-book.ts'
import { RandomStream } from '../../../feeds/generate/random.ts'
import { SimulatedVenue } from '../../../feeds/venue/simulated-venue.ts'
import {
  BookClear,
  CancelOrder,
  FLAG_SNAPSHOT,
  Header,
  LevelUpdate,
  MassCancel,
  NewOrder,
  OrderAdd,
  OrderDelete,
  OrderExecute,
  OrderReduce,
  OrderReplace,
  RecordType,
  Stale,
  TopOfBook,
  Trade,
} from '../../../kernels/records/catalogue.ts'
import { beginRecord, RecordViews } from '../../../kernels/records/views.ts'

const REFERENCES = 4_096
const INSTRUMENTS = 8
const ORDERS_MAX = 256
/** Some instruments trade where prices are doubles to the engine. */
const HIGH_PRICE = 2 ** 31

const random = new RandomStream(Number(process.argv[2] ?? 1))
const isByPrice = process.argv[3] === 'levels'
const views = new RecordViews(new ArrayBuffer(512))
const limits = { ordersMax: REFERENCES, levelsMax: REFERENCES, instrumentsMax: INSTRUMENTS }
const book = new OrderBook(limits)
const venue = new SimulatedVenue({ instrumentsMax: INSTRUMENTS, bookOrdersMax: REFERENCES, ordersMax: ORDERS_MAX })
const instrumentOf = new Uint8Array(REFERENCES)
const sideOf = new Uint8Array(REFERENCES)
let orderId = 0

/** Buys lie mostly below sells, so that orders rest and still cross now and then. */
function writePrice(at: number, instrument: number, side: number): void {
  views.f64[at >> 3] = (instrument & 1) * HIGH_PRICE + 10_000 + side * 38 + random.below(40)
}

function marketRecord(): void {
  const kind = random.below(10)
  const reference = random.below(REFERENCES)
  let instrument = instrumentOf[reference]!
  if (kind < 4) {
    instrument = 1 + random.below(INSTRUMENTS)
    instrumentOf[reference] = instrument
    beginRecord(views, 0, OrderAdd.Bytes, RecordType.OrderAdd, instrument)
    const side = random.below(2)
    sideOf[reference] = side
    writePrice(OrderAdd.Price, instrument, side)
    views.f64[OrderAdd.Quantity >> 3] = 1 + random.below(500)
    views.u32[OrderAdd.Side >> 2] = side
  } else if (kind < 6) {
    beginRecord(views, 0, OrderExecute.Bytes, RecordType.OrderExecute, instrument)
    views.f64[OrderExecute.Quantity >> 3] = 1 + random.below(300)
  } else if (kind === 6) {
    beginRecord(views, 0, OrderReduce.Bytes, RecordType.OrderReduce, instrument)
    views.f64[OrderReduce.Quantity >> 3] = 1 + random.below(300)
  } else if (kind === 7) beginRecord(views, 0, OrderDelete.Bytes, RecordType.OrderDelete, instrument)
  else if (kind === 8) {
    beginRecord(views, 0, OrderReplace.Bytes, RecordType.OrderReplace, instrument)
    writePrice(OrderReplace.Price, instrument, sideOf[reference]!)
    views.f64[OrderReplace.Quantity >> 3] = 1 + random.below(500)
    views.u32[OrderReplace.NewReferenceLow >> 2] = reference
    views.u32[OrderReplace.NewReferenceHigh >> 2] = 7
  } else {
    beginRecord(views, 0, Trade.Bytes, RecordType.Trade, 1 + random.below(INSTRUMENTS))
    writePrice(Trade.Price, views.u32[Header.Instrument >> 2]!, random.below(2))
    views.f64[Trade.Quantity >> 3] = 100
  }
  views.u32[OrderAdd.ReferenceLow >> 2] = reference
  views.u32[OrderAdd.ReferenceHigh >> 2] = 7
}

/** The last instrument shows its best prices only. */
function levelRecord(): void {
  const instrument = 1 + random.below(INSTRUMENTS)
  const kind = random.below(20)
  const side = random.below(2)
  if (kind === 0 && random.below(10) === 0) {
    beginRecord(views, 0, BookClear.Bytes, RecordType.BookClear, instrument)
    views.u32[BookClear.Sides >> 2] = random.below(3)
  } else if (kind === 1 && random.below(5) === 0) {
    beginRecord(views, 0, Stale.Bytes, RecordType.Stale, instrument)
    views.u32[Stale.Reason >> 2] = random.below(2)
  } else if (kind < 5) {
    beginRecord(views, 0, Trade.Bytes, RecordType.Trade, instrument)
    writePrice(Trade.Price, instrument, side)
    views.f64[Trade.Quantity >> 3] = 1 + random.below(300)
  } else if (instrument === INSTRUMENTS) {
    beginRecord(views, 0, TopOfBook.Bytes, RecordType.TopOfBook, instrument)
    writePrice(TopOfBook.BidPrice, instrument, 0)
    writePrice(TopOfBook.AskPrice, instrument, 1)
    views.f64[TopOfBook.BidQuantity >> 3] = random.below(500)
    views.f64[TopOfBook.AskQuantity >> 3] = random.below(500)
  } else {
    beginRecord(views, 0, LevelUpdate.Bytes, RecordType.LevelUpdate, instrument)
    if (kind === 19) views.u16[Header.Flags >> 1] = FLAG_SNAPSHOT
    writePrice(LevelUpdate.Price, instrument, side)
    views.f64[LevelUpdate.Quantity >> 3] = Math.max(0, random.below(700) - 200)
    views.u32[LevelUpdate.Side >> 2] = side
    views.u32[LevelUpdate.OrderCount >> 2] = random.below(5)
  }
}

function request(): void {
  orderId = (orderId + 1) | 0
  if (random.below(3) === 0) {
    beginRecord(views, 0, CancelOrder.Bytes, RecordType.CancelOrder, 0)
    views.u32[CancelOrder.OrderId >> 2] = orderId - 1 - random.below(200)
  } else {
    const instrument = 1 + random.below(INSTRUMENTS)
    beginRecord(views, 0, NewOrder.Bytes, RecordType.NewOrder, instrument)
    views.u32[NewOrder.OrderId >> 2] = orderId
    const side = random.below(2)
    views.u32[NewOrder.Side >> 2] = side
    writePrice(NewOrder.Price, instrument, side)
    views.f64[NewOrder.Quantity >> 3] = 1 + random.below(500)
    views.u32[NewOrder.OrderType >> 2] = random.below(8) === 0 ? 1 : 0
    views.u32[NewOrder.TimeInForce >> 2] = random.below(4) === 0 ? 1 : 0
  }
  views.u16[Header.Source >> 1] = 1
}

function run(records: number): void {
  for (let i = 0; i < records; i++) {
    venue.nowNs[0]! += 1_000
    if (i % 16 === 0) {
      request()
      venue.applyRequest(views, 0)
    } else {
      if (isByPrice) levelRecord()
      else marketRecord()
      book.apply(views, 0)
      venue.applyMarket(views, 0)
    }
    while (venue.responses.peek() >= 0) venue.responses.pop()
  }
}

const ROUND_RECORDS = 1_000_000
const WARM_UP_ROUNDS_MAX = 20
const CLEAN_ROUNDS = 3
/** A round of optimised code leaves less than that; one in which any code is not yet optimised leaves megabytes. */
const CLEAN_BYTES = 1 << 15
const PAUSE_MS = 20

/** More orders than the venue takes, and the end of all: seldom met otherwise, and code that never met them is discarded. */
function reachBounds(): void {
  for (let i = 0; i < ORDERS_MAX + 50; i++) {
    orderId = (orderId + 1) | 0
    beginRecord(views, 0, NewOrder.Bytes, RecordType.NewOrder, 1 + (i % INSTRUMENTS))
    views.u16[Header.Source >> 1] = 1
    views.u32[NewOrder.OrderId >> 2] = orderId
    views.u32[NewOrder.Side >> 2] = 0
    views.u32[NewOrder.OrderType >> 2] = 0
    views.u32[NewOrder.TimeInForce >> 2] = 0
    views.f64[NewOrder.Price >> 3] = 1 + (i % 40)
    views.f64[NewOrder.Quantity >> 3] = 1
    venue.applyRequest(views, 0)
  }
  beginRecord(views, 0, MassCancel.Bytes, RecordType.MassCancel, 0)
  views.u16[Header.Source >> 1] = 1
  venue.applyRequest(views, 0)
  while (venue.responses.peek() >= 0) venue.responses.pop()
}

/**
 * Runs until some rounds in a row leave nothing behind. Optimised code is made on another thread, which may have to wait for
 * its turn: so no number of records is enough by itself, and each round gives it time.
 */
function warmUp(): void {
  const nobody = new Int32Array(new SharedArrayBuffer(4))
  let clean = 0
  for (let round = 0; round < WARM_UP_ROUNDS_MAX && clean < CLEAN_ROUNDS; round++) {
    Atomics.wait(nobody, 0, 0, PAUSE_MS)
    const before = process.memoryUsage().heapUsed
    reachBounds()
    run(ROUND_RECORDS)
    const leftBytes = process.memoryUsage().heapUsed - before
    clean = leftBytes >= 0 && leftBytes < CLEAN_BYTES ? clean + 1 : 0
  }
}

for (let i = 0; i < 10; i++) {
  reachBounds()
  run(ROUND_RECORDS / 5)
}
// A collection drops code's feedback too: what the warm-up left behind, and warming up again, is not counted.
globalThis.gc!()
warmUp()
const profiler = new GCProfiler()
const before = process.memoryUsage().heapUsed
profiler.start()
run(3_000_000)
const collections = profiler.stop().statistics.length
const grownBytes = process.memoryUsage().heapUsed - before
console.log(
  JSON.stringify({
    collections,
    grownBytes,
    fills: venue.fills.totals[0],
    live: venue.orders.count,
    orders: book.liveOrders,
  }),
)
