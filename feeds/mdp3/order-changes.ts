import { Side } from '../../kernels/records/catalogue.ts'
import type { RecordBatch } from '../record-batch.ts'
import { Mdp3Reject } from './counts.ts'
import type { DecodeContext } from './decode-context.ts'
import { MDEntryType, OrderUpdateAction } from './generated/v13/types.ts'
import { OrderState } from './security-table.ts'

/**
 * Applies a change of one order, whose price and quantity are in the writer's slots. After a gap changes are held back
 * (counted) until a snapshot has come: they would name orders that no one knows.
 * @param entryType whose side it is
 * @param action OrderUpdateAction; MDUpdateAction has the same numbers for these three
 */
export function changeOrder(
  context: DecodeContext,
  batch: RecordBatch,
  instrument: number,
  entryType: number,
  action: number,
  low: number,
  high: number,
): void {
  const { writer, securities } = context
  if (entryType !== MDEntryType.Bid && entryType !== MDEntryType.Offer) {
    context.reject(Mdp3Reject.UnknownEntryType)
    return
  }
  const state = securities.orderState[instrument]!
  if (state === OrderState.Lost) {
    context.reject(Mdp3Reject.OrderWhileLost)
    return
  }
  if (state === OrderState.Unseen) securities.orderState[instrument] = OrderState.Partial
  switch (action) {
    case OrderUpdateAction.New:
      writer.orderAdd(batch, instrument, entryType === MDEntryType.Bid ? Side.Buy : Side.Sell, low, high)
      return
    case OrderUpdateAction.Update:
      writer.orderChange(batch, instrument, low, high)
      return
    case OrderUpdateAction.Delete:
      writer.orderDelete(batch, instrument, low, high)
      return
    default:
      context.reject(Mdp3Reject.UnknownAction)
  }
}
