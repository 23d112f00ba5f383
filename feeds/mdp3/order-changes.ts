import { Side } from '../../kernels/records/catalogue.ts'
import type { RecordBatch } from '../record-batch.ts'
import { Mdp3Reject } from './counts.ts'
import type { DecodeContext } from './decode-context.ts'
import { MDEntryType, OrderUpdateAction } from './generated/v13/types.ts'
import { OrderState } from './security-table.ts'

/**
 * Applies a change of one order, whose price and quantity are in the writer's slots. Where orders may rest that were never
 * seen, the readers follow the levels and are given no order; a change that a snapshot of the orders includes is dropped.
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
  const packet = context.packet[0]!
  if (packet <= securities.orderSnapshotPacket[instrument]!) return
  securities.orderPacket[instrument] = packet
  const state = securities.orderState[instrument]!
  if (state === OrderState.Unknown) return
  if (state === OrderState.Loading) {
    // The snapshot does not include it, and the order may be in a chunk that is still to come.
    context.loseBook(instrument, batch)
    return
  }
  securities.orderState[instrument] = OrderState.Whole
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
