import type { NanoClock } from '../../loop/host-clock.ts'
import {
  Accepted,
  Cancelled,
  CancelRejected,
  Filled,
  FLAG_SHORT_SALE,
  GateCancel,
  Header,
  MassCancel,
  RecordType,
  Rejected,
  RejectOrigin,
  RejectReason,
  Replaced,
  Routed,
} from '../../records/catalogue.ts'
import { RecordViews } from '../../records/views.ts'
import type { DropCopy } from '../drop-copy/drop-copy.ts'
import type { OuchGateway } from '../entry/ouch-gateway.ts'
import { writeOwnCancel } from '../gate/own-cancel.ts'
import type { RiskGate } from '../gate/risk-gate.ts'
import { isOwnCommand } from '../operator/command-inbox.ts'
import { type RecordedOutbound, RecordedOutboundState } from '../recovery/recorded-outbound.ts'
import type { LiveKernel } from './live-kernel.ts'
import { failDiffering } from './recall-errors.ts'

const NONE = -1

export interface SessionRecallParts {
  readonly kernel: LiveKernel
  readonly gateway: OuchGateway
  readonly dropCopy: DropCopy | undefined
  readonly gate: RiskGate
  readonly outbound: RecordedOutbound
  readonly clock: NanoClock
}

/** What each answer of the venue must have in common with the one that was published: offsets of words and of doubles. */
const ANSWERS: Readonly<Record<number, { readonly words: readonly number[]; readonly doubles: readonly number[] }>> = {
  [RecordType.Accepted]: { words: [Accepted.OrderId], doubles: [Accepted.Quantity, Accepted.Price] },
  [RecordType.Filled]: { words: [Filled.OrderId, Filled.MatchLow], doubles: [Filled.Quantity, Filled.LeavesQuantity] },
  [RecordType.Cancelled]: { words: [Cancelled.OrderId], doubles: [Cancelled.Quantity] },
  [RecordType.Rejected]: { words: [Rejected.OrderId], doubles: [Rejected.OutboundSequence] },
  [RecordType.CancelRejected]: { words: [CancelRejected.OrderId], doubles: [CancelRejected.OutboundSequence] },
  [RecordType.Replaced]: { words: [Replaced.OrderId, Replaced.NewOrderId], doubles: [Replaced.Quantity] },
}

/**
 * Goes through a dead kernel's published records and brings gate, books and gateway to where they stood:
 *
 *     published record        | what is done again
 *     ────────────────────────┼───────────────────────────────────────────────────────────────────────────────
 *     routed                  | the gate decides on the request, the gateway takes it; nothing leaves
 *     rejected by the gate    | the gate decides on the request, unless the kernel had refused it unseen
 *     answer of the venue     | the gateway takes the venue's messages until one gives that answer
 *     gateCancel, cancel all  | the gateway cancels; nothing leaves
 *     executionBreak          │ it is not told again
 *     any                     | the gate and the books see it
 *
 * What comes out differently ends the run: positions that are not known had better not be traded on.
 */
export class SessionRecall {
  /** Answers that were matched. */
  answers = 0
  readonly #parts: SessionRecallParts
  readonly #ownCancel = new RecordViews(new ArrayBuffer(MassCancel.Bytes))
  /** Cancels of the gate's own that were told ahead of the verdict in which it wished for them. */
  readonly #told: { strategy: number; orderId: number }[] = []

  constructor(parts: SessionRecallParts) {
    this.#parts = parts
  }

  /** Takes one published record. @returns false while what it needs is not there yet; nothing of it is taken then */
  take(views: RecordViews, at: number): boolean {
    const { kernel } = this.#parts
    const type = views.u16[(at + Header.Type) >> 1]!
    if (type === RecordType.Routed) return this.#takeRouted(views, at)
    const isOfGate = views.u32[(at + Rejected.Origin) >> 2] === RejectOrigin.Gate
    if (type === RecordType.Rejected && isOfGate) return this.#takeRefused(views, at)
    if (ANSWERS[type] !== undefined && !this.#takeAnswer(views, at, type)) return false
    kernel.recall(views, at)
    if (type === RecordType.GateCancel) this.#takeOwnCancel(views, at)
    if (type === RecordType.ExecutionBreak) this.#parts.dropCopy?.breaks.recall(views, at)
    if (type === RecordType.Command && isOwnCommand(views, at)) this.#parts.gateway.cancelAll()
    return true
  }

  #takeRouted(views: RecordViews, at: number): boolean {
    const { outbound, gate, gateway, kernel } = this.#parts
    const requestAt = this.#findRequest(views, at, views.f64[(at + Routed.OutboundSequence) >> 3]!)
    if (requestAt === NONE) return false
    gate.state.nowNs[0] = views.f64[(at + Header.Time) >> 3]!
    const reason = gate.decide(outbound.views, requestAt)
    if (reason !== 0) failDiffering(views, at, `the gate now refuses the request (${RejectReason[reason]})`)
    this.#forgetTold()
    kernel.recall(views, at)
    gateway.isShortSale = (views.u16[(at + Header.Flags) >> 1]! & FLAG_SHORT_SALE) !== 0
    gateway.applyRequest(outbound.views, requestAt)
    kernel.noteRequest(outbound.views, requestAt)
    outbound.pass()
    return true
  }

  #takeRefused(views: RecordViews, at: number): boolean {
    const { outbound, gate, kernel } = this.#parts
    const requestAt = this.#findRequest(views, at, views.f64[(at + Rejected.OutboundSequence) >> 3]!)
    if (requestAt === NONE) return false
    const reason = views.u32[(at + Rejected.Reason) >> 2]!
    const isHalt = reason === RejectReason.KillSwitch && views.f64[(at + Rejected.Value) >> 3]! > 0
    if (isHalt || reason === RejectReason.VenueNotReached) gate.rejects[reason]!++
    else {
      gate.state.nowNs[0] = views.f64[(at + Header.Time) >> 3]!
      const now = gate.decide(outbound.views, requestAt)
      if (now !== reason) failDiffering(views, at, `the gate now says ${now === 0 ? 'yes' : RejectReason[now]}`)
      this.#forgetTold()
    }
    kernel.recall(views, at)
    kernel.noteRequest(outbound.views, requestAt)
    outbound.pass()
    return true
  }

  /** @returns where the request of a verdict lies, or NONE while the journal does not show it */
  #findRequest(views: RecordViews, at: number, sequence: number): number {
    const { outbound } = this.#parts
    for (;;) {
      const requestAt = outbound.peek()
      if (requestAt === RecordedOutboundState.Awaited) return NONE
      if (requestAt === RecordedOutboundState.Passed) failDiffering(views, at, `no request ${sequence} is recorded`)
      const found = outbound.views.f64[(requestAt + Header.Sequence) >> 3]!
      if (found === sequence) return requestAt
      if (found > sequence) failDiffering(views, at, `request ${found} follows, not ${sequence}`)
      outbound.pass()
    }
  }

  #takeAnswer(views: RecordViews, at: number, type: number): boolean {
    const { gateway, clock } = this.#parts
    const { responses } = gateway
    if (responses.length === 0 && isNeverSent(views, at, type)) {
      gateway.recallUnanswered(views.u16[(at + Header.Source) >> 1]!, views.i32[(at + Rejected.OrderId) >> 2]!)
    }
    if (responses.length === 0) {
      clock.readInto(gateway.nowNs, 0)
      gateway.step()
    }
    const from = responses.peek()
    if (from < 0) return false
    const difference = differenceOf(responses.views, from, views, at, type)
    if (difference !== '') failDiffering(views, at, difference)
    responses.pop()
    this.answers++
    return true
  }

  #takeOwnCancel(views: RecordViews, at: number): void {
    const { gate, gateway } = this.#parts
    const strategy = views.u16[(at + Header.Source) >> 1]!
    const orderId = views.u32[(at + GateCancel.OrderId) >> 2]!
    writeOwnCancel(this.#ownCancel, 0, strategy, orderId, views.u32[(at + Header.Instrument) >> 2]!)
    gateway.applyRequest(this.#ownCancel, 0)
    if (!gate.state.wishes.forget(strategy, orderId)) this.#told.push({ strategy, orderId })
  }

  #forgetTold(): void {
    for (const { strategy, orderId } of this.#told) this.#parts.gate.state.wishes.forget(strategy, orderId)
    this.#told.length = 0
  }
}

/** Whether an answer was the gateway's own: what the venue had not answered was lost with the connection. */
function isNeverSent(views: RecordViews, at: number, type: number): boolean {
  return type === RecordType.Rejected && views.u32[(at + Rejected.Reason) >> 2] === RejectReason.VenueNotReached
}

/** In what an answer differs from the one that was published; empty for in nothing. */
function differenceOf(
  views: RecordViews,
  at: number,
  published: RecordViews,
  publishedAt: number,
  type: number,
): string {
  const { words, doubles } = ANSWERS[type]!
  const now = views.u16[(at + Header.Type) >> 1]!
  if (now !== type) return `the venue now tells ${RecordType[now]}`
  const isOther = views.u16[(at + Header.Source) >> 1] !== published.u16[(publishedAt + Header.Source) >> 1]
  if (isOther) return 'the venue now tells it of another strategy'
  for (const offset of words) {
    const [was, is] = [published.u32[(publishedAt + offset) >> 2], views.u32[(at + offset) >> 2]]
    if (was !== is) return `the venue now tells ${is}, not ${was}, at offset ${offset}`
  }
  for (const offset of doubles) {
    const [was, is] = [published.f64[(publishedAt + offset) >> 3], views.f64[(at + offset) >> 3]]
    if (was !== is) return `the venue now tells ${is}, not ${was}, at offset ${offset}`
  }
  return ''
}
