import { CancelOrder, CancelReason, Header, MassCancel, RecordType } from '../../records/catalogue.ts'
import { beginRecord, type RecordViews } from '../../records/views.ts'

/**
 * Writes a cancel of the gate's own, as a strategy would ask for it.
 * @param views room for a MassCancel, at 0
 * @param orderId 0 for all of the strategy @param instrument 0 for all
 */
export function writeOwnCancel(views: RecordViews, strategy: number, orderId: number, instrument: number): void {
  const isOne = orderId !== 0
  const bytes = isOne ? CancelOrder.Bytes : MassCancel.Bytes
  beginRecord(views, 0, bytes, isOne ? RecordType.CancelOrder : RecordType.MassCancel, instrument)
  views.u16[Header.Source >> 1] = strategy
  if (isOne) views.u32[CancelOrder.OrderId >> 2] = orderId
  else views.u32[MassCancel.Reason >> 2] = CancelReason.KillSwitch
}
