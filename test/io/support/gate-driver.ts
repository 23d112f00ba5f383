import { Verdict } from '../../../kernels/io/gate/gate-state.ts'
import type { GateLimits } from '../../../kernels/io/gate/limits.ts'
import { MarketSlot } from '../../../kernels/io/gate/market-table.ts'
import { RiskGate } from '../../../kernels/io/gate/risk-gate.ts'
import { OrderType, RecordType, type RejectReason, Side } from '../../../kernels/records/catalogue.ts'
import { encodeRecord, type PlainValue } from '../../../kernels/records/codec.ts'
import { RecordViews } from '../../../kernels/records/views.ts'
import { wideLimits } from './limits.ts'

/** 50.00 in ten-thousandths. */
export const PRICE = 500_000

type Fields = Readonly<Record<string, PlainValue>>

/** A gate that knows instrument 1, XAMP, at 50.00, and 2, YARN, at 20.00, with means to hand it records by their fields. */
export class GateDriver {
  readonly gate: RiskGate
  readonly #views = new RecordViews(new ArrayBuffer(512))

  constructor(limits: Partial<GateLimits> = {}) {
    this.gate = new RiskGate(wideLimits(limits), 8)
    this.observe(RecordType.Instrument, { instrument: 1, symbol: 'XAMP', priceExponent: -4 })
    this.observe(RecordType.Instrument, { instrument: 2, symbol: 'YARN', priceExponent: -4 })
    this.quote(1, PRICE - 100, PRICE + 100)
    this.quote(2, 199_900, 200_100)
  }

  get state(): RiskGate['state'] {
    return this.gate.state
  }

  get value(): number {
    return this.state.verdict[Verdict.Value]!
  }

  get threshold(): number {
    return this.state.verdict[Verdict.Threshold]!
  }

  /** What the gate wants cancelled since the last look: strategy, order, instrument. */
  takeWishes(): string[] {
    const { wishes } = this.state
    const list = Array.from({ length: wishes.count }, (_, i) => {
      return `${wishes.strategy[i]}:${wishes.orderId[i]}:${wishes.instrument[i]}`
    })
    wishes.count = 0
    return list
  }

  at(timeNs: number): this {
    this.state.nowNs[0] = timeNs
    return this
  }

  quote(instrument: number, bid: number, ask: number): void {
    const at = this.state.market.at(instrument)
    this.state.market.values[at + MarketSlot.BidPrice] = bid
    this.state.market.values[at + MarketSlot.AskPrice] = ask
    this.gate.noteMarket(instrument)
  }

  #encode(type: RecordType, fields: Fields): void {
    const name = RecordType[type]!
    const record = `${name.charAt(0).toLowerCase()}${name.slice(1)}`
    encodeRecord({ record, source: 1, instrument: 1, ...fields }, this.#views, 0)
  }

  /** Decides on a buy of 100 at 50.00, made at the gate's time, unless told otherwise. */
  order(fields: Fields = {}): RejectReason {
    const defaults = { orderId: 1, side: Side.Buy, price: PRICE, quantity: 100, orderType: OrderType.Limit }
    this.#encode(RecordType.NewOrder, { time: this.state.nowNs[0]!, ...defaults, ...fields })
    return this.gate.decide(this.#views, 0)
  }

  replace(fields: Fields): RejectReason {
    this.#encode(RecordType.ReplaceOrder, { time: this.state.nowNs[0]!, price: PRICE, quantity: 100, ...fields })
    return this.gate.decide(this.#views, 0)
  }

  cancel(fields: Fields): RejectReason {
    this.#encode(RecordType.CancelOrder, fields)
    return this.gate.decide(this.#views, 0)
  }

  observe(type: RecordType, fields: Fields): void {
    this.#encode(type, fields)
    this.gate.observe(this.#views, 0)
  }

  fill(orderId: number, quantity: number, leavesQuantity: number, fields: Fields = {}): void {
    this.observe(RecordType.Filled, { orderId, quantity, leavesQuantity, price: PRICE, ...fields })
  }

  command(fields: Fields): void {
    this.observe(RecordType.Command, { source: 0, instrument: 0, who: 'test', why: 'to see', ...fields })
  }
}
