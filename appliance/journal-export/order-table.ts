import { CancelReason, OrderType, TimeInForce } from '../../kernels/records/catalogue.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import type { SessionTable } from '../../storage/export/session-table.ts'
import { OrderRow, RowFlag, STRATEGY_BYTES } from '../../storage/export/session-tables.ts'
import { OrderLedger } from '../../storage/session/order-ledger.ts'
import { type OrderLife, OrderStage } from '../../storage/session/order-life.ts'
import { memberName, rejectReasonName } from '../../storage/session/value-names.ts'

/** Writes every order as it ended; in the order of their ends, those that never did last. */
export class OrderTable {
  readonly #table: SessionTable
  readonly #ledger: OrderLedger
  readonly #nameOf: (strategy: number) => string
  readonly #accepts: (life: OrderLife) => boolean

  /** @param accepts whether an order is wanted */
  constructor(table: SessionTable, nameOf: (strategy: number) => string, accepts: (life: OrderLife) => boolean) {
    this.#table = table
    this.#nameOf = nameOf
    this.#accepts = accepts
    this.#ledger = new OrderLedger({ onEnd: (life) => this.#write(life) })
  }

  noteInbound(views: RecordViews, at: number): void {
    this.#ledger.noteInbound(views, at)
  }

  noteOutbound(views: RecordViews, at: number): void {
    this.#ledger.noteOutbound(views, at)
  }

  /** The session is over: what is alive is written as it is. */
  end(): void {
    for (const life of this.#ledger.live()) this.#write(life)
  }

  #write(life: OrderLife): void {
    if (!this.#accepts(life)) return
    const table = this.#table
    const { f64, u32 } = table.views
    table.begin(life.instrument, life.sequence)
    f64[OrderRow.Price >> 3] = life.price
    f64[OrderRow.Quantity >> 3] = life.quantity
    f64[OrderRow.Filled >> 3] = life.filledQuantity
    f64[OrderRow.FilledValue >> 3] = life.filledValue
    f64[OrderRow.CauseSequence >> 3] = life.causeSequence
    u32[OrderRow.OrderId >> 2] = life.orderId
    u32[OrderRow.Side >> 2] = life.side
    u32[OrderRow.State >> 2] = life.stage
    u32[OrderRow.Fills >> 2] = life.fills
    u32[OrderRow.Replaces >> 2] = life.replaces
    u32[OrderRow.ReplacedBy >> 2] = life.replacedBy
    if (life.replaces !== 0) table.setFlag(RowFlag.Replaces)
    if (life.replacedBy !== 0) table.setFlag(RowFlag.ReplacedBy)
    if (life.acceptedTimeNs >= 0) {
      table.setFlag(RowFlag.Accepted)
      f64[OrderRow.AcceptedAfterNs >> 3] = life.acceptedTimeNs - life.sentTimeNs
    }
    if (life.endTimeNs >= 0) {
      table.setFlag(RowFlag.Ended)
      f64[OrderRow.EndedAfterNs >> 3] = life.endTimeNs - life.sentTimeNs
    }
    table.setText(OrderRow.Type, 16, memberName(OrderType, life.orderType))
    table.setText(OrderRow.TimeInForce, 24, memberName(TimeInForce, life.timeInForce))
    table.setText(OrderRow.Reason, 32, reasonOf(life))
    table.setText(OrderRow.VenueOrder, 24, life.venueOrder)
    table.setText(OrderRow.Strategy, STRATEGY_BYTES, this.#nameOf(life.strategy))
    table.append(life.sentTimeNs)
  }
}

function reasonOf(life: OrderLife): string {
  if (life.stage === OrderStage.Rejected) return rejectReasonName(life.endReason)
  return life.stage === OrderStage.Cancelled ? memberName(CancelReason, life.endReason) : ''
}
