import { Header, Instrument, RecordType, SessionEvent } from '../../kernels/records/catalogue.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { ItchWriter } from '../generate/itch-writer.ts'
import { RandomStream } from '../generate/random.ts'
import { STOCK_BYTES } from '../itch50/layout.ts'
import { Accounts } from '../matching/accounts.ts'
import { CancelReason, OrderInput, SelfMatch, TradingState } from '../matching/engine-codes.ts'
import { ItchFeed } from '../matching/itch-feed.ts'
import { Listeners } from '../matching/listeners.ts'
import { MatchingEngine } from '../matching/matching-engine.ts'
import { OrderFlag } from '../matching/order-cell.ts'
import { MoldPublisher } from '../moldudp64/publisher.ts'
import { SystemEvent as SystemEventCode } from '../ouch/codes.ts'
import type { SequencedLog } from '../soupbintcp/session/sequenced-log.ts'
import { takeSnapshot } from './glimpse.ts'
import { Imbalances } from './imbalances.ts'
import { OuchGateway } from './ouch-gateway.ts'
import { createDropCopy, OuchUser, type OuchUserOptions } from './ouch-user.ts'
import { PRICE_BANDS, type PriceBandOptions, PriceBands } from './price-bands.ts'
import { RecordedFlow } from './recorded-flow.ts'

export interface ExchangeOptions {
  readonly seed: number
  /** MoldUDP64 session, up to ten characters. */
  readonly session: string
  readonly ordersMax: number
  readonly instrumentsMax: number
  readonly accountsMax: number
  readonly users: readonly OuchUserOptions[]
  /** Most bytes of a packet of the feed. */
  readonly payloadBytesMax: number
  readonly keptBytesMax: number
  readonly keptMessagesMax: number
  readonly bands?: PriceBandOptions
  /** Added to the upper 32 bits of every reference. */
  readonly referenceHighOffset?: number
}

const BANDS_EVERY_NS = 1e9
const HALT_REASON = 'T1  '
/** ITCH letters of the session's events by `SessionEventCode`. */
const EVENT_LETTERS = ['', 'O', 'S', 'Q', 'M', 'E', 'C']
const CLOSE_EVENT = 4
const END_EVENT = 6

/**
 * The exchange in a box, without its sockets: matching engine, accounts, users and their ports, feed and snapshots, background.
 * Its owner sets the time, gives it records of the background and requests of users, and sends what comes of them. The same
 * inputs in the same order give the same bytes.
 */
export class Exchange {
  readonly engine: MatchingEngine
  readonly accounts: Accounts
  readonly gateway: OuchGateway
  readonly publisher: MoldPublisher
  readonly flow: RecordedFlow
  readonly bands: PriceBands
  readonly users = new Map<string, OuchUser>()
  /** Acceptances, replacements and executions of each firm. */
  readonly dropCopies = new Map<string, SequencedLog>()
  /** Eight letters by instrument − 1. */
  readonly tickers: Uint8Array
  /** Highest instrument in use. */
  instruments = 0
  /** Nanoseconds since the exchange's midnight. */
  timeNs = 0
  /** Whether the feed had no room for a message: the session must end. */
  isFeedFull = false
  /** Whether the day is over: nothing is taken any more. */
  isOver = false
  private readonly options: ExchangeOptions
  private readonly writer: ItchWriter
  private readonly feed: ItchFeed
  private readonly numbers = new Map<string, number>()
  private readonly imbalances: Imbalances
  private bandsDueNs = 0
  private sessions = 1

  constructor(options: ExchangeOptions) {
    const { ordersMax, instrumentsMax, accountsMax, seed } = options
    const highOffset = options.referenceHighOffset ?? 0
    const listeners = new Listeners()
    this.options = options
    this.engine = new MatchingEngine({ ordersMax, levelsMax: ordersMax, instrumentsMax, accountsMax }, listeners)
    this.tickers = new Uint8Array(instrumentsMax * STOCK_BYTES).fill(0x20)
    this.writer = new ItchWriter(this.tickers)
    this.feed = new ItchFeed(this.engine, this.writer, highOffset)
    this.accounts = new Accounts(this.engine)
    const instrumentOf = (symbol: string) => this.numbers.get(symbol) ?? 0
    this.gateway = new OuchGateway(this.engine, highOffset, new RandomStream(seed, 3), instrumentOf)
    for (const listener of [this.accounts, this.feed, this.gateway]) listeners.add(listener)
    // The end of the day deletes more orders than the writer holds messages.
    listeners.add({
      take: () => {
        if (this.writer.isFull()) this.collect()
      },
    })
    this.publisher = new MoldPublisher(options.session, options)
    this.flow = new RecordedFlow(this.engine)
    this.bands = new PriceBands(this.engine, options.bands ?? PRICE_BANDS, (...facts) => this.pause(...facts))
    this.imbalances = new Imbalances(this.engine)
    for (const user of options.users) this.addUser(user)
  }

  private addUser(user: OuchUserOptions): void {
    const dropCopy = this.dropCopies.get(user.firm) ?? createDropCopy()
    this.dropCopies.set(user.firm, dropCopy)
    this.users.set(user.username, new OuchUser(user, dropCopy))
    this.engine.selfMatch[user.account] = user.selfMatch ?? SelfMatch.Allowed
    this.feed.participants[user.account] = user.firm.padEnd(4).slice(0, 4)
  }

  /** Number of a symbol, 0 for an unknown one. */
  instrumentOf(symbol: string): number {
    return this.numbers.get(symbol) ?? 0
  }

  /** Symbol of an instrument. */
  symbolOf(instrument: number): string {
    const at = (instrument - 1) * STOCK_BYTES
    return String.fromCharCode(...this.tickers.subarray(at, at + STOCK_BYTES)).trimEnd()
  }

  /** Moves the clock, which never goes back, and does what is due. */
  advanceTo(timeNs: number): void {
    if (timeNs > this.timeNs) this.timeNs = timeNs
    this.writer.setTime(this.timeNs)
    this.gateway.timeNs = this.timeNs
    this.gateway.tick(this.users.values())
    if (this.timeNs >= this.bandsDueNs) {
      this.bandsDueNs = this.timeNs + BANDS_EVERY_NS
      this.bands.tick(this.timeNs, this.instruments)
    }
    if (!this.isOver) this.imbalances.tick(this.timeNs, this.instruments)
    this.collect()
  }

  /** Opens the day for users; nothing else waits for it. */
  startDay(timeNs: number): void {
    this.advanceTo(timeNs)
    for (const user of this.users.values()) this.gateway.announce(user, SystemEventCode.StartOfDay)
  }

  /** Takes a record of the background, at the time that is set. */
  takeRecord(views: RecordViews, at: number): void {
    const type = views.u16[(at + Header.Type) >> 1]
    if (type === RecordType.Instrument) this.list(views, at)
    this.flow.take(views, at)
    if (type === RecordType.SessionEvent) this.passEvent(views.i32[(at + SessionEvent.Code) >> 2]!)
    this.collect()
  }

  /** Takes a request of a user. */
  takeRequest(user: OuchUser, bytes: Uint8Array, at: number, length: number): void {
    if (this.isOver) return
    this.gateway.receive(user, bytes, at, length)
    this.collect()
  }

  /** Takes what the caller has put into the engine's input as an order of the background. @returns its slot; 0 when nothing rests */
  enterBackground(): number {
    this.engine.order[OrderInput.Tag] = 0
    const slot = this.engine.enter()
    this.collect()
    return slot
  }

  /** The same as a replace of an order of the background. @returns whether it rests */
  replaceBackground(slot: number): boolean {
    this.engine.order[OrderInput.Tag] = 0
    const rests = this.engine.replace(slot)
    this.collect()
    return rests
  }

  /** Cancels an order of the background. */
  cancelBackground(slot: number): void {
    this.engine.cancel(slot, 0)
    this.collect()
  }

  /** Cancels all that a user has. */
  cancelAll(user: OuchUser): void {
    this.gateway.cancelAll(user, 0, CancelReason.Supervisory)
    this.collect()
  }

  /** Lists an instrument of the background under its number, or under the next one; opens it for trading. */
  listSymbol(symbol: string, instrument: number): void {
    if (this.numbers.has(symbol) || instrument > this.options.instrumentsMax || symbol === '') return
    const at = (instrument - 1) * STOCK_BYTES
    for (let i = 0; i < STOCK_BYTES; i++) this.tickers[at + i] = i < symbol.length ? symbol.charCodeAt(i) & 0x7f : 0x20
    this.numbers.set(symbol, instrument)
    this.instruments = Math.max(this.instruments, instrument)
    this.writer.stockDirectory(instrument - 1, 'Q', 100, '1')
    this.engine.setState(instrument, TradingState.Trading)
    this.collect()
  }

  /** Runs an opening or closing cross. @returns false while the instrument is halted or closed */
  runCrossOf(instrument: number, cross: OrderFlag.OpeningCross | OrderFlag.ClosingCross): boolean {
    if (!this.engine.takesOrders(instrument)) return false
    this.engine.cross(instrument, cross)
    this.collect()
    return true
  }

  /** Halts an instrument for news. @returns false when there is none of that number, or it is halted */
  halt(instrument: number): boolean {
    if (!(instrument >= 1 && instrument <= this.instruments)) return false
    if (this.engine.states[instrument] === TradingState.Halted) return false
    this.feed.reason = HALT_REASON
    this.engine.setState(instrument, TradingState.Halted)
    this.collect()
    return true
  }

  /** Lets a halted instrument quote: orders are taken and matched by the cross with which it resumes. @returns false otherwise */
  quote(instrument: number): boolean {
    if (this.engine.states[instrument] !== TradingState.Halted) return false
    this.engine.setState(instrument, TradingState.Quoting)
    this.imbalances.watch(instrument)
    this.collect()
    return true
  }

  /** Opens a halted or quoting instrument again: by way of quoting, whose orders a cross then matches. */
  resume(instrument: number): void {
    if (!(instrument >= 1 && instrument <= this.instruments)) return
    if (this.engine.states[instrument] === TradingState.Trading) return
    if (this.engine.states[instrument] !== TradingState.Quoting) this.engine.setState(instrument, TradingState.Quoting)
    this.engine.setState(instrument, TradingState.Trading)
    this.collect()
  }

  /** Begins another session of the feed: numbers start at 1, with a directory, states and orders that are there. */
  resetFeed(): void {
    this.sessions++
    const suffix = `${this.sessions}`
    this.publisher.begin(`${this.options.session.slice(0, 10 - suffix.length)}${suffix}`)
    const log = this.snapshot()
    // All but the end of the snapshot, which is no message of the feed.
    for (let sequence = 1; sequence < log.count; sequence++) {
      const start = log.startOf(sequence)
      if (!this.publisher.log.append(log.bytes, start, log.lengthOf(sequence))) this.isFeedFull = true
    }
  }

  /** What a GLIMPSE client gets now. */
  snapshot(): SequencedLog {
    const { engine, tickers, instruments, timeNs, publisher } = this
    const highOffset = this.options.referenceHighOffset ?? 0
    return takeSnapshot({ engine, tickers, instruments, timeNs, highOffset, nextSequence: publisher.nextSequence })
  }

  /** Ends the day: all orders end, nothing is taken any more. */
  close(): void {
    if (this.isOver) return
    this.isOver = true
    this.engine.expire(0, 0, CancelReason.Closed)
    for (let instrument = 1; instrument <= this.instruments; instrument++) {
      this.engine.setState(instrument, TradingState.Closed)
    }
    this.writer.systemEvent('C')
    this.collect()
    for (const user of this.users.values()) {
      this.gateway.announce(user, SystemEventCode.EndOfDay)
      user.release(Number.POSITIVE_INFINITY)
    }
  }

  private list(views: RecordViews, at: number): void {
    const instrument = views.i32[(at + Header.Instrument) >> 2]!
    const from = at + Instrument.Symbol
    const symbol = String.fromCharCode(...views.u8.subarray(from, from + STOCK_BYTES)).replace(/[\0 ]+$/, '')
    this.listSymbol(symbol, instrument)
  }

  private passEvent(code: number): void {
    const letter = EVENT_LETTERS[code] ?? ''
    if (code === END_EVENT) {
      this.close()
      return
    }
    if (letter !== '') this.writer.systemEvent(letter)
    if (code === CLOSE_EVENT) this.engine.expire(OrderFlag.MarketHours, 0, CancelReason.Timeout)
  }

  private pause(instrument: number, reference: number, low: number, high: number): void {
    this.feed.reason = 'LUDP'
    this.engine.setState(instrument, TradingState.Quoting)
    this.imbalances.watch(instrument)
    this.writer.luldCollar(instrument - 1, reference, high, low)
  }

  /** Brings what the feed has written into its session. */
  private collect(): void {
    const { writer } = this
    if (writer.usedBytes === 0) return
    if (!this.publisher.append(writer.bytes, 0, writer.usedBytes)) this.isFeedFull = true
    writer.reset()
  }
}
