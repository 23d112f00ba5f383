/**
 * Run in a process of its own: drives the strategy kernel over synthetic records and prints, as JSON, how often memory
 * was collected after the warm-up. Arguments: stored bundles, records, warm-up records, parameters as JSON, and whether
 * the market comes by `orders` or by `levels`.
 */
import v8 from 'node:v8'
import {
  Accepted,
  Cancelled,
  Filled,
  FLAG_MORE,
  Header,
  NewOrder,
  RecordType,
  Replaced,
  ReplaceOrder,
} from '../../../kernels/records/catalogue.ts'
import { copyRecord } from '../../../kernels/records/copy.ts'
import { beginRecord, type RecordViews } from '../../../kernels/records/views.ts'
import { readBundle } from '../../../kernels/strategy/bundle-file.ts'
import { LoadedStrategy } from '../../../kernels/strategy/load.ts'
import { InboundScript, Rig } from './rig.ts'

const INSTRUMENTS = 4
const CYCLE = 20_000

function createRandom(): (limit: number) => number {
  let seed = 12345
  return (limit) => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff
    return (seed >>> 8) % limit
  }
}

function buildPreamble(): InboundScript {
  const preamble = new InboundScript().start()
  for (let id = 1; id <= INSTRUMENTS; id++) preamble.instrument(id, `SYM${id}`)
  return preamble
}

/** Levels in events of several records, best prices of the last instrument, trades, imbalances and statistics. */
function buildLevelCycle(): { preamble: InboundScript; cycle: InboundScript } {
  const cycle = new InboundScript(1 << 22)
  const random = createRandom()
  while (cycle.offsets.length < CYCLE) {
    const instrument = 1 + random(INSTRUMENTS)
    const side = random(2)
    const kind = random(20)
    const price = 1_000_000 + (side === 0 ? -100 : 100) * random(6)
    const flags = random(3) === 0 ? FLAG_MORE : 0
    if (kind === 0) cycle.add({ record: 'imbalance', instrument, pairedQuantity: 5_000_000_000, referencePrice: price })
    else if (kind === 1) cycle.add({ record: 'statistic', instrument, kind: 22, value: 5_000_000_000 + random(1000) })
    else if (kind < 5) cycle.add({ record: 'trade', flags, instrument, price, quantity: 100 * (1 + random(3)) })
    else if (instrument === INSTRUMENTS) {
      const [bidQuantity, askQuantity] = [100 * random(9), 100 * random(9)]
      const top = { bidPrice: price - 300, bidQuantity, askPrice: price + 300, askQuantity }
      cycle.add({ record: 'topOfBook', flags, instrument, ...top })
    } else cycle.add({ record: 'levelUpdate', flags, instrument, side, price, quantity: 100 * random(6) })
  }
  return { preamble: buildPreamble(), cycle }
}

/** Adds, executes and deletes around a moving price; every order is gone at the end, so that cycles repeat. */
function buildCycle(): { preamble: InboundScript; cycle: InboundScript } {
  const cycle = new InboundScript(1 << 22)
  const random = createRandom()
  const live: { reference: number; instrument: number }[] = []
  let reference = 0
  const price = new Array<number>(INSTRUMENTS + 1).fill(1_000_000)
  while (cycle.offsets.length < CYCLE - live.length) {
    const id = 1 + random(INSTRUMENTS)
    if (live.length < 200 || random(2) === 0) {
      const side = random(2)
      if (random(40) === 0) price[id]! += (random(3) - 1) * 100
      const offset = 100 * (1 + random(8))
      cycle.order(id, side, price[id]! + (side === 0 ? -offset : offset), 100 * (1 + random(5)), ++reference, 0)
      live.push({ reference, instrument: id })
      continue
    }
    const [gone] = live.splice(random(live.length), 1)
    cycle.add({ record: 'orderDelete', instrument: gone!.instrument, reference: String(gone!.reference) })
  }
  for (const { reference: last, instrument } of live) {
    cycle.add({ record: 'orderDelete', instrument, reference: String(last) })
  }
  return { preamble: buildPreamble(), cycle }
}

/** Answers every order as a venue would, without allocating. */
class Responder {
  fills = 0
  orders = 0
  readonly #rig: Rig
  readonly #sequence: Float64Array
  readonly #time: Float64Array

  constructor(rig: Rig, sequence: Float64Array, time: Float64Array) {
    this.#rig = rig
    this.#sequence = sequence
    this.#time = time
  }

  drain(): void {
    const { consumer } = this.#rig.outbound
    for (let at = consumer.next(); at >= 0; at = consumer.next()) this.#answer(consumer.views, at)
    consumer.release()
  }

  #answer(views: RecordViews, at: number): void {
    const type = views.u16[(at + Header.Type) >> 1]!
    if (type === RecordType.NewOrder) {
      this.orders++
      this.#accept(views, at)
      this.#end(views, at, views.u32[(at + NewOrder.OrderId) >> 2]! % 3 === 0)
    }
    if (type === RecordType.ReplaceOrder) this.#replace(views, at)
    if (type === RecordType.CancelOrder) this.#cancel(views, at)
  }

  #begin(request: RecordViews, requestAt: number, bytes: number, type: RecordType): number {
    const { producer } = this.#rig.inbound
    const at = producer.tryClaim(bytes, 0)
    const instrument = request.u32[(requestAt + Header.Instrument) >> 2]!
    producer.views.u8.fill(0, at, at + bytes)
    beginRecord(producer.views, at, bytes, type, instrument)
    producer.views.u16[(at + Header.Source) >> 1] = request.u16[(requestAt + Header.Source) >> 1]!
    producer.views.f64[(at + Header.Sequence) >> 3] = ++this.#sequence[0]!
    producer.views.f64[(at + Header.Time) >> 3] = this.#time[0]!
    return at
  }

  #accept(request: RecordViews, requestAt: number): void {
    const at = this.#begin(request, requestAt, Accepted.Bytes, RecordType.Accepted)
    const { u32, f64 } = this.#rig.inbound.producer.views
    u32[(at + Accepted.OrderId) >> 2] = request.u32[(requestAt + NewOrder.OrderId) >> 2]!
    u32[(at + Accepted.Side) >> 2] = request.u32[(requestAt + NewOrder.Side) >> 2]!
    f64[(at + Accepted.Price) >> 3] = request.f64[(requestAt + NewOrder.Price) >> 3]!
    f64[(at + Accepted.Quantity) >> 3] = request.f64[(requestAt + NewOrder.Quantity) >> 3]!
    this.#rig.inbound.producer.publish()
  }

  /** Every third order fills; an immediate one is cancelled otherwise, a resting one stays. */
  #end(request: RecordViews, requestAt: number, isFill: boolean): void {
    if (isFill) {
      this.fills++
      const at = this.#begin(request, requestAt, Filled.Bytes, RecordType.Filled)
      const { u32, f64 } = this.#rig.inbound.producer.views
      u32[(at + Filled.OrderId) >> 2] = request.u32[(requestAt + NewOrder.OrderId) >> 2]!
      u32[(at + Filled.Side) >> 2] = request.u32[(requestAt + NewOrder.Side) >> 2]!
      f64[(at + Filled.Price) >> 3] = request.f64[(requestAt + NewOrder.Price) >> 3]!
      f64[(at + Filled.Quantity) >> 3] = request.f64[(requestAt + NewOrder.Quantity) >> 3]!
      this.#rig.inbound.producer.publish()
    } else if (request.u32[(requestAt + NewOrder.TimeInForce) >> 2] === 1) {
      this.#cancel(request, requestAt)
    }
  }

  #cancel(request: RecordViews, requestAt: number): void {
    const at = this.#begin(request, requestAt, Cancelled.Bytes, RecordType.Cancelled)
    const { u32 } = this.#rig.inbound.producer.views
    u32[(at + Cancelled.OrderId) >> 2] = request.u32[(requestAt + NewOrder.OrderId) >> 2]!
    this.#rig.inbound.producer.publish()
  }

  #replace(request: RecordViews, requestAt: number): void {
    const at = this.#begin(request, requestAt, Replaced.Bytes, RecordType.Replaced)
    const { u32, f64 } = this.#rig.inbound.producer.views
    u32[(at + Replaced.OrderId) >> 2] = request.u32[(requestAt + ReplaceOrder.OrderId) >> 2]!
    u32[(at + Replaced.NewOrderId) >> 2] = request.u32[(requestAt + ReplaceOrder.NewOrderId) >> 2]!
    f64[(at + Replaced.Price) >> 3] = request.f64[(requestAt + ReplaceOrder.Price) >> 3]!
    f64[(at + Replaced.Quantity) >> 3] = request.f64[(requestAt + ReplaceOrder.Quantity) >> 3]!
    this.#rig.inbound.producer.publish()
  }
}

class Feeder {
  readonly #cycle: InboundScript
  readonly #rig: Rig
  readonly #sequence: Float64Array
  readonly #time: Float64Array
  #next = 0

  constructor(rig: Rig, cycle: InboundScript, sequence: Float64Array, time: Float64Array) {
    this.#rig = rig
    this.#cycle = cycle
    this.#sequence = sequence
    this.#time = time
  }

  feed(count: number): void {
    const { producer } = this.#rig.inbound
    const from = this.#cycle.views
    for (let i = 0; i < count; i++) {
      const fromAt = this.#cycle.offsets[this.#next]!
      this.#next = this.#next + 1 === this.#cycle.offsets.length ? 0 : this.#next + 1
      const length = from.u32[fromAt >> 2]!
      const at = producer.tryClaim(length, 0)
      copyRecord(from, fromAt, producer.views, at, length)
      this.#time[0]! += 5_600
      producer.views.f64[(at + Header.Sequence) >> 3] = ++this.#sequence[0]!
      producer.views.f64[(at + Header.Time) >> 3] = this.#time[0]!
    }
    producer.publish()
  }
}

function main(): void {
  const [path, recordsText, warmText, paramsText, market] = process.argv.slice(2)
  const paths = path!.split(',')
  const plans = []
  for (const one of paths)
    plans.push({ loaded: LoadedStrategy.load(readBundle(one)), params: JSON.parse(paramsText ?? '{}') })
  const { preamble, cycle } = market === 'levels' ? buildLevelCycle() : buildCycle()
  const rig = new Rig(plans)
  const sequence = new Float64Array([0])
  const time = new Float64Array([34_200_000_000_000])
  rig.run(preamble)
  sequence[0] = preamble.offsets.length
  const feeder = new Feeder(rig, cycle, sequence, time)
  const responder = new Responder(rig, sequence, time)
  const drive = (records: number) => {
    for (let done = 0; done < records; done += 64) {
      feeder.feed(64)
      rig.stepper.step(1024)
      responder.drain()
      rig.stepper.step(1024)
      responder.drain()
    }
  }
  drive(Number(warmText))
  global.gc?.()
  const profiler = new v8.GCProfiler()
  const ordersBefore = responder.orders
  profiler.start()
  const heapBefore = process.memoryUsage().heapUsed
  const before = process.hrtime.bigint()
  drive(Number(recordsText))
  const elapsedNs = Number(process.hrtime.bigint() - before)
  const heapGrowth = process.memoryUsage().heapUsed - heapBefore
  const { statistics } = profiler.stop()!
  const result = {
    collections: statistics.length,
    kinds: statistics.map((entry) => entry.gcType),
    heapGrowthBytes: heapGrowth,
    orders: responder.orders - ordersBefore,
    outbound: rig.kernel.outbound.sequence[0],
    fills: responder.fills,
    nsPerRecord: Math.round(elapsedNs / Number(recordsText)),
    stops: rig.kernel.stops,
    illegal: rig.kernel.summarise().map((summary) => summary.illegalTransitions),
  }
  console.log(JSON.stringify(result))
}

main()
