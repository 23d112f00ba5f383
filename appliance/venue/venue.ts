import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises'
import { Exchange, type ExchangeOptions } from '../../feeds/exchange/exchange.ts'
import type { FlowSource } from '../../feeds/exchange/generated-flow.ts'
import { timeOfRecord } from '../../feeds/exchange/recorded-flow.ts'
import { RecordBatch } from '../../feeds/record-batch.ts'
import type { SessionTimes } from '../../feeds/soupbintcp/session/session-times.ts'
import { FeedLines, type LineTarget } from './feed-lines.ts'
import { FaultClock, type FaultSettings, TimedFault } from './venue-faults.ts'
import { VenuePorts } from './venue-ports.ts'
import type { WireLog } from './wire-log.ts'

export interface VenueOptions extends ExchangeOptions {
  /** Address that all ports are bound to. */
  readonly host: string
  readonly interface?: string | undefined
  /** Where lines A and B go. */
  readonly lines: readonly [LineTarget, LineTarget]
  /** Ports to bind, 0 for any that is free. */
  readonly requestPort: number
  readonly ouchPort: number
  readonly dropCopyPort: number
  readonly glimpsePort: number
  /** Passwords of the firms' drop copies. */
  readonly dropCopyPasswords: ReadonlyMap<string, string>
  /** Whether a user's orders end with its connection. */
  readonly cancelOnDisconnect: boolean
  /** What the background does; nothing without it. */
  readonly flow?: FlowSource | undefined
  /** Instruments where there is no background to list them. */
  readonly symbols: readonly string[]
  /** The exchange's time when the venue opens, in ns since midnight; what the background did before is caught up with at once. */
  readonly startNs: number
  /** How many times faster than the clock the exchange's time goes; infinite: as fast as the background can be read. */
  readonly speed: number
  readonly faults: FaultSettings
  readonly sessionTimes?: SessionTimes
  /** Where what clients send is written down, for a rehearsal. */
  readonly wire?: WireLog
  /** Monotonic clock in nanoseconds. */
  readonly nowNs: () => number
}

/** Ports that a venue has bound. */
export interface VenueAddresses {
  readonly request: number
  readonly ouch: number
  readonly dropCopy: number
  readonly glimpse: number
}

const RECORDS_PER_STEP = 2000
const DAY_END_NS = 86_399e9
const HALT_FAULT_NS = 2e9
/** How long clients may take to read the end, before the venue hangs up. */
const LINGER_NS = 2e9

/** The exchange in a box: an `Exchange` with its sockets, its pace and its faults. */
export class Venue {
  readonly exchange: Exchange
  readonly lines: FeedLines
  readonly ports: VenuePorts
  /** Records of the background that were played. */
  records = 0
  readonly #options: VenueOptions
  readonly #faultClock: FaultClock
  readonly #batch = new RecordBatch()
  #recordAt = 0
  #isFlowDone: boolean
  #openedNs = 0
  #endedNs = 0
  /** Instruments that a fault has halted, and until when. */
  readonly #halted = new Map<number, number>()
  #sessionsLost = 0

  constructor(options: VenueOptions) {
    const { faults, nowNs, host } = options
    this.#options = options
    this.exchange = new Exchange(options)
    this.lines = new FeedLines(this.exchange.publisher, {
      lines: options.lines,
      faults,
      wire: options.wire,
      seed: options.seed,
      interface: options.interface,
      request: { host, port: options.requestPort },
      nowNs,
    })
    this.ports = new VenuePorts(this.exchange, options)
    this.#faultClock = new FaultClock(faults, options.seed)
    this.#isFlowDone = options.flow === undefined
  }

  /** Binds all ports and opens the day. */
  async open(): Promise<VenueAddresses> {
    const request = await this.lines.open()
    const addresses = { request, ...(await this.ports.open()) }
    this.#openedNs = this.#options.nowNs()
    this.exchange.startDay(0)
    if (this.#options.flow !== undefined) return addresses
    this.exchange.advanceTo(this.#options.startNs)
    let instrument = 0
    for (const symbol of this.#options.symbols) this.exchange.listSymbol(symbol, ++instrument)
    return addresses
  }

  /** Serves until the day is over and its end is read, or the signal fires. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.isDone) {
      if (this.step()) await nextTurn()
      else await wait(1)
    }
  }

  /** Whether the day is over and everyone knows it. */
  get isDone(): boolean {
    if (!this.exchange.isOver || this.#endedNs === 0) return false
    return this.ports.isQuiet || this.#options.nowNs() - this.#endedNs > LINGER_NS
  }

  /** One turn: background, clock, faults, lines, ports. @returns whether the background is behind the clock */
  step(): boolean {
    const elapsedNs = this.#options.nowNs() - this.#openedNs
    const { startNs, speed } = this.#options
    const targetNs = Number.isFinite(speed) ? Math.min(DAY_END_NS, startNs + elapsedNs * speed) : DAY_END_NS
    const isBehind = this.#play(targetNs)
    if (!isBehind && Number.isFinite(speed) && !this.exchange.isOver) this.exchange.advanceTo(targetNs)
    this.#applyFaults(elapsedNs)
    if (this.exchange.isFeedFull) this.exchange.close()
    this.lines.step()
    if (this.exchange.isOver && this.#endedNs === 0) this.#end()
    this.ports.step()
    return isBehind
  }

  /** Sends the end of all sessions, and closes the sockets. */
  async close(): Promise<void> {
    if (!this.exchange.isOver) this.exchange.close()
    if (this.#endedNs === 0) this.#end()
    this.ports.step()
    await this.lines.close()
    await this.ports.close()
  }

  /** Halts an instrument for so long, or until it is resumed. @returns false when it cannot be halted */
  halt(instrument: number, durationNs: number): boolean {
    if (!this.exchange.halt(instrument)) return false
    this.#halted.set(instrument, this.#options.nowNs() + durationNs)
    return true
  }

  /** Opens a halted instrument again. */
  resume(instrument: number): void {
    this.#halted.delete(instrument)
    this.exchange.resume(instrument)
  }

  /** The feed begins anew under another session, as after a failure of the exchange. */
  resetFeed(): void {
    this.lines.step()
    this.#sessionsLost++
    this.exchange.resetFeed()
  }

  get feedResets(): number {
    return this.#sessionsLost
  }

  /** Plays the background up to a time. @returns whether more of it is due */
  #play(targetNs: number): boolean {
    const { views } = this.#batch
    for (let played = 0; !this.#isFlowDone && !this.exchange.isOver; played++) {
      if (this.#recordAt >= this.#batch.usedBytes && !this.#readMore()) break
      const timeNs = timeOfRecord(views, this.#recordAt)
      if (timeNs > targetNs) return false
      if (played >= RECORDS_PER_STEP) return true
      if (timeNs >= 0) this.exchange.advanceTo(timeNs)
      this.exchange.takeRecord(views, this.#recordAt)
      this.records++
      this.#recordAt += views.u32[this.#recordAt >> 2]!
    }
    return false
  }

  #readMore(): boolean {
    this.#batch.reset()
    this.#recordAt = 0
    if (this.#options.flow!.fill(this.#batch) !== 0) return this.#batch.usedBytes > 0
    this.#isFlowDone = true
    this.exchange.close()
    return false
  }

  #applyFaults(elapsedNs: number): void {
    const { faults, nowNs } = this.#options
    this.exchange.gateway.rejectRate = faults.reject
    this.exchange.gateway.delayMs = faults.ackDelayMs
    for (const [instrument, untilNs] of this.#halted) if (untilNs <= nowNs()) this.resume(instrument)
    if (this.exchange.isOver) return
    switch (this.#faultClock.next(elapsedNs)) {
      case TimedFault.Disconnect: {
        const users = this.ports.ouchUsers
        if (users.length > 0) this.ports.disconnect(users[this.#faultClock.draw(users.length)]!)
        break
      }
      case TimedFault.Halt: {
        const { instruments } = this.exchange
        if (instruments > 0) this.halt(1 + this.#faultClock.draw(instruments), HALT_FAULT_NS)
        break
      }
      case TimedFault.Reset:
        this.resetFeed()
        break
      default:
    }
  }

  #end(): void {
    this.#endedNs = this.#options.nowNs()
    this.lines.end()
    this.ports.end()
  }
}
