import type { NanoClock } from '../../loop/host-clock.ts'
import { Accepted, Cancelled, Filled, Header, Instrument, NewOrder, RecordType, Side } from '../../records/catalogue.ts'
import { beginRecord, RecordViews } from '../../records/views.ts'
import { HISTOGRAM_BYTES, Histogram, type LatencySummary } from '../../region/histogram.ts'
import type { GateLimits } from '../gate/limits.ts'
import { MarketSlot } from '../gate/market-table.ts'
import { OrderDouble, OrderWord } from '../gate/open-orders.ts'
import { RiskGate } from '../gate/risk-gate.ts'

/** What one verdict costs, in nanoseconds, the clock's own reading taken off. */
export interface GateBenchResult {
  readonly orders: number
  readonly refused: number
  readonly openOrdersPeak: number
  readonly decideNs: LatencySummary
  /** Between two readings of the clock with nothing in between, at the median. */
  readonly clockNs: number
}

export interface GateBenchOptions {
  readonly orders: number
  readonly instruments: number
  readonly limits: GateLimits
  readonly clock: NanoClock
  readonly seed: number
  /** Told now and then, with the fraction done. */
  readonly onProgress?: (fraction: number) => void
}

const PRICE = 1_000_000
const STRATEGIES = 8
/** Orders on a side of an instrument; older ones end by a fill or a cancel, so that lists have a length of some orders. */
const OPEN_SHARE = 0.8
const REPORT_EVERY = 65_536

/** Offsets of the records that the bench hands to the gate. */
const AT = { order: 0, response: 512 }

/**
 * Orders of several strategies in many instruments through a gate whose state is warm: open orders on both sides, prices that
 * move, accepts, fills and cancels in between. Each verdict is timed by itself.
 */
export function benchGate({ orders, instruments, limits, clock, seed, onProgress }: GateBenchOptions): GateBenchResult {
  const bench = new GateBench(limits, instruments, clock, seed)
  bench.run(Math.min(orders, 200_000), () => {})
  bench.forget()
  bench.run(orders, (done) => onProgress?.(done / orders))
  return bench.result(orders)
}

function createHistogram(): Histogram {
  return new Histogram(new ArrayBuffer(HISTOGRAM_BYTES), 0)
}

class GateBench {
  readonly #gate: RiskGate
  readonly #instruments: number
  readonly #clock: NanoClock
  readonly #views = new RecordViews(new ArrayBuffer(1024))
  readonly #stamps = new Float64Array(3)
  #decide = createHistogram()
  #reading = createHistogram()
  #state: number
  #nextId = 1
  #refused = 0
  #peak = 0

  constructor(limits: GateLimits, instruments: number, clock: NanoClock, seed: number) {
    this.#gate = new RiskGate(limits, instruments)
    this.#instruments = instruments
    this.#clock = clock
    this.#state = seed | 1
    for (let instrument = 1; instrument <= instruments; instrument++) this.#admit(instrument)
  }

  forget(): void {
    this.#decide = createHistogram()
    this.#reading = createHistogram()
    this.#refused = 0
  }

  #below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) | 0
    return (this.#state >>> 8) % limit
  }

  #admit(instrument: number): void {
    const views = this.#views
    beginRecord(views, AT.response, Instrument.Bytes, RecordType.Instrument, instrument)
    views.u8.fill(0, AT.response + Header.Bytes, AT.response + Instrument.Bytes)
    views.i32[(AT.response + Instrument.PriceExponent) >> 2] = -4
    views.u8.set(Buffer.from(`S${instrument}`), AT.response + Instrument.Symbol)
    this.#gate.observe(views, AT.response)
    this.#quote(instrument)
  }

  #quote(instrument: number): void {
    const { market } = this.#gate.state
    const at = market.at(instrument)
    const middle = PRICE + (this.#below(21) - 10) * 100
    market.values[at + MarketSlot.BidPrice] = middle - 100
    market.values[at + MarketSlot.AskPrice] = middle + 100
    this.#gate.noteMarket(instrument)
  }

  run(orders: number, onProgress: (done: number) => void): void {
    const { state } = this.#gate
    const capacity = Math.floor(state.openOrders.capacity * OPEN_SHARE)
    for (let done = 0; done < orders; done++) {
      state.nowNs[0]! += 1_000_000
      this.#quote(1 + this.#below(this.#instruments))
      this.#time()
      state.wishes.count = 0
      while (state.openOrders.count > capacity) this.#endOne()
      if (state.openOrders.count > this.#peak) this.#peak = state.openOrders.count
      if (done % REPORT_EVERY === 0) onProgress(done)
    }
  }

  #time(): void {
    const stamps = this.#stamps
    this.#writeOrder()
    this.#clock.readInto(stamps, 0)
    this.#clock.readInto(stamps, 1)
    const reason = this.#gate.decide(this.#views, AT.order)
    this.#clock.readInto(stamps, 2)
    stamps[0] = stamps[1]! - stamps[0]!
    stamps[1] = stamps[2]! - stamps[1]!
    this.#reading.recordFrom(stamps, 0)
    stamps[1] = stamps[1]! > stamps[0]! ? stamps[1]! - stamps[0]! : 0
    this.#decide.recordFrom(stamps, 1)
    if (reason !== 0) this.#refused++
    else this.#accept()
  }

  #writeOrder(): void {
    const views = this.#views
    const side = this.#below(2)
    const away = 100 + this.#below(20) * 100
    beginRecord(views, AT.order, NewOrder.Bytes, RecordType.NewOrder, 1 + this.#below(this.#instruments))
    views.u16[(AT.order + Header.Source) >> 1] = 1 + this.#below(STRATEGIES)
    views.f64[(AT.order + Header.Time) >> 3] = this.#gate.state.nowNs[0]!
    views.u32[(AT.order + NewOrder.OrderId) >> 2] = this.#nextId++
    views.u32[(AT.order + NewOrder.Side) >> 2] = side
    views.f64[(AT.order + NewOrder.Price) >> 3] = PRICE + (side === Side.Buy ? -away : away)
    views.f64[(AT.order + NewOrder.Quantity) >> 3] = 100 + this.#below(5) * 100
    views.u32[(AT.order + NewOrder.OrderType) >> 2] = 0
  }

  #accept(): void {
    const views = this.#views
    const instrument = views.u32[(AT.order + Header.Instrument) >> 2]!
    beginRecord(views, AT.response, Accepted.Bytes, RecordType.Accepted, instrument)
    views.u16[(AT.response + Header.Source) >> 1] = views.u16[(AT.order + Header.Source) >> 1]!
    views.u32[(AT.response + Accepted.OrderId) >> 2] = views.u32[(AT.order + NewOrder.OrderId) >> 2]!
    views.f64[(AT.response + Accepted.Quantity) >> 3] = views.f64[(AT.order + NewOrder.Quantity) >> 3]!
    this.#gate.observe(views, AT.response)
  }

  /** One open order is filled or cancelled, picked at random. */
  #endOne(): void {
    const { capacity, words, doubles } = this.#gate.state.openOrders
    let slot = this.#below(capacity)
    while (doubles[slot * OrderDouble.Count + OrderDouble.Remaining] === 0) slot = (slot + 1) % capacity
    const order = slot * OrderWord.Count
    const isFill = this.#below(2) === 0
    const views = this.#views
    const bytes = isFill ? Filled.Bytes : Cancelled.Bytes
    const type = isFill ? RecordType.Filled : RecordType.Cancelled
    beginRecord(views, AT.response, bytes, type, words[order + OrderWord.Instrument]!)
    views.u16[(AT.response + Header.Source) >> 1] = words[order + OrderWord.Strategy]!
    views.i32[(AT.response + (isFill ? Filled.OrderId : Cancelled.OrderId)) >> 2] = words[order + OrderWord.OrderId]!
    if (isFill) {
      const amounts = slot * OrderDouble.Count
      views.f64[(AT.response + Filled.Price) >> 3] = doubles[amounts + OrderDouble.Price]!
      views.f64[(AT.response + Filled.Quantity) >> 3] = doubles[amounts + OrderDouble.Remaining]!
      views.f64[(AT.response + Filled.LeavesQuantity) >> 3] = 0
    }
    this.#gate.observe(views, AT.response)
  }

  result(orders: number): GateBenchResult {
    return {
      orders,
      refused: this.#refused,
      openOrdersPeak: this.#peak,
      decideNs: this.#decide.summarise(),
      clockNs: this.#reading.summarise().p50,
    }
  }
}
