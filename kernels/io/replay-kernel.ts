import type { SnapshotBarrier } from '../loop/snapshot-barrier.ts'
import { Clock, Command, Header, RecordType, SessionEnd } from '../records/catalogue.ts'
import { copyRecord } from '../records/copy.ts'
import type { StateArchive } from '../records/state-archive.ts'
import { beginRecord, type RecordViews } from '../records/views.ts'
import type { IoPorts } from './io-ports.ts'
import { lookaheadNs } from './latencies.ts'
import { LineFiller } from './line-filler.ts'
import { VenueStep } from './order-path.ts'
import { Attempt, IoWait, Origin, type ReplayKernelParts } from './replay-parts.ts'
import { writeSessionEnd } from './session-record.ts'
import { FEEDBACK_PER_INSTANT_MAX, failStoppedTime } from './stopped-time.ts'

const CURSOR_WORD = 1

/**
 * The I/O kernel in replay: reads a capture, acts as sequencer, simulated venue and gate in virtual time, publishes the
 * inbound stream. DESIGN, section 4: a record of time u is published once every published record of time ≤ u − lookahead
 * is consumed and its output drained; so no pace, batch size, stall or layout can change a decision.
 */
export class ReplayKernel {
  wait = IoWait.None
  /** [0] inbound sequence, [1] records held for the strategy, [2] market records, [3] time of the last record. */
  readonly facts = new Float64Array(4)
  readonly #parts: ReplayKernelParts
  /** Time at which each origin's next record is due; Infinity for none. */
  readonly #times = new Float64Array(Origin.Count).fill(Number.POSITIVE_INFINITY)
  readonly #lookahead: number
  #consumed: number
  #started = false
  #wasHeld = false
  #ending = false
  #isMarketNoted = false
  #isCutShort = false
  #feedback = 0
  /** Takes snapshots, where any are wanted. */
  barrier: SnapshotBarrier | undefined
  /** [0]: sequence of the last outbound record that was taken. */
  readonly #outbound = new Float64Array(1)
  readonly #filler: LineFiller

  constructor(parts: ReplayKernelParts) {
    this.#parts = parts
    this.#filler = new LineFiller(parts.source, parts.line)
    this.#lookahead = lookaheadNs(parts.latencies)
    this.#consumed = parts.ports.inbound.tailPosition()
  }

  /** Publishes at most `budget` records. @returns how many it published, requests it took included */
  step(budget: number): number {
    let published = 0
    let done = this.drain()
    for (;;) {
      const attempt = published < budget ? this.#publishNext() : Attempt.Published
      if (attempt === Attempt.Published && published < budget) {
        published++
        continue
      }
      this.#flush()
      this.wait = attempt as number as IoWait
      if (attempt !== Attempt.HeldForStrategy && attempt !== Attempt.HeldForSpace) break
      const drained = this.drain()
      done = (done + drained) | 0
      if (drained === 0) break
    }
    return published + done
  }

  /** Ends the session at once: what the capture still holds and what is on its way is dropped. */
  endEarly(): void {
    if (this.wait === IoWait.Finished) return
    this.#parts.path.closed = true
    this.#isCutShort = true
  }

  get isFinished(): boolean {
    return this.wait === IoWait.Finished
  }

  get lastOutbound(): number {
    return this.#outbound[0]!
  }

  /**
   * Saves or restores the kernel and all its parts, while everything that it published is consumed and what that caused is taken.
   * One that is restored has yet to read over its input (`skipInput`).
   */
  archive(archive: StateArchive): void {
    const { line, path, day, commands, pacer } = this.#parts
    archive.array(this.facts)
    archive.array(this.#times)
    archive.array(this.#outbound)
    this.#filler.archive(archive)
    this.#started = archive.number(this.#started ? 1 : 0) === 1
    this.#ending = archive.number(this.#ending ? 1 : 0) === 1
    this.#isMarketNoted = archive.number(this.#isMarketNoted ? 1 : 0) === 1
    this.#feedback = archive.number(this.#feedback)
    line.archive(archive)
    path.archive(archive)
    day.archive(archive)
    commands.archive(archive)
    pacer.archive(archive)
  }

  /**
   * Reads over the market records that the restored state has seen.
   * @returns whether all are read over; otherwise the input has none just now
   * @throws XkError when it ends before them
   */
  skipInput(): boolean {
    return this.#filler.skip()
  }

  /**
   * Goes on over other rings, on which everything that was published so far is consumed and what it caused is drained.
   * @param ports where nothing is claimed and not published
   */
  turnTo(ports: IoPorts): void {
    Object.assign(this.#parts.ports, ports)
    this.#parts.trail.follow(ports.inbound)
    this.#consumed = ports.inbound.tailPosition()
    this.#wasHeld = false
  }

  /**
   * Reads the strategy's cursor, then its output: the strategy publishes them the other way round, so all output of
   * what it has consumed is seen here; an order that the journal holds back holds back everything behind it, and virtual
   * time with it. Publishes nothing. @returns how much moved
   */
  drain(): number {
    const { path, ports } = this.#parts
    const { outbound, strategyCursor, probe } = ports
    const consumed = Atomics.load(strategyCursor, CURSOR_WORD)
    let taken = 0
    for (let at = outbound.next(); at >= 0; at = outbound.next()) {
      probe.noteOutbound(outbound.views, at)
      path.takeRequest(outbound.views, at)
      this.#outbound[0] = outbound.views.f64[(at + Header.Sequence) >> 3]!
      taken++
    }
    if (taken > 0) outbound.release()
    if (outbound.isHeld || consumed === this.#consumed) return taken
    this.#consumed = consumed
    path.observeBefore(consumed)
    return taken + 1
  }

  #flush(): void {
    const { inbound, probe } = this.#parts.ports
    if (inbound.headPosition() === inbound.tailPosition()) return
    probe.notePublished(this.facts, 0)
    inbound.publish()
  }

  #publishNext(): Attempt {
    if (!this.#started) return this.#publishStart()
    if (this.#isCutShort) return this.#publishEnd()
    if (this.barrier?.advance(this.facts) === true && this.wait !== IoWait.Finished) {
      if (!this.#isQuiet()) return Attempt.HeldForStrategy
      this.barrier.take(this)
    }
    for (;;) {
      const origin = this.#choose()
      if (origin < 0) return Attempt.NeedsInput
      if (origin === Origin.Count) return this.#publishEnd()
      if (!this.#isSafe(origin)) return this.#hold()
      if (origin === Origin.End && !this.#ending) {
        if (this.#consumed !== this.#parts.ports.inbound.headPosition()) return this.#hold()
        this.#endSession()
        continue
      }
      const step = this.#ending ? VenueStep.Idle : this.#parts.path.readVenueTime()
      if (step === VenueStep.NeedsMarket) {
        if (!this.#fill()) return Attempt.NeedsInput
        continue
      }
      if (step === VenueStep.Ready && this.#venueIsBehind(origin)) {
        this.#parts.path.advanceVenue()
        continue
      }
      if (!this.#parts.pacer.isDue(this.#times, origin)) return Attempt.HeldForPace
      return this.#publish(origin)
    }
  }

  /** Whether all that was published is consumed, and what it caused is taken: nothing is on its way between the kernels. */
  #isQuiet(): boolean {
    const { inbound } = this.#parts.ports
    return this.#consumed === inbound.headPosition() && inbound.headPosition() === inbound.tailPosition()
  }

  #hold(): Attempt {
    if (!this.#wasHeld) {
      this.facts[1]!++
      this.#parts.ports.probe.noteHold()
    }
    this.#wasHeld = true
    return Attempt.HeldForStrategy
  }

  /** Finds the origin of the next record. @returns it, Origin.Count when the session is over, -1 without input */
  #choose(): number {
    const { line, venue, verdicts, latencies, day } = this.#parts
    const times = this.#times
    if (line.publish === line.end && !this.#filler.isEnded && !this.#fill()) return -1
    if (line.publish !== line.end) {
      times[Origin.Market] = line.exchangeTime[line.publish & line.mask]! + latencies.feedLatencyNs
      if (!this.#isMarketNoted) this.#noteMarket()
    } else {
      times[Origin.Market] = Number.POSITIVE_INFINITY
      if (!this.#filler.isEnded) return -1
      this.#scheduleEnd()
    }
    const response = venue.responses.peek()
    times[Origin.Response] =
      response < 0
        ? Number.POSITIVE_INFINITY
        : venue.responses.views.f64[(response + Header.Time) >> 3]! + latencies.responseLatencyNs
    const verdict = verdicts.peek()
    times[Origin.Command] = this.#ending ? Number.POSITIVE_INFINITY : this.#parts.commands.nextNs[0]!
    times[Origin.Verdict] = verdict < 0 ? Number.POSITIVE_INFINITY : verdicts.views.f64[(verdict + Header.Time) >> 3]!
    times[Origin.Day] = day.queue.length === 0 ? Number.POSITIVE_INFINITY : this.facts[3]!
    let first = Origin.Day as number
    for (let origin = 1; origin < Origin.Count; origin++) {
      if (times[origin]! < times[first]!) first = origin
    }
    return times[first] === Number.POSITIVE_INFINITY ? Origin.Count : first
  }

  #noteMarket(): void {
    this.#isMarketNoted = true
    this.#parts.pacer.noteMarket(this.#times, Origin.Market)
    if (this.#times[Origin.Clock] !== Number.POSITIVE_INFINITY || this.#parts.clockIntervalNs === 0) return
    const interval = this.#parts.clockIntervalNs
    this.#times[Origin.Clock] = Math.ceil(this.#times[Origin.Market]! / interval) * interval
  }

  /** The capture is read: no more clock, and one settling time later the session ends. */
  #scheduleEnd(): void {
    if (this.#ending || this.#times[Origin.End] !== Number.POSITIVE_INFINITY) return
    this.#times[Origin.Clock] = Number.POSITIVE_INFINITY
    const lastTime = this.facts[3]!
    this.#times[Origin.End] = lastTime + this.#parts.settleNs
  }

  /** Whether everything that could still come before this record is known. */
  #isSafe(origin: number): boolean {
    const { ports, trail } = this.#parts
    const { inbound } = ports
    if (this.#consumed === inbound.headPosition()) return true
    const oldest = trail.offsetOf(this.#consumed)
    return inbound.views.f64[(oldest + Header.Time) >> 3]! > this.#times[origin]! - this.#lookahead
  }

  /** Whether something happens at the venue early enough to answer before, or together with, this record. */
  #venueIsBehind(origin: number): boolean {
    return this.#parts.path.nextVenueTime[0]! + this.#parts.latencies.responseLatencyNs <= this.#times[origin]!
  }

  /** The moment of the end: requests that have arrived by now are served, then the venue cancels what is left. */
  #endSession(): void {
    const { path, venue } = this.#parts
    const end = this.#times[Origin.End]!
    while (path.readVenueTime() === VenueStep.Ready && path.nextVenueTime[0]! <= end) path.advanceVenue()
    venue.nowNs[0] = end
    venue.endOfSession()
    path.closed = true
    this.#ending = true
    this.#times[Origin.End] = Number.POSITIVE_INFINITY
  }

  #publish(origin: number): Attempt {
    const { line, venue, verdicts, day } = this.#parts
    let done = false
    if (origin === Origin.Market) done = this.#copyOut(line.views, line.at(line.publish), origin)
    else if (origin === Origin.Response) done = this.#copyOut(venue.responses.views, venue.responses.peek(), origin)
    else if (origin === Origin.Verdict) done = this.#copyOut(verdicts.views, verdicts.peek(), origin)
    else if (origin === Origin.Day) done = this.#copyOut(day.queue.views, day.queue.peek(), origin)
    else if (origin === Origin.Clock) done = this.#publishClock()
    else done = this.#publishCommand()
    if (!done) return Attempt.HeldForSpace
    if (this.#wasHeld) this.#parts.ports.probe.noteHoldEnd()
    this.#wasHeld = false
    if (origin === Origin.Market) {
      day.note(line.views, line.at(line.publish))
      line.publish = (line.publish + 1) | 0
      this.#isMarketNoted = false
      this.facts[2]!++
    } else if (origin === Origin.Response) venue.responses.pop()
    else if (origin === Origin.Verdict) verdicts.pop()
    else if (origin === Origin.Day) day.queue.pop()
    return Attempt.Published
  }

  /** Publishes a copy of a record with the next sequence, at its origin's time. */
  #copyOut(from: RecordViews, fromAt: number, origin: number): boolean {
    const { ports, reserveBytes } = this.#parts
    const { inbound } = ports
    const length = from.u32[(fromAt + Header.Length) >> 2]!
    const at = inbound.tryClaim(length, origin <= Origin.Market ? reserveBytes : 0)
    if (at < 0) return false
    copyRecord(from, fromAt, inbound.views, at, length)
    this.#sequence(at, origin)
    return true
  }

  #sequence(at: number, origin: number): void {
    const { views } = this.#parts.ports.inbound
    this.facts[0]!++
    views.f64[(at + Header.Sequence) >> 3] = this.facts[0]!
    const time = this.#times[origin]!
    if (time > this.facts[3]!) {
      this.facts[3] = time
      this.#feedback = 0
    } else if (origin > Origin.Market && ++this.#feedback > FEEDBACK_PER_INSTANT_MAX) failStoppedTime(time)
    views.f64[(at + Header.Time) >> 3] = this.facts[3]!
  }

  #publishClock(): boolean {
    const { ports, reserveBytes, clockIntervalNs } = this.#parts
    const { inbound } = ports
    const at = inbound.tryClaim(Clock.Bytes, reserveBytes)
    if (at < 0) return false
    beginRecord(inbound.views, at, Clock.Bytes, RecordType.Clock, 0)
    inbound.views.f64[(at + Clock.Tick) >> 3] = this.#times[Origin.Clock]! / clockIntervalNs
    this.#sequence(at, Origin.Clock)
    this.#times[Origin.Clock]! += clockIntervalNs
    return true
  }

  #publishCommand(): boolean {
    const { ports, commands } = this.#parts
    const { inbound } = ports
    const at = inbound.tryClaim(Command.Bytes, 0)
    if (at < 0) return false
    commands.write(inbound.views, at)
    this.#sequence(at, Origin.Command)
    commands.pass()
    return true
  }

  #publishStart(): Attempt {
    const { sessionStart, ports } = this.#parts
    const { inbound } = ports
    const length = sessionStart.u32[Header.Length >> 2]!
    const at = inbound.tryClaim(length, 0)
    if (at < 0) return Attempt.HeldForSpace
    copyRecord(sessionStart, 0, inbound.views, at, length)
    this.facts[0] = 1
    inbound.views.f64[(at + Header.Sequence) >> 3] = 1
    inbound.views.f64[(at + Header.Time) >> 3] = 0
    this.#started = true
    return Attempt.Published
  }

  #publishEnd(): Attempt {
    if (this.wait === IoWait.Finished) return Attempt.Finished
    const { inbound } = this.#parts.ports
    const at = inbound.tryClaim(SessionEnd.Bytes, 0)
    if (at < 0) return Attempt.HeldForSpace
    this.barrier?.finish()
    writeSessionEnd(inbound.views, at, this.facts[0]! + 1, this.facts[2]!)
    this.facts[0]!++
    inbound.views.f64[(at + Header.Sequence) >> 3] = this.facts[0]!
    inbound.views.f64[(at + Header.Time) >> 3] = this.facts[3]!
    return Attempt.Finished
  }

  /** Moves decoded records into the delay line. @returns false when there is none to be had just now */
  #fill(): boolean {
    const isFilled = this.#filler.fill()
    if (this.#filler.isEnded) this.#parts.path.marketEnded = true
    return isFilled
  }
}
