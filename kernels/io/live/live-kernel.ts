import { RecordBatch } from '../../../feeds/record-batch.ts'
import type { RecordQueue } from '../../../feeds/venue/record-queue.ts'
import type { SnapshotBarrier } from '../../loop/snapshot-barrier.ts'
import {
  Command,
  CommandOutcome,
  GateCancel,
  Header,
  MassCancel,
  RecordType,
  Rejected,
  Routed,
  SessionEnd,
} from '../../records/catalogue.ts'
import { copyRecord } from '../../records/copy.ts'
import type { StateArchive } from '../../records/state-archive.ts'
import { RecordViews } from '../../records/views.ts'
import { writeOwnCancel } from '../gate/own-cancel.ts'
import { writeCommandOutcome, writeGateCancel, writeGateReject, writeRouted } from '../gate/verdict-records.ts'
import { isOwnCommand, writeOwnCancelAll } from '../operator/command-inbox.ts'
import { writeSessionEnd } from '../session-record.ts'
import { CancelWatch } from './cancel-watch.ts'
import { CauseArrivals } from './cause-arrivals.ts'
import { CommandAnswers } from './command-answers.ts'
import { LastRequests } from './last-requests.ts'
import { LiveCount } from './live-counts.ts'
import type { LiveKernelParts } from './live-kernel-parts.ts'
import { archiveLive, isAtRest } from './live-state.ts'
import { ReferencePrices } from './reference-prices.ts'
import { refuseOrder } from './refusal.ts'
import { HaltCause } from './safeguards.ts'

const NS_PER_MS = 1e6

/**
 * The I/O kernel in a live session. Arrival order is what it is, and becomes the order of the inbound ring: market records as
 * they come, answers of the venue as they come, and a verdict on each request, published before the request's first byte
 * leaves. The gate sees each record as it is published. When trading must halt, all orders are cancelled and new ones refused
 * here, whatever the strategy kernel does.
 */
export class LiveKernel {
  /** By `LiveCount`. */
  readonly counts = new Float64Array(LiveCount.Count)
  /** Where snapshots are taken, if any are. */
  barrier: SnapshotBarrier | undefined
  /** How long halts took. */
  readonly cancels = new CancelWatch()
  readonly #parts: LiveKernelParts
  readonly #batch = new RecordBatch()
  /** A cancel of the gate's own. */
  readonly #ownCancel = new RecordViews(new ArrayBuffer(MassCancel.Bytes))
  readonly #nowNs = new Float64Array(1)
  readonly #afterNs = new Float64Array(1)
  readonly #endDueNs = new Float64Array(1)
  readonly #answers: CommandAnswers
  readonly #prices: ReferencePrices
  readonly #arrivals = new CauseArrivals()
  readonly #lastRequests: LastRequests
  #batchAt = 0
  /** A request that waits for room for its verdict; −1 for none. */
  #waitingAt = -1
  #hasStarted = false
  #isEnding = false
  #isOver = false

  constructor(parts: LiveKernelParts) {
    const { gate, dropCopy, operator, book, feedClock } = parts
    this.#parts = parts
    this.#lastRequests = new LastRequests(parts.inbound)
    this.#answers = new CommandAnswers(gate, dropCopy, operator)
    this.#prices = new ReferencePrices(book, gate, feedClock, this.#nowNs)
    parts.clock.readInto(this.#nowNs, 0)
  }

  /** [0]: sequence of the last inbound record. */
  get facts(): Float64Array {
    return this.counts
  }

  get lastOutbound(): number {
    return this.counts[LiveCount.LastOutbound]!
  }

  /** Saves or restores it, at rest between two steps; a kernel that is restored is fresh. */
  archive(archive: StateArchive): void {
    archiveLive(this.#parts, this.counts, archive)
    this.#hasStarted = true
  }

  /** Whether the session is over and its end published. */
  get isFinished(): boolean {
    return this.#isOver
  }

  /** Does what there is to do, up to `budget` market records. @returns how much that was */
  step(budget: number): number {
    const { inbound, clock, gate, gateway, dropCopy, safeguards, source } = this.#parts
    if (this.#isOver) return this.#takeRequests()
    clock.readInto(this.#nowNs, 0)
    // A predecessor's clock may have been ahead.
    if (this.#nowNs[0]! < this.counts[LiveCount.LastTimeNs]!) this.#nowNs[0] = this.counts[LiveCount.LastTimeNs]!
    if (!this.#hasStarted && !this.#publishStart()) return 0
    gateway.nowNs[0] = this.#nowNs[0]!
    let done = gateway.step()
    done = (done + this.#publishAll(gateway.responses)) | 0
    if (dropCopy !== undefined) done = (done + dropCopy.step() + this.#publishAll(dropCopy.breaks.queue)) | 0
    if (gateway.wantsCancelAll) {
      safeguards.counts[HaltCause.Disconnected]!++
      this.cancelAll(HaltCause.Disconnected, gateway.lostNs)
    }
    done = (done + this.#takeCommands() + this.#takeRequests()) | 0
    if (!this.#isEnding) done = (done + this.#publishMarket(budget)) | 0
    if (gate.state.wishes.count > 0) this.#cancelWished()
    this.#publishHost()
    if (safeguards.check(this.#nowNs, source.lastPacketNs) && !this.#isEnding) {
      this.cancelAll(safeguards.cause, safeguards.causeNs)
    }
    if (this.cancels.isRunning) {
      clock.readInto(this.#afterNs, 0)
      this.cancels.look(gateway.hasSentCancels, this.#afterNs)
    }
    if (this.#isEnding) this.#tryToEnd()
    if (inbound.headPosition() !== inbound.tailPosition()) inbound.publish()
    // Nothing waits for a barrier: where the kernel is not at rest it is taken at a later step.
    if (this.barrier?.advance(this.counts) && this.#waitingAt < 0 && !this.#isEnding) {
      if (isAtRest(this.#parts, this.counts)) this.barrier.take(this)
    }
    return done
  }

  /** Cancels all open orders, and says so on the ring first. @param causeNs [0]: since when there is the cause */
  cancelAll(cause: HaltCause, causeNs: Float64Array): void {
    const { inbound, gateway, openOrders } = this.#parts
    const at = inbound.tryClaim(Command.Bytes, 0)
    if (at >= 0) {
      writeOwnCancelAll(inbound.views, at, cause)
      this.#sequence(at)
      inbound.publish()
    }
    // A full ring is no reason to leave orders in the market.
    gateway.cancelAll()
    if (openOrders() > 0) this.cancels.begin(cause, causeNs)
  }

  /** Ends the session: orders are cancelled, what the venue still says is taken in, then the ring is told. */
  endEarly(): void {
    if (this.#isEnding) return
    this.#isEnding = true
    this.#endDueNs[0] = this.#nowNs[0]! + this.#parts.endPatienceMs * NS_PER_MS
    if (this.#hasStarted) this.cancelAll(HaltCause.Stopping, this.#nowNs)
  }

  /** Takes in a record that a predecessor published, as it did then. @param at of the record in `views` */
  recall(views: RecordViews, at: number): void {
    const { counts } = this
    const { gate } = this.#parts
    counts[LiveCount.InboundRecords] = views.f64[(at + Header.Sequence) >> 3]!
    counts[LiveCount.LastTimeNs] = views.f64[(at + Header.Time) >> 3]!
    gate.state.nowNs[0] = counts[LiveCount.LastTimeNs]!
    gate.observe(views, at)
    if (views.u16[(at + Header.Type) >> 1] === RecordType.Command && !isOwnCommand(views, at)) {
      this.#answers.settle(views, at)
      this.#answers.send()
    }
    this.#takeMarket(views, at)
    this.#parts.day.recall(views, at)
    this.#parts.host.recall(views, at)
    this.#hasStarted = true
    this.#isOver = views.u16[(at + Header.Type) >> 1] === RecordType.SessionEnd
  }

  /** A request has its verdict, or needs none. */
  noteRequest(views: RecordViews, at: number): void {
    this.counts[LiveCount.LastOutbound] = views.f64[(at + Header.Sequence) >> 3]!
  }

  #tryToEnd(): void {
    const { openOrders, gateway, dropCopy, inbound } = this.#parts
    const isSettled = openOrders() === 0 && (dropCopy === undefined || dropCopy.isSettled)
    if (gateway.responses.length > 0) return
    const isJudged = isSettled && this.#waitingAt < 0 && this.#lastRequests.areJudged()
    if (!isJudged && this.#nowNs[0]! < this.#endDueNs[0]!) return
    if (dropCopy !== undefined) {
      dropCopy.close()
      this.#publishAll(dropCopy.breaks.queue)
      if (dropCopy.breaks.queue.length > 0) return
    }
    const at = inbound.tryClaim(SessionEnd.Bytes, 0)
    if (at < 0) return
    gateway.close()
    this.barrier?.finish()
    const { counts } = this
    writeSessionEnd(inbound.views, at, counts[LiveCount.InboundRecords]! + 1, counts[LiveCount.MarketRecords]!)
    this.#sequence(at)
    this.#isOver = true
  }

  #publishStart(): boolean {
    const { sessionStart, inbound } = this.#parts
    const length = sessionStart.u32[Header.Length >> 2]!
    const at = inbound.tryClaim(length, 0)
    if (at < 0) return false
    copyRecord(sessionStart, 0, inbound.views, at, length)
    this.#hasStarted = true
    // Silence of the feed counts from here on.
    this.#parts.source.lastPacketNs[0] = this.#nowNs[0]!
    this.#sequence(at)
    return true
  }

  /** Gives a record its number and its time, and shows it to the gate and the books. */
  #sequence(at: number): void {
    const { inbound, gate } = this.#parts
    const { views } = inbound
    const { counts } = this
    counts[LiveCount.InboundRecords]!++
    views.f64[(at + Header.Sequence) >> 3] = counts[LiveCount.InboundRecords]!
    this.#arrivals.note(counts[LiveCount.InboundRecords]!)
    if (this.#nowNs[0]! > counts[LiveCount.LastTimeNs]!) counts[LiveCount.LastTimeNs] = this.#nowNs[0]!
    views.f64[(at + Header.Time) >> 3] = counts[LiveCount.LastTimeNs]!
    gate.state.nowNs[0] = counts[LiveCount.LastTimeNs]!
    gate.observe(views, at)
  }

  #publishMarket(budget: number): number {
    const { source, inbound, reserveBytes, day } = this.#parts
    if (this.#batchAt === this.#batch.usedBytes) {
      this.#batch.reset()
      this.#batchAt = 0
      source.nowNs[0] = this.#nowNs[0]!
      source.fill(this.#batch)
    }
    const { views } = this.#batch
    let published = 0
    while (this.#publishDay() && this.#batchAt < this.#batch.usedBytes && published < budget) {
      const length = views.u32[this.#batchAt >> 2]!
      const at = inbound.tryClaim(length, reserveBytes)
      if (at < 0) {
        this.counts[LiveCount.HeldSteps]!++
        break
      }
      copyRecord(views, this.#batchAt, inbound.views, at, length)
      source.arrivals.readAt(this.#batchAt)
      this.#arrivals.atHandNs[0] = source.arrivals.found[0]!
      this.#sequence(at)
      this.#arrivals.atHandNs[0] = 0
      this.#takeMarket(inbound.views, at)
      day.note(inbound.views, at)
      this.counts[LiveCount.MarketRecords]!++
      this.#batchAt += length
      published++
    }
    return published
  }

  /** What the start-of-day file says of an instrument comes right behind it. @returns whether all of it is out */
  #publishDay(): boolean {
    const { queue } = this.#parts.day
    if (queue.length > 0 && !this.#isOver) this.#publishAll(queue)
    return queue.length === 0 || this.#isOver
  }

  /** Moves the reference prices of the gate. */
  #takeMarket(views: RecordViews, at: number): void {
    const type = views.u16[(at + Header.Type) >> 1]!
    if (type === RecordType.Instrument) this.#parts.gateway.noteInstrument(views, at)
    this.#prices.take(views, at)
  }

  /** Sends what the gate wants cancelled, and says so on the ring, as far as that has room. */
  #cancelWished(): void {
    const { gate, gateway, inbound } = this.#parts
    const { wishes } = gate.state
    for (let i = 0; i < wishes.count; i++) {
      const at = inbound.tryClaim(GateCancel.Bytes, 0)
      if (at >= 0) {
        writeGateCancel(inbound.views, at, wishes, i)
        this.#sequence(at)
        inbound.publish()
      }
      writeOwnCancel(this.#ownCancel, 0, wishes.strategy[i]!, wishes.orderId[i]!, wishes.instrument[i]!)
      this.#ownCancel.f64[Header.Time >> 3] = this.#nowNs[0]!
      gateway.applyRequest(this.#ownCancel, 0)
    }
    wishes.count = 0
  }

  /** Publishes what operators say, obeys it, and answers. */
  #takeCommands(): number {
    const { operator, inbound, gate } = this.#parts
    if (this.#isEnding) return 0
    const answers = this.#answers
    let taken = 0
    for (let from = operator.next(); from >= 0; from = operator.next()) {
      if (!inbound.hasFree(Command.Bytes * 3)) break
      const at = inbound.tryClaim(Command.Bytes, 0)
      copyRecord(operator.views, from, inbound.views, at, Command.Bytes)
      this.#sequence(at)
      answers.settle(inbound.views, at)
      const to = inbound.tryClaim(CommandOutcome.Bytes, 0)
      writeCommandOutcome(inbound.views, to, inbound.views, at, gate)
      this.#sequence(to)
      inbound.publish()
      answers.send()
      operator.pass()
      if (gate.state.wishes.count > 0) this.#cancelWished()
      taken++
    }
    return taken
  }

  /** Publishes what waits, as far as the ring has room: answers of the venue, breaks, the day's records. */
  #publishAll(queue: RecordQueue): number {
    const { inbound } = this.#parts
    let published = 0
    for (let from = queue.peek(); from >= 0; from = queue.peek()) {
      const length = queue.views.u32[(from + Header.Length) >> 2]!
      const at = inbound.tryClaim(length, 0)
      if (at < 0) break
      copyRecord(queue.views, from, inbound.views, at, length)
      this.#sequence(at)
      queue.pop()
      published++
    }
    return published
  }

  /** Judges and sends what strategies ask for, as long as there is room for the verdicts. */
  #takeRequests(): number {
    const { outbound } = this.#parts
    let taken = 0
    // No order in an instrument before the gate knows whether it is restricted.
    while (this.#publishDay()) {
      const at = this.#waitingAt >= 0 ? this.#waitingAt : outbound.next()
      if (at < 0) break
      this.#waitingAt = -1
      if (!this.#takeRequest(outbound.views, at)) {
        this.#waitingAt = at
        break
      }
      this.noteRequest(outbound.views, at)
      taken++
    }
    if (taken > 0 && this.#waitingAt < 0) outbound.release()
    return taken
  }

  /** @returns false when there is no room for the verdict yet */
  #takeRequest(views: RecordViews, at: number): boolean {
    const type = views.u16[(at + Header.Type) >> 1]!
    if (type < RecordType.NewOrder || type > RecordType.MassCancel) return true
    if (this.#isOver) {
      this.counts[LiveCount.RequestsAfterEnd]!++
      return true
    }
    const { gate, inbound, gateway, sendStamps } = this.#parts
    if (!inbound.hasFree(Rejected.Bytes * 2)) return false
    gate.state.nowNs[0] = this.#nowNs[0]!
    const reason = refuseOrder(this.#parts, this.#isEnding, type) || gate.decide(views, at)
    // Own orders in the way are gone before the order that they stood in the way of.
    if (gate.state.wishes.count > 0) this.#cancelWished()
    this.#publishVerdict(views, at, reason)
    this.counts[reason === 0 ? LiveCount.Routed : LiveCount.RejectedByGate]!++
    if (reason !== 0) return true
    // Nothing leaves before the ring holds that it will.
    inbound.publish()
    gateway.isShortSale = gate.order.isShort
    const before = gateway.streamEnd
    gateway.applyRequest(views, at)
    const end = gateway.streamEnd
    const isOrder = type === RecordType.NewOrder || type === RecordType.ReplaceOrder
    if (isOrder && end !== before) {
      this.#arrivals.awaitStamp(sendStamps, end, views, at, this.counts[LiveCount.InboundRecords]!)
    }
    this.#publishAll(gateway.responses)
    return true
  }

  /** @param reason 0 for a request that is routed */
  #publishVerdict(views: RecordViews, at: number, reason: number): void {
    const { inbound, gate } = this.#parts
    const to = inbound.tryClaim(reason === 0 ? Routed.Bytes : Rejected.Bytes, 0)
    if (reason === 0) writeRouted(inbound.views, to, views, at, gate)
    else writeGateReject(inbound.views, to, views, at, gate, reason)
    this.#sequence(to)
  }

  #publishHost(): void {
    const { inbound, reserveBytes, host } = this.#parts
    for (let bytes = host.due(this.#nowNs); bytes > 0; bytes = host.due(this.#nowNs)) {
      const at = inbound.tryClaim(bytes, reserveBytes)
      if (at < 0) return
      host.write(inbound.views, at, this.#nowNs)
      this.#sequence(at)
    }
  }
}
