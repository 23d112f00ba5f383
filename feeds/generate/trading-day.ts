import { Agents } from './agents.ts'
import { Auctions, CLOSING, OPENING } from './auctions.ts'
import { Agenda, DaySchedule, drawBuildProfile, drawTeardownProfile, drawTradingProfile } from './day-schedule.ts'
import { sendDirectory } from './directory.ts'
import { drawPermutation } from './distributions.ts'
import { Exchange, MAKERS_PER_SYMBOL } from './exchange.ts'
import { Halts } from './halts.ts'
import { MessageMix } from './message-mix.ts'
import { Pace, type Segment, SPARSE_EVENTS_MOST } from './pace.ts'
import { RandomStream } from './random.ts'
import type { ResolvedOptions } from './session-options.ts'
import { SymbolState, SymbolTable } from './symbol-table.ts'

const WORD = 0x1_0000_0000
/** Share of all messages that the imbalances before either cross may take. */
const IMBALANCE_SHARE = 0.004
const IMBALANCE_ROUNDS_MOST = 120
/** Share of the live orders that are deleted after the close; the others are live to the end. */
const TEARDOWN_SHARE = 0.92

/**
 * A synthetic trading day: runs the phases and fills the exchange's writer. `run()` yields whenever the chunk should be
 * drained, so memory stays bounded however long the day is. What it does depends on the options alone.
 */
export class TradingDay {
  readonly symbols: SymbolTable
  readonly exchange: Exchange
  private readonly options: ResolvedOptions
  private readonly random: RandomStream
  private readonly schedule: DaySchedule
  private readonly agenda = new Agenda()
  private readonly pace: Pace
  private readonly mix: MessageMix
  private readonly agents: Agents
  private readonly auctions: Auctions
  private readonly halts: Halts
  /** The symbols in the random order in which they are served where all of them are. */
  private readonly order: Int32Array
  private orderNext = 0
  private readonly ladderLeft: Int32Array
  private ladderLeftTotal = 0

  constructor(options: ResolvedOptions) {
    this.options = options
    this.random = new RandomStream(options.seed)
    this.schedule = new DaySchedule(options)
    this.symbols = new SymbolTable(options.symbols, options.seed)
    const activeMost = options.activeOrders + MAKERS_PER_SYMBOL * 8 + 60
    const capacity = Math.ceil(options.symbols * (options.ladderOrders + activeMost) * 1.1) + 4_096
    // Half of the day's references lie above 2^32: adds and replaces are half of the messages, 2.5 references apart.
    const firstReference = Math.max(1, WORD - Math.floor(options.messages * 0.6))
    this.exchange = new Exchange(this.symbols, capacity, firstReference, options.referenceHighOffset)
    this.pace = new Pace(this.exchange, this.random, this.agenda)
    this.mix = new MessageMix(this.exchange.writer, options.messages)
    this.agents = new Agents(this.exchange, this.random, this.mix, options.ladderOrders, options.activeOrders)
    this.auctions = new Auctions(this.exchange, this.random)
    this.halts = new Halts(this.exchange, this.random, this.auctions, this.agenda)
    this.order = drawPermutation(this.random, options.symbols)
    this.ladderLeft = new Int32Array(options.symbols).fill(options.ladderOrders)
    this.ladderLeftTotal = options.ladderOrders * options.symbols
  }

  /** Runs the day; each yield asks for the chunk to be drained and reset. */
  *run(): Generator<void, void> {
    const { schedule, exchange } = this
    exchange.advanceTo(schedule.startNs)
    exchange.writer.systemEvent('O')
    yield* sendDirectory(exchange, this.random, schedule.directoryNs)
    exchange.advanceTo(schedule.systemHoursNs)
    exchange.writer.systemEvent('S')
    yield* this.pace.runSparse(schedule.systemHoursNs, schedule.buildNs, () => this.layLadderOnce(2))
    this.planOpenImbalances()
    yield* this.pace.runSegment(this.buildSegment())
    yield* this.finishBuild()
    yield* this.open()
    this.planTrading()
    this.mix.begin()
    yield* this.pace.runSegment(this.tradingSegment())
    yield* this.close()
    yield* this.pace.runSegment(this.teardownSegment())
    yield* this.pace.runSparse(schedule.teardownEndNs, schedule.lateEndNs, () => this.tearDownOnce(1))
    yield* this.finishTeardown()
    exchange.advanceTo(schedule.systemHoursEndNs)
    exchange.writer.systemEvent('E')
    exchange.advanceTo(schedule.endNs)
    exchange.writer.systemEvent('C')
    yield
  }

  private nextInOrder(): number {
    const symbol = this.order[this.orderNext]!
    this.orderNext = this.orderNext + 1 === this.order.length ? 0 : this.orderNext + 1
    return symbol
  }

  private layLadderOnce(bits: number): void {
    if (this.ladderLeftTotal === 0) return
    let symbol = this.nextInOrder()
    while (this.ladderLeft[symbol] === 0) symbol = this.nextInOrder()
    const orders = Math.min(this.ladderLeft[symbol]!, 1 + this.random.bits(bits))
    const laid = this.agents.layLadder(symbol, orders)
    // What the quotes left no room for is not tried again, so that the build always ends.
    this.ladderLeft[symbol]! -= Math.max(laid, 1)
    this.ladderLeftTotal -= Math.max(laid, 1)
  }

  private buildSegment(): Segment {
    const { schedule, options, exchange } = this
    const active = options.symbols * (options.activeOrders + 16)
    const messagesEnd = exchange.writer.messages + this.ladderLeftTotal + active
    return {
      startNs: schedule.buildNs,
      endNs: schedule.openNs,
      messagesEnd: () => messagesEnd,
      profile: drawBuildProfile(this.random, schedule.openNs - schedule.buildNs),
      act: () => {
        const left = Math.max(1, messagesEnd - exchange.writer.messages)
        if (this.random.unit() * left < this.ladderLeftTotal) this.layLadderOnce(3)
        else this.agents.act(this.nextInOrder())
      },
    }
  }

  /** What the segment's chances left undone, at its end. */
  private *finishBuild(): Generator<void, void> {
    while (this.ladderLeftTotal > 0) {
      this.layLadderOnce(3)
      if (this.exchange.writer.isFull()) yield
    }
    for (let symbol = 0; symbol < this.symbols.count; symbol++) {
      this.agents.ensureQuotes(symbol)
      if (this.exchange.writer.isFull()) yield
    }
  }

  private imbalanceRounds(): { rounds: number; stride: number } {
    const perRound = this.symbols.count
    const rounds = Math.floor((this.options.messages * IMBALANCE_SHARE) / perRound)
    if (rounds >= 1) return { rounds: Math.min(IMBALANCE_ROUNDS_MOST, rounds), stride: 1 }
    return { rounds: 1, stride: Math.ceil(perRound / (this.options.messages * IMBALANCE_SHARE)) }
  }

  private planImbalances(fromNs: number, toNs: number, crossType: string): void {
    const { rounds, stride } = this.imbalanceRounds()
    this.agenda.add(fromNs, () => {
      for (let symbol = 0; symbol < this.symbols.count; symbol++) this.auctions.begin(symbol)
    })
    for (let i = 0; i < rounds; i++) {
      const atNs = fromNs + ((toNs - fromNs) * i) / rounds
      this.agenda.add(atNs, () => this.auctions.publishRound(0, stride, crossType))
    }
  }

  private planOpenImbalances(): void {
    this.planImbalances(this.schedule.openImbalanceNs, this.schedule.openNs, OPENING)
  }

  private *crossAll(crossType: string, state: SymbolState): Generator<void, void> {
    const { exchange, random } = this
    for (let i = 0; i < this.symbols.count; i++) {
      const symbol = this.nextInOrder()
      exchange.advanceTo(exchange.timeNs + 4_000 + random.bits(14))
      this.auctions.cross(symbol, crossType)
      this.symbols.state[symbol] = state
      if (exchange.writer.isFull()) yield
    }
  }

  private *open(): Generator<void, void> {
    this.exchange.advanceTo(this.schedule.openNs)
    this.exchange.writer.systemEvent('Q')
    yield* this.crossAll(OPENING, SymbolState.Trading)
  }

  private planTrading(): void {
    const { schedule, options, random, exchange } = this
    this.halts.plan(schedule)
    this.planImbalances(schedule.closeImbalanceNs, schedule.closeNs, CLOSING)
    const breaks = 1 + Math.floor(options.messages / 250_000)
    for (let i = 0; i < breaks; i++) {
      const atNs = schedule.openNs + (schedule.closeNs - schedule.openNs) * (0.2 + 0.75 * random.unit())
      const index = random.bits(6)
      this.agenda.add(atNs, () => exchange.breakTrade(index))
    }
  }

  private tradingSegment(): Segment {
    const { schedule, options, exchange } = this
    const closing = Math.floor(options.symbols * 1.4) + 3
    const messagesEnd = () => options.messages - closing - Math.floor(exchange.book.live * TEARDOWN_SHARE)
    return {
      startNs: schedule.openNs,
      endNs: schedule.closeNs,
      messagesEnd,
      profile: drawTradingProfile(this.random, schedule.closeNs - schedule.openNs),
      act: () => this.tradeOnce(messagesEnd()),
    }
  }

  /** One event, and as often as not others in its wake: mostly of the same symbol, some of another. */
  private tradeOnce(messagesEnd: number): void {
    let symbol = this.symbols.drawActive(this.random)
    for (;;) {
      this.agents.act(symbol)
      this.mix.noteEvent(messagesEnd - this.exchange.writer.messages)
      const draw = this.random.bits(4)
      if (draw < 6) return
      if (draw >= 14) symbol = this.symbols.drawActive(this.random)
    }
  }

  private *close(): Generator<void, void> {
    this.exchange.advanceTo(this.schedule.closeNs)
    this.exchange.writer.systemEvent('M')
    yield* this.crossAll(CLOSING, SymbolState.Closed)
  }

  private teardownSegment(): Segment {
    const { schedule, options } = this
    return {
      startNs: schedule.teardownNs,
      endNs: schedule.teardownEndNs,
      messagesEnd: () => options.messages - 2 - SPARSE_EVENTS_MOST,
      profile: drawTeardownProfile(this.random, schedule.teardownEndNs - schedule.teardownNs),
      act: () => this.tearDownOnce(4),
    }
  }

  /** Deletes what is still missing from the message count, where there is that much. */
  private *finishTeardown(): Generator<void, void> {
    const { exchange, options } = this
    exchange.advanceTo(this.schedule.lateEndNs)
    while (exchange.book.live > 0 && exchange.writer.messages < options.messages - 2) {
      this.tearDownOnce(3)
      if (exchange.writer.isFull()) yield
    }
  }

  /** Deletes a few orders of the next symbol, at any depth of either side. */
  private tearDownOnce(bits: number): void {
    if (this.exchange.book.live === 0) return
    const orders = 1 + this.random.bits(bits)
    let symbol = this.nextInOrder()
    const live = this.exchange.book.liveBySide
    while (live[symbol * 2]! + live[symbol * 2 + 1]! === 0) symbol = this.nextInOrder()
    for (let i = 0; i < orders && this.exchange.writer.messages < this.options.messages - 2; i++) {
      const side = this.random.bits(1)
      const order = this.exchange.book.orderAt(symbol * 2 + side, this.random.bits(6), 0)
      if (order === -1) continue
      this.exchange.remove(order)
      if (this.random.bits(1) === 0) this.exchange.advanceTo(this.exchange.timeNs + this.random.bits(12))
    }
  }
}
