import type { RecordQueue } from '../../feeds/venue/record-queue.ts'
import type { SimulatedVenue } from '../../feeds/venue/simulated-venue.ts'
import {
  CommandOutcome,
  Cross,
  GateCancel,
  Header,
  NewOrder,
  RecordType,
  Rejected,
  type RejectReason,
  Routed,
  Trade,
} from '../records/catalogue.ts'
import type { StateArchive } from '../records/state-archive.ts'
import type { RecordViews } from '../records/views.ts'
import type { DelayLine } from './delay-line.ts'
import { MarketSlot } from './gate/market-table.ts'
import { ownCancelBytes, writeOwnCancel } from './gate/own-cancel.ts'
import type { RiskGate } from './gate/risk-gate.ts'
import { writeCommandOutcome, writeGateCancel, writeGateReject, writeRouted } from './gate/verdict-records.ts'
import type { IoPorts } from './io-ports.ts'
import type { VirtualLatencies } from './latencies.ts'
import { IS_MARKET_RECORD } from './market-records.ts'
import type { PublishedTrail } from './published-trail.ts'

const TOP_SLOTS = 8
const TOP_ASK_PRICE = 2

/** What `advanceVenue` and `readVenueTime` found. */
export enum VenueStep {
  /** Nothing is on its way to the venue. */
  Idle = 0,
  Ready = 1,
  /** The next market record must be decoded first: it may come before the next order. */
  NeedsMarket = 2,
}

export interface OrderPathParts {
  readonly gate: RiskGate
  readonly venue: SimulatedVenue
  readonly line: DelayLine
  readonly ports: IoPorts
  readonly trail: PublishedTrail
  /** Requests on their way to the venue; header time = decision time. */
  readonly arrivals: RecordQueue
  /** Verdicts of the gate on their way back; header time = when the strategy sees them. */
  readonly verdicts: RecordQueue
  readonly latencies: VirtualLatencies
}

/**
 * The way of an order in virtual time: outbound record → gate → venue → responses. Everything is taken in an order that
 * depends on sequences and virtual times alone: the gate sees exactly the inbound records up to the order's cause, and
 * the venue takes market records before requests of the same nanosecond, requests in the order of the decisions.
 */
export class OrderPath {
  /** [0]: time of the venue's next event, Infinity when there is none. */
  readonly nextVenueTime = new Float64Array(1)
  /** [0] orders sent on, [1] rejected by the gate, [2] requests after the session's end, [3] cancels of the gate's own. */
  readonly counts = new Float64Array(4)
  /** Set once no market record will follow the ones in the line. */
  marketEnded = false
  /** Set once the session is over: requests are counted and dropped. */
  closed = false
  readonly #parts: OrderPathParts

  constructor(parts: OrderPathParts) {
    this.#parts = parts
  }

  /** Saves or restores what is under way, with the gate and the venue at its ends. */
  archive(archive: StateArchive): void {
    const { gate, venue, arrivals, verdicts } = this.#parts
    archive.array(this.nextVenueTime)
    archive.array(this.counts)
    this.closed = archive.number(this.closed ? 1 : 0) === 1
    arrivals.archive(archive)
    verdicts.archive(archive)
    gate.archive(archive)
    venue.archive(archive)
  }

  /** Takes one outbound record. Signals and logs go nowhere but the journal. */
  takeRequest(views: RecordViews, at: number): void {
    const type = views.u16[(at + Header.Type) >> 1]!
    if (type < RecordType.NewOrder || type > RecordType.MassCancel) return
    if (this.closed) {
      this.counts[2]!++
      return
    }
    this.#observeUpTo(views, at)
    const { gate } = this.#parts
    gate.state.nowNs[0] = views.f64[(at + Header.Time) >> 3]!
    const reason = gate.decide(views, at)
    // Own orders in the way are gone before the order that they stood in the way of.
    if (gate.state.wishes.count > 0) this.#cancelWished()
    if (reason === 0) {
      this.counts[0]!++
      this.#route(views, at)
    } else {
      this.counts[1]!++
      this.#reject(views, at, reason)
    }
  }

  /** Lets the gate see all inbound records up to the cause of the request at `at`. */
  #observeUpTo(views: RecordViews, at: number): void {
    const { trail, ports } = this.#parts
    const { views: published } = ports.inbound
    const causeAt = (at + NewOrder.CauseSequence) >> 3
    while (trail.hasNext()) {
      const next = trail.peek()
      if (published.f64[(next + Header.Sequence) >> 3]! > views.f64[causeAt]!) return
      this.#observe(next)
      trail.pass()
    }
  }

  /** Lets the gate see all inbound records before a position of the ring. */
  observeBefore(position: number): void {
    const { trail } = this.#parts
    while (((trail.position - position) | 0) < 0 && trail.hasNext()) {
      this.#observe(trail.peek())
      trail.pass()
    }
  }

  #observe(at: number): void {
    const { gate, ports, line } = this.#parts
    const { views } = ports.inbound
    const { market, nowNs, wishes } = gate.state
    const type = views.u16[(at + Header.Type) >> 1]!
    nowNs[0] = views.f64[(at + Header.Time) >> 3]!
    gate.observe(views, at)
    if (type === RecordType.Command) this.#answerCommand(views, at)
    if (IS_MARKET_RECORD[type] === 0) {
      if (wishes.count > 0) this.#cancelWished()
      return
    }
    while (((line.venue - line.gate) | 0) <= 0) this.advanceVenue()
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    const entry = line.gate & line.mask
    line.gate = (line.gate + 1) | 0
    const slot = market.at(instrument)
    market.values[slot + MarketSlot.BidPrice] = line.bidPrice[entry]!
    market.values[slot + MarketSlot.AskPrice] = line.askPrice[entry]!
    if (type === RecordType.Trade) market.values[slot + MarketSlot.LastPrice] = views.f64[(at + Trade.Price) >> 3]!
    else if (type === RecordType.Cross) market.values[slot + MarketSlot.LastPrice] = views.f64[(at + Cross.Price) >> 3]!
    gate.noteMarket(instrument)
    if (wishes.count > 0) this.#cancelWished()
  }

  #route(views: RecordViews, at: number): void {
    const { verdicts, arrivals, latencies, gate } = this.#parts
    const to = verdicts.claim(Routed.Bytes)
    writeRouted(verdicts.views, to, views, at, gate)
    const time = (at + Header.Time) >> 3
    verdicts.views.f64[(to + Header.Time) >> 3] = views.f64[time]! + latencies.gateLatencyNs
    arrivals.push(views, at)
  }

  /** Sends what the gate wants cancelled, at the gate's time, and says so. */
  #cancelWished(): void {
    const { gate, arrivals, verdicts, latencies } = this.#parts
    const { wishes, nowNs } = gate.state
    // Once the session is over the venue has cancelled everything.
    if (this.closed) wishes.count = 0
    for (let i = 0; i < wishes.count; i++) {
      const orderId = wishes.orderId[i]!
      const to = verdicts.claim(GateCancel.Bytes)
      writeGateCancel(verdicts.views, to, wishes, i)
      verdicts.views.f64[(to + Header.Time) >> 3] = nowNs[0]! + latencies.gateLatencyNs
      const request = arrivals.claim(ownCancelBytes(orderId))
      writeOwnCancel(arrivals.views, request, wishes.strategy[i]!, orderId, wishes.instrument[i]!)
      arrivals.views.f64[(request + Header.Time) >> 3] = nowNs[0]!
      this.counts[3]!++
    }
    wishes.count = 0
  }

  /** What became of an operator's command. */
  #answerCommand(views: RecordViews, at: number): void {
    const { gate, verdicts, latencies } = this.#parts
    const to = verdicts.claim(CommandOutcome.Bytes)
    writeCommandOutcome(verdicts.views, to, views, at, gate)
    const time = (at + Header.Time) >> 3
    verdicts.views.f64[(to + Header.Time) >> 3] = views.f64[time]! + latencies.gateLatencyNs
  }

  #reject(views: RecordViews, at: number, reason: RejectReason): void {
    const { verdicts, gate, latencies } = this.#parts
    const to = verdicts.claim(Rejected.Bytes)
    writeGateReject(verdicts.views, to, views, at, gate, reason)
    const time = (at + Header.Time) >> 3
    verdicts.views.f64[(to + Header.Time) >> 3] = views.f64[time]! + latencies.gateLatencyNs
  }

  /** Finds the venue's next event: its time goes to `nextVenueTime`. */
  readVenueTime(): VenueStep {
    const { line, arrivals, latencies } = this.#parts
    const hasMarket = line.venue !== line.end
    if (!hasMarket && !this.marketEnded) return VenueStep.NeedsMarket
    let time = hasMarket ? line.exchangeTime[line.venue & line.mask]! : Number.POSITIVE_INFINITY
    const arrival = arrivals.peek()
    if (arrival >= 0) {
      const arrivalTime = arrivals.views.f64[(arrival + Header.Time) >> 3]! + latencies.entryLatencyNs
      if (arrivalTime < time) time = arrivalTime
    }
    this.nextVenueTime[0] = time
    return time === Number.POSITIVE_INFINITY ? VenueStep.Idle : VenueStep.Ready
  }

  /** Lets the venue's next event happen; only after `readVenueTime` found one, or when a market record is at hand. */
  advanceVenue(): void {
    const { line, arrivals, latencies, venue } = this.#parts
    const hasMarket = line.venue !== line.end
    const arrival = arrivals.peek()
    if (arrival >= 0) {
      const arrivalTime = arrivals.views.f64[(arrival + Header.Time) >> 3]! + latencies.entryLatencyNs
      if (!hasMarket || arrivalTime < line.exchangeTime[line.venue & line.mask]!) {
        venue.nowNs[0] = arrivalTime
        venue.applyRequest(arrivals.views, arrival)
        arrivals.pop()
        return
      }
    }
    const entry = line.venue & line.mask
    const at = line.at(line.venue)
    venue.nowNs[0] = line.exchangeTime[entry]!
    venue.applyMarket(line.views, at)
    const top = line.views.u32[(at + Header.Instrument) >> 2]! * TOP_SLOTS
    line.bidPrice[entry] = venue.book.top[top]!
    line.askPrice[entry] = venue.book.top[top + TOP_ASK_PRICE]!
    line.venue = (line.venue + 1) | 0
  }
}
