import { Header, NewOrder, OrderType, RecordType, ReplaceOrder, Side } from '../../records/catalogue.ts'
import type { RecordViews } from '../../records/views.ts'

/** What the gate judges: one order to be, of a NewOrder or a ReplaceOrder. */
export class OrderFacts {
  instrument = 0
  strategy = 0
  orderId = 0
  side = 0
  isMarket = false
  isShort = false
  readonly price = new Float64Array(1)
  /** The price that a market order stands for: it meets everything on the other side. */
  readonly worstPrice = new Float64Array(1)
  /** What may open. */
  readonly quantity = new Float64Array(1)
  /** Of a replacement: what was known to be filled of the order that it replaces. */
  readonly filledQuantity = new Float64Array(1)
  /** In value units. */
  readonly value = new Float64Array(1)
  /** When it was decided on, ns since the session's epoch. */
  readonly causeNs = new Float64Array(1)

  /** Reads all but side and instrument of a replacement, which are those of the order that it replaces. */
  read(views: RecordViews, at: number): void {
    this.strategy = views.u16[(at + Header.Source) >> 1]!
    this.causeNs[0] = views.f64[(at + Header.Time) >> 3]!
    this.isShort = false
    if (views.u16[(at + Header.Type) >> 1]! === RecordType.NewOrder) {
      this.instrument = views.u32[(at + Header.Instrument) >> 2]!
      this.orderId = views.i32[(at + NewOrder.OrderId) >> 2]!
      this.side = views.u32[(at + NewOrder.Side) >> 2]!
      this.isMarket = views.u32[(at + NewOrder.OrderType) >> 2]! === OrderType.Market
      this.price[0] = views.f64[(at + NewOrder.Price) >> 3]!
      this.worstPrice[0] = this.price[0]!
      if (this.isMarket) this.worstPrice[0] = this.side === Side.Buy ? Number.MAX_VALUE : -Number.MAX_VALUE
      this.quantity[0] = views.f64[(at + NewOrder.Quantity) >> 3]!
    } else {
      this.orderId = views.i32[(at + ReplaceOrder.NewOrderId) >> 2]!
      this.isMarket = false
      this.price[0] = views.f64[(at + ReplaceOrder.Price) >> 3]!
      this.worstPrice[0] = this.price[0]!
      this.quantity[0] = views.f64[(at + ReplaceOrder.Quantity) >> 3]!
      this.filledQuantity[0] = views.f64[(at + ReplaceOrder.FilledQuantity) >> 3]!
    }
  }
}
