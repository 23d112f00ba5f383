import {
  CancelOrder,
  Command,
  CommandOutcome,
  FLAG_SHORT_SALE,
  GateCancel,
  Header,
  NewOrder,
  RecordType,
  Rejected,
  RejectOrigin,
  ReplaceOrder,
  Routed,
} from '../../records/catalogue.ts'
import { beginRecord, type RecordViews } from '../../records/views.ts'
import type { CancelWishes } from './cancel-wishes.ts'
import { Verdict } from './gate-state.ts'
import { CommandChange } from './operator-commands.ts'
import type { RiskGate } from './risk-gate.ts'

const WORD = 4294967296

/*
 * What the gate has to say, as records: all but sequence and time, which whoever publishes them sets. `out` and `to` are the
 * record's place, `views` and `at` those of the request or command that it is about.
 */

/** The request may leave. */
export function writeRouted(out: RecordViews, to: number, views: RecordViews, at: number, gate: RiskGate): void {
  const type = views.u16[(at + Header.Type) >> 1]!
  begin(out, to, views, at, Routed.Bytes, RecordType.Routed)
  const sequence = views.f64[(at + Header.Sequence) >> 3]!
  out.f64[(to + Routed.OutboundSequence) >> 3] = sequence
  out.u32[(to + Routed.OrderId) >> 2] = type === RecordType.MassCancel ? 0 : views.u32[(at + idAt(type)) >> 2]!
  out.u32[(to + Routed.RequestType) >> 2] = type
  out.u32[(to + Routed.TokenLow) >> 2] = sequence % WORD
  out.u32[(to + Routed.TokenHigh) >> 2] = sequence / WORD
  const isOrder = type === RecordType.NewOrder || type === RecordType.ReplaceOrder
  if (isOrder && gate.order.isShort) out.u16[(to + Header.Flags) >> 1] = FLAG_SHORT_SALE
}

/** The request may not leave; value and threshold stand in the gate's verdict. */
export function writeGateReject(
  out: RecordViews,
  to: number,
  views: RecordViews,
  at: number,
  gate: RiskGate,
  reason: number,
): void {
  const type = views.u16[(at + Header.Type) >> 1]!
  begin(out, to, views, at, Rejected.Bytes, RecordType.Rejected)
  out.f64[(to + Rejected.OutboundSequence) >> 3] = views.f64[(at + Header.Sequence) >> 3]!
  out.u32[(to + Rejected.OrderId) >> 2] = views.u32[(at + idAt(type)) >> 2]!
  out.u32[(to + Rejected.Origin) >> 2] = RejectOrigin.Gate
  out.u32[(to + Rejected.Reason) >> 2] = reason
  out.u32[(to + Rejected.RequestType) >> 2] = type
  out.f64[(to + Rejected.Value) >> 3] = gate.state.verdict[Verdict.Value]!
  out.f64[(to + Rejected.Threshold) >> 3] = gate.state.verdict[Verdict.Threshold]!
}

/** One of the cancels that the gate wishes for. */
export function writeGateCancel(out: RecordViews, to: number, wishes: CancelWishes, index: number): void {
  beginRecord(out, to, GateCancel.Bytes, RecordType.GateCancel, wishes.instrument[index]!)
  out.u16[(to + Header.Source) >> 1] = wishes.strategy[index]!
  out.u32[(to + GateCancel.OrderId) >> 2] = wishes.orderId[index]!
  out.u32[(to + GateCancel.Reason) >> 2] = wishes.reason[index]!
}

/** What became of the operator's command that the gate has just obeyed, or not. */
export function writeCommandOutcome(
  out: RecordViews,
  to: number,
  views: RecordViews,
  at: number,
  { commands }: RiskGate,
): void {
  begin(out, to, views, at, CommandOutcome.Bytes, RecordType.CommandOutcome)
  out.u32[(to + Header.Instrument) >> 2] = commands.instrument
  out.f64[(to + CommandOutcome.CommandSequence) >> 3] = views.f64[(at + Header.Sequence) >> 3]!
  out.u32[(to + CommandOutcome.Code) >> 2] = views.u32[(at + Command.Code) >> 2]!
  out.u32[(to + CommandOutcome.Outcome) >> 2] = commands.outcome
  out.u32[(to + CommandOutcome.Argument) >> 2] = views.u32[(at + Command.Argument) >> 2]!
  out.u32[(to + CommandOutcome.Reserved) >> 2] = 0
  out.f64[(to + CommandOutcome.Before) >> 3] = commands.change[CommandChange.Before]!
  out.f64[(to + CommandOutcome.After) >> 3] = commands.change[CommandChange.After]!
}

function begin(out: RecordViews, to: number, views: RecordViews, at: number, bytes: number, type: number): void {
  beginRecord(out, to, bytes, type, views.u32[(at + Header.Instrument) >> 2]!)
  out.u16[(to + Header.Source) >> 1] = views.u16[(at + Header.Source) >> 1]!
}

/** Offset of the id by which the strategy knows what became of a request: a replacement's new one. */
function idAt(type: number): number {
  if (type === RecordType.ReplaceOrder) return ReplaceOrder.NewOrderId
  return type === RecordType.CancelOrder ? CancelOrder.OrderId : NewOrder.OrderId
}
