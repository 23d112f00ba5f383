import {
  Cancelled,
  Filled,
  Header,
  NewOrder,
  RecordType,
  Rejected,
  RejectOrigin,
  Replaced,
  ReplaceOrder,
  Routed,
  Side,
} from '../../../kernels/records/catalogue.ts'
import { readLastSequence } from '../../../storage/journal/last-sequence.ts'
import { JournalStream } from '../../../storage/journal/layout.ts'
import { JournalReader } from '../../../storage/journal/reader.ts'
import type { SegmentStorage } from '../../../storage/journal/segment-storage.ts'

/** What a journal says became of the requests and orders of one strategy. */
export interface OrderAudit {
  readonly requests: number
  readonly fills: number
  /** Of those that were made before the session's end: outbound sequences of requests without a verdict of the gate, and of those with more than one. */
  readonly withoutVerdict: readonly number[]
  readonly withSeveralVerdicts: readonly number[]
  /** Ids of orders that never ended, and of those that ended more than once. */
  readonly openOrders: readonly number[]
  readonly endedTwice: readonly number[]
  /** By instrument, from the fills. */
  readonly positions: ReadonlyMap<number, number>
}

/** Follows each request to its verdict and each order to its end, by the journal alone. */
export function auditJournal(journal: SegmentStorage): OrderAudit {
  const verdicts = new Map<number, number>()
  const ends = new Map<number, number>()
  const positions = new Map<number, number>()
  let fills = 0
  const countUp = (counts: Map<number, number>, key: number) => counts.set(key, (counts.get(key) ?? 0) + 1)
  const lastInbound = readLastSequence(journal, JournalStream.Inbound)
  const reader = new JournalReader(journal)
  const { views } = reader
  const u32 = (at: number) => views.u32[at >> 2]!
  const f64 = (at: number) => views.f64[at >> 3]!
  for (let at = reader.next(); at >= 0; at = reader.next()) {
    const type = views.u16[(at + Header.Type) >> 1]!
    const instrument = u32(at + Header.Instrument)
    const isRequest = type >= RecordType.NewOrder && type <= RecordType.MassCancel
    if (reader.stream === JournalStream.Outbound) {
      if (!isRequest) continue
      const sequence = f64(at + Header.Sequence)
      // The session is over by then: the venue has ended all orders.
      if (f64(at + NewOrder.CauseSequence) === lastInbound) continue
      if (!verdicts.has(sequence)) verdicts.set(sequence, 0)
      if (type === RecordType.NewOrder) startOrder(u32(at + NewOrder.OrderId))
      if (type === RecordType.ReplaceOrder) startOrder(u32(at + ReplaceOrder.NewOrderId))
    } else if (type === RecordType.Routed) countUp(verdicts, f64(at + Routed.OutboundSequence))
    else if (type === RecordType.Rejected) {
      const isGate = u32(at + Rejected.Origin) === RejectOrigin.Gate
      if (isGate) countUp(verdicts, f64(at + Rejected.OutboundSequence))
      const request = u32(at + Rejected.RequestType)
      if (request === RecordType.NewOrder || request === RecordType.ReplaceOrder)
        countUp(ends, u32(at + Rejected.OrderId))
    } else if (type === RecordType.Cancelled) countUp(ends, u32(at + Cancelled.OrderId))
    else if (type === RecordType.Replaced) countUp(ends, u32(at + Replaced.OrderId))
    else if (type === RecordType.Filled) {
      fills++
      const quantity = f64(at + Filled.Quantity)
      const signed = u32(at + Filled.Side) === Side.Buy ? quantity : -quantity
      positions.set(instrument, (positions.get(instrument) ?? 0) + signed)
      if (f64(at + Filled.LeavesQuantity) === 0) countUp(ends, u32(at + Filled.OrderId))
    }
  }
  reader.close()
  function startOrder(id: number): void {
    if (!ends.has(id)) ends.set(id, 0)
  }
  const keysWith = (counts: Map<number, number>, test: (count: number) => boolean) =>
    [...counts].filter(([, count]) => test(count)).map(([key]) => key)
  return {
    requests: verdicts.size,
    fills,
    withoutVerdict: keysWith(verdicts, (count) => count === 0),
    withSeveralVerdicts: keysWith(verdicts, (count) => count > 1),
    openOrders: keysWith(ends, (count) => count === 0),
    endedTwice: keysWith(ends, (count) => count > 1),
    positions,
  }
}
