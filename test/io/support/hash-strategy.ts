import {
  CancelOrder,
  Header,
  MassCancel,
  NewOrder,
  RecordType,
  ReplaceOrder,
  SessionEnd,
} from '../../../kernels/records/catalogue.ts'
import { beginRecord, type RecordViews } from '../../../kernels/records/views.ts'
import type { RingConsumer } from '../../../kernels/ring/consumer.ts'
import type { RingProducer } from '../../../kernels/ring/producer.ts'

const EMISSION_BYTES_MAX = 4 * 512

/**
 * A pure function from inbound to outbound records that reacts to anything, responses included, by a hash of what it
 * sees: it makes feedback loops of every kind. Publishes its output before it gives its input back.
 */
export class HashStrategy {
  isFinished = false
  readonly #inbound: RingConsumer
  readonly #outbound: RingProducer
  readonly #reactOneIn: number
  #sequence = 0
  #orderId = 0
  #hash = 17

  constructor(inbound: RingConsumer, outbound: RingProducer, reactOneIn: number) {
    this.#inbound = inbound
    this.#outbound = outbound
    this.#reactOneIn = reactOneIn
  }

  step(budget: number): number {
    let done = 0
    while (done < budget && this.#outbound.hasFree(EMISSION_BYTES_MAX)) {
      const at = this.#inbound.next()
      if (at < 0) break
      this.#react(this.#inbound.views, at)
      done++
    }
    this.#outbound.publish()
    this.#inbound.release()
    return done
  }

  #react(views: RecordViews, at: number): void {
    const type = views.u16[(at + Header.Type) >> 1]!
    const length = views.u32[at >> 2]!
    for (let i = 4; i < length; i += 4) this.#hash = (Math.imul(this.#hash, 31) + views.i32[(at + i) >> 2]!) | 0
    if (type === RecordType.SessionEnd) {
      this.isFinished = views.f64[(at + SessionEnd.InboundRecords) >> 3]! > 0
      return
    }
    const draw = this.#hash >>> 8
    // Answers to answers are rare, or the loop would feed itself for ever.
    const oneIn = type >= RecordType.Routed ? this.#reactOneIn * 10 : this.#reactOneIn
    if (draw % oneIn !== 0) return
    const kind = (draw >> 8) % 10
    if (kind < 6 || this.#orderId < 3) this.#new(views, at, draw)
    else if (kind < 8) this.#cancel(views, at, draw)
    else if (kind < 9) this.#replace(views, at, draw)
    else this.#massCancel(views, at)
  }

  #begin(views: RecordViews, at: number, bytes: number, type: RecordType, instrument: number): number {
    const to = this.#outbound.tryClaim(bytes, 0)
    if (to < 0) throw new Error('no room although it was checked')
    const out = this.#outbound.views
    beginRecord(out, to, bytes, type, instrument)
    out.u8.fill(0, to + 32, to + bytes)
    out.u16[(to + Header.Source) >> 1] = 1
    out.f64[(to + Header.Sequence) >> 3] = ++this.#sequence
    out.f64[(to + Header.Time) >> 3] = views.f64[(at + Header.Time) >> 3]!
    out.f64[(to + NewOrder.CauseSequence) >> 3] = views.f64[(at + Header.Sequence) >> 3]!
    return to
  }

  #new(views: RecordViews, at: number, draw: number): void {
    const to = this.#begin(views, at, NewOrder.Bytes, RecordType.NewOrder, 1 + (draw % 3))
    const out = this.#outbound.views
    const side = (draw >> 3) % 2
    const offset = (((draw >> 4) % 9) - 4) * 100
    out.u32[(to + NewOrder.OrderId) >> 2] = ++this.#orderId
    out.u32[(to + NewOrder.Side) >> 2] = side
    out.f64[(to + NewOrder.Price) >> 3] = 1_000_000 + (side === 0 ? offset : -offset)
    out.f64[(to + NewOrder.Quantity) >> 3] = 1 + ((draw >> 5) % 600)
    out.u32[(to + NewOrder.TimeInForce) >> 2] = (draw >> 6) % 2
  }

  #cancel(views: RecordViews, at: number, draw: number): void {
    const to = this.#begin(views, at, CancelOrder.Bytes, RecordType.CancelOrder, 0)
    this.#outbound.views.u32[(to + CancelOrder.OrderId) >> 2] = Math.max(1, this.#orderId - (draw % 5))
  }

  #replace(views: RecordViews, at: number, draw: number): void {
    const to = this.#begin(views, at, ReplaceOrder.Bytes, RecordType.ReplaceOrder, 0)
    const out = this.#outbound.views
    out.u32[(to + ReplaceOrder.OrderId) >> 2] = Math.max(1, this.#orderId - (draw % 3))
    out.u32[(to + ReplaceOrder.NewOrderId) >> 2] = ++this.#orderId
    out.f64[(to + ReplaceOrder.Price) >> 3] = 1_000_000 + ((draw % 7) - 3) * 100
    out.f64[(to + ReplaceOrder.Quantity) >> 3] = 1 + (draw % 300)
  }

  #massCancel(views: RecordViews, at: number): void {
    this.#begin(views, at, MassCancel.Bytes, RecordType.MassCancel, 0)
  }
}
