import { CancelOrder, CancelReason, Header, MassCancel, RecordType } from '../../records/catalogue.ts'
import { beginRecord, type RecordViews } from '../../records/views.ts'

/** Bytes of the cancel of one order, or with id 0 of all of a strategy. */
export function ownCancelBytes(orderId: number): number {
  return orderId === 0 ? MassCancel.Bytes : CancelOrder.Bytes
}

/**
 * Writes a cancel of the gate's own, as a strategy would ask for it, at time 0.
 * @param views room for `ownCancelBytes` at `at`
 * @param orderId 0 for all of the strategy @param instrument 0 for all
 */
export function writeOwnCancel(
  views: RecordViews,
  at: number,
  strategy: number,
  orderId: number,
  instrument: number,
): void {
  const isOne = orderId !== 0
  beginRecord(views, at, ownCancelBytes(orderId), isOne ? RecordType.CancelOrder : RecordType.MassCancel, instrument)
  views.u16[(at + Header.Source) >> 1] = strategy
  // Nothing that a strategy saw is its cause.
  views.f64[(at + CancelOrder.CauseSequence) >> 3] = 0
  if (isOne) views.u32[(at + CancelOrder.OrderId) >> 2] = orderId
  else views.u32[(at + MassCancel.Reason) >> 2] = CancelReason.KillSwitch
}
