import type { OuchVersion } from '../../../../feeds/ouch/versions.ts'
import { OuchGateway, type OuchGatewayOptions } from '../../../../kernels/io/entry/ouch-gateway.ts'
import {
  CancelOrder,
  Header,
  Instrument,
  MassCancel,
  NewOrder,
  RecordType,
  ReplaceOrder,
  Side,
} from '../../../../kernels/records/catalogue.ts'
import { decodeRecord, type PlainRecord } from '../../../../kernels/records/codec.ts'
import { beginRecord, RecordViews } from '../../../../kernels/records/views.ts'
import { ToyVenue } from './toy-venue.ts'

export const INSTRUMENT = 3
export const STRATEGY = 1

/** A gateway and a toy venue on one thread, with a clock of their own. */
export class EntryRig {
  readonly venue: ToyVenue
  readonly gateway: OuchGateway
  /** What strategies were told. */
  readonly told: PlainRecord[] = []
  /** Outbound records so far. */
  sequence = 0
  #nowNs = 1e9

  constructor(version: OuchVersion, options: Partial<OuchGatewayOptions> & { password?: string } = {}) {
    this.venue = new ToyVenue(version)
    const login = { username: 'firm', password: options.password ?? 'secret' }
    this.gateway = new OuchGateway({
      version,
      link: { login, connect: this.venue.connect, reconnectMs: 100 },
      startSeconds: 1_700_000_000,
      orderDefaults: { firm: 'FIRM', capacity: 0x50 },
      ordersMax: 1000,
      instrumentsMax: 10,
      cancelsOnDisconnect: false,
      ...options,
    })
    const views = new RecordViews(new ArrayBuffer(512))
    beginRecord(views, 0, Instrument.Bytes, RecordType.Instrument, INSTRUMENT)
    views.u8.set(Buffer.from('ZVZZT'), Instrument.Symbol)
    views.i32[Instrument.PriceExponent >> 2] = -4
    this.gateway.noteInstrument(views, 0)
  }

  /** Lets both sides work for some time, in steps of `stepMs`. */
  run(timeMs: number, bytesMost?: number, stepMs = 50): void {
    for (let passedMs = 0; passedMs < timeMs; passedMs += stepMs) {
      this.#nowNs += stepMs * 1e6
      this.step(bytesMost)
    }
  }

  step(bytesMost?: number): void {
    this.gateway.nowNs[0] = this.#nowNs
    this.#work()
    this.venue.step(this.#nowNs, bytesMost)
    this.#work()
    this.drain()
  }

  #work(): void {
    this.gateway.step()
    if (this.gateway.wantsCancelAll) this.gateway.cancelAll()
  }

  drain(): void {
    const { responses } = this.gateway
    for (let at = responses.peek(); at >= 0; at = responses.peek()) {
      this.told.push(decodeRecord(responses.views, at))
      responses.pop()
    }
  }

  /** The types of what strategies were told, with the order's id. */
  story(): string[] {
    return this.told.map((record) => `${record.record} ${record.newOrderId ?? record.orderId}`)
  }

  order(orderId: number, quantity = 100, price = 102_500, flags = 0, side = Side.Buy): number {
    return this.#send(NewOrder.Bytes, RecordType.NewOrder, (views) => {
      views.u16[Header.Flags >> 1] = flags
      views.u32[NewOrder.OrderId >> 2] = orderId
      views.u32[NewOrder.Side >> 2] = side
      views.f64[NewOrder.Price >> 3] = price
      views.f64[NewOrder.Quantity >> 3] = quantity
    })
  }

  /** @returns what strategies were told to be filled of an order */
  toldFilled(orderId: number): number {
    const fills = this.told.filter((record) => record.record === 'filled' && record.orderId === orderId)
    return fills.reduce((sum, { quantity }) => sum + Number(quantity), 0)
  }

  /** @param filledQuantity what the strategy knew to be filled: by default, what it was told */
  replace(
    orderId: number,
    newOrderId: number,
    quantity: number,
    price = 102_600,
    filledQuantity = this.toldFilled(orderId),
  ): number {
    return this.#send(ReplaceOrder.Bytes, RecordType.ReplaceOrder, (views) => {
      views.u32[ReplaceOrder.OrderId >> 2] = orderId
      views.u32[ReplaceOrder.NewOrderId >> 2] = newOrderId
      views.f64[ReplaceOrder.Price >> 3] = price
      views.f64[ReplaceOrder.Quantity >> 3] = quantity
      views.f64[ReplaceOrder.FilledQuantity >> 3] = filledQuantity
    })
  }

  cancel(orderId: number): number {
    return this.#send(CancelOrder.Bytes, RecordType.CancelOrder, (views) => {
      views.u32[CancelOrder.OrderId >> 2] = orderId
    })
  }

  massCancel(): number {
    return this.#send(MassCancel.Bytes, RecordType.MassCancel, (views) => {
      views.u32[Header.Instrument >> 2] = 0
    })
  }

  #send(bytes: number, type: RecordType, fill: (views: RecordViews) => void): number {
    const views = new RecordViews(new ArrayBuffer(512))
    beginRecord(views, 0, bytes, type, INSTRUMENT)
    this.sequence++
    views.f64[Header.Sequence >> 3] = this.sequence
    views.u16[Header.Source >> 1] = STRATEGY
    fill(views)
    this.gateway.nowNs[0] = this.#nowNs
    this.gateway.applyRequest(views, 0)
    this.drain()
    return this.sequence
  }
}
