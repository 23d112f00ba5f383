import {
  Accepted,
  Cancelled,
  CancelOrder,
  CancelRejected,
  Filled,
  Header,
  NewOrder,
  RecordType,
  Rejected,
  RejectOrigin,
  Replaced,
  ReplaceOrder,
  Routed,
} from '../records/catalogue.ts'
import type { RecordViews } from '../records/views.ts'

/**
 * What an I/O kernel that died knew of one outbound request. The decision table (DESIGN, section 5):
 *
 *     on the inbound ring             | state      | what the successor does
 *     ────────────────────────────────┼────────────┼──────────────────────────────────────────────────────────
 *     neither routed nor rejected     | Unrouted   | it never left: it passes the gate anew
 *     rejected by the gate            | Refused    | nothing
 *     routed, no answer               | Unknown    | it may or may not have left: the venue's sequenced replay decides
 *     routed, answered                | Answered   | nothing; further responses come by the replay
 */
export enum RequestState {
  Unrouted = 0,
  Refused = 1,
  Unknown = 2,
  Answered = 3,
}

interface Request {
  readonly sequence: number
  readonly type: number
  readonly strategy: number
  /** The id under which the venue answers. */
  readonly orderId: number
  state: RequestState
}

/**
 * Works out, from what survives in the two rings (and the journal before them), where each outbound request stood.
 * Feed it all surviving outbound records, then all surviving inbound records, each in order; then ask.
 */
export class RouteRecovery {
  /** Venue responses found on the inbound ring: the venue's replay begins behind them. */
  venueResponses = 0
  /** Sequence of the last inbound record found; the successor goes on behind it. */
  lastInboundSequence = 0
  readonly #bySequence = new Map<number, Request>()
  readonly #byOrder = new Map<string, Request[]>()

  noteOutbound(views: RecordViews, at: number): void {
    const type = views.u16[(at + Header.Type) >> 1]!
    if (type < RecordType.NewOrder || type > RecordType.MassCancel) return
    const sequence = views.f64[(at + Header.Sequence) >> 3]!
    const strategy = views.u16[(at + Header.Source) >> 1]!
    const orderId = type === RecordType.MassCancel ? 0 : views.u32[(at + answeredIdAt(type)) >> 2]!
    const request: Request = { sequence, type, strategy, orderId, state: RequestState.Unrouted }
    this.#bySequence.set(sequence, request)
    const key = `${strategy}:${orderId}`
    const sameOrder = this.#byOrder.get(key)
    if (sameOrder === undefined) this.#byOrder.set(key, [request])
    else sameOrder.push(request)
  }

  noteInbound(views: RecordViews, at: number): void {
    this.lastInboundSequence = views.f64[(at + Header.Sequence) >> 3]!
    const strategy = views.u16[(at + Header.Source) >> 1]!
    switch (views.u16[(at + Header.Type) >> 1]!) {
      case RecordType.Routed:
        this.#settle(views.f64[(at + Routed.OutboundSequence) >> 3]!, RequestState.Unknown)
        return
      case RecordType.Rejected: {
        const fromGate = views.u32[(at + Rejected.Origin) >> 2]! === RejectOrigin.Gate
        if (!fromGate) this.venueResponses++
        const state = fromGate ? RequestState.Refused : RequestState.Answered
        this.#settle(views.f64[(at + Rejected.OutboundSequence) >> 3]!, state)
        return
      }
      case RecordType.CancelRejected:
        this.venueResponses++
        this.#settle(views.f64[(at + CancelRejected.OutboundSequence) >> 3]!, RequestState.Answered)
        return
      case RecordType.Accepted:
        this.#answer(strategy, views.u32[(at + Accepted.OrderId) >> 2]!)
        return
      case RecordType.Filled:
        this.#answer(strategy, views.u32[(at + Filled.OrderId) >> 2]!)
        return
      case RecordType.Cancelled:
        this.#answer(strategy, views.u32[(at + Cancelled.OrderId) >> 2]!)
        return
      case RecordType.Replaced:
        this.#answer(strategy, views.u32[(at + Replaced.NewOrderId) >> 2]!)
        return
      default:
    }
  }

  #settle(sequence: number, state: RequestState): void {
    const request = this.#bySequence.get(sequence)
    if (request !== undefined && request.state !== RequestState.Answered) request.state = state
  }

  #answer(strategy: number, orderId: number): void {
    this.venueResponses++
    for (const request of this.#byOrder.get(`${strategy}:${orderId}`) ?? []) {
      if (request.state === RequestState.Unknown) request.state = RequestState.Answered
    }
  }

  /** Outbound sequences of the requests in a state, in their order. */
  requestsIn(state: RequestState): number[] {
    return [...this.#bySequence.values()]
      .filter((request) => request.state === state)
      .map((request) => request.sequence)
  }
}

/** Offset of the id by which the venue's answer names what a request asked for. */
function answeredIdAt(type: number): number {
  if (type === RecordType.ReplaceOrder) return ReplaceOrder.NewOrderId
  return type === RecordType.CancelOrder ? CancelOrder.OrderId : NewOrder.OrderId
}
