import { expect, test } from 'vitest'
import { Accounts } from '../../../feeds/matching/accounts.ts'
import { OrderInput, SelfMatch, TradingState } from '../../../feeds/matching/engine-codes.ts'
import { ItchFeed } from '../../../feeds/matching/itch-feed.ts'
import { Listeners } from '../../../feeds/matching/listeners.ts'
import { MatchingEngine } from '../../../feeds/matching/matching-engine.ts'
import { OrderFlag } from '../../../feeds/matching/order-cell.ts'
import { FeedReader } from './feed-reader.ts'
import { NaiveEngine } from './naive-engine.ts'
import type { NaiveOrder, NaiveRequest, State } from './naive-orders.ts'
import { RandomFlow } from './random-flow.ts'
import { TextLog } from './text-log.ts'

/** Orders in all; XK_MATCHING_ORDERS=5000000 for millions. */
const ORDERS = Number(process.env.XK_MATCHING_ORDERS ?? 20_000)
const DEADLINE_MS = 60_000 + ORDERS * 2
const ORDERS_PER_FLOW = 2_000
/** Of the first flow. One flow in eight has executions in a closing cross: the ten from here have all there is. */
const SEED = 11
const INSTRUMENTS = 2
const ACCOUNTS = 4
const STATES: readonly [State, TradingState][] = [
  ['trading', TradingState.Trading],
  ['quoting', TradingState.Quoting],
  ['halted', TradingState.Halted],
]
const WORD = 0x1_0000_0000

function flagsOf(request: NaiveRequest): number {
  const crosses = { '': 0, O: OrderFlag.OpeningCross, C: OrderFlag.ClosingCross, H: OrderFlag.HaltCross }
  return (
    (request.hidden ? OrderFlag.Hidden : 0) |
    (request.postOnly ? OrderFlag.PostOnly : 0) |
    (request.peg ? OrderFlag.MidpointPeg : 0) |
    (request.immediate ? OrderFlag.ImmediateOrCancel : 0) |
    (request.market ? OrderFlag.Market : 0) |
    (request.marketHours ? OrderFlag.MarketHours : 0) |
    crosses[request.cross]
  )
}

/** Both engines, the feed of the one and its reader, driven by one flow. */
class Comparison {
  readonly log = new TextLog()
  readonly naive = new NaiveEngine()
  readonly engine: MatchingEngine
  readonly accounts: Accounts
  readonly reader = new FeedReader(INSTRUMENTS)
  readonly flow: RandomFlow
  compared = 0

  constructor(seed: number) {
    const listeners = new Listeners()
    const firstReference = seed % 2 === 0 ? 1 : WORD - 500
    this.engine = new MatchingEngine(
      { ordersMax: 3000, levelsMax: 500, instrumentsMax: INSTRUMENTS, accountsMax: ACCOUNTS, firstReference },
      listeners,
    )
    this.log.engine = this.engine
    this.accounts = new Accounts(this.engine)
    for (const each of [this.log, this.accounts, new ItchFeed(this.engine, this.reader.writer)]) listeners.add(each)
    this.flow = new RandomFlow(seed, INSTRUMENTS, ACCOUNTS)
    this.naive.selfMatch.set(0, 'oldest').set(1, 'newest')
    this.engine.selfMatch[0] = SelfMatch.CancelOldest
    this.engine.selfMatch[1] = SelfMatch.CancelNewest
    for (let instrument = 1; instrument <= INSTRUMENTS; instrument++) {
      this.naive.states.set(instrument, 'closed')
      this.setState(instrument, 0)
    }
  }

  setState(instrument: number, index: number): void {
    this.naive.setState(instrument, STATES[index]![0])
    this.engine.setState(instrument, STATES[index]![1])
  }

  private fill(request: NaiveRequest): void {
    const { order } = this.engine
    order[OrderInput.Instrument] = request.instrument
    order[OrderInput.Side] = request.isBuy ? 0 : 1
    order[OrderInput.Price] = request.price
    order[OrderInput.Quantity] = request.quantity
    order[OrderInput.MinimumQuantity] = request.minimum
    order[OrderInput.Flags] = flagsOf(request)
    order[OrderInput.Account] = request.account
    order[OrderInput.Tag] = request.tag
  }

  private enter(): void {
    const request = this.flow.request()
    this.fill(request)
    this.engine.enter()
    this.naive.enter(request)
  }

  private draw(): NaiveOrder | undefined {
    const { resting } = this.naive
    return resting.length === 0 ? undefined : resting[this.flow.random.below(resting.length)]
  }

  private replace(order: NaiveOrder): void {
    const slot = this.log.slotOfTag.get(order.request.tag)!
    const request = this.flow.chance(80) ? this.flow.request(order.request) : this.flow.request()
    this.fill(request)
    this.engine.replace(slot)
    this.naive.replace(order, request)
  }

  private cancel(order: NaiveOrder): void {
    const slot = this.log.slotOfTag.get(order.request.tag)!
    const intended = this.flow.chance(60) ? 0 : this.flow.random.below(order.open + order.executed + 2)
    this.engine.cancel(slot, intended)
    this.naive.cancel(order, intended)
  }

  private rule(): void {
    const { flow, engine, naive } = this
    const instrument = 1 + flow.random.below(INSTRUMENTS)
    if (flow.chance(40)) this.setState(instrument, flow.random.below(3))
    else if (flow.chance(50)) {
      const low = 1_000_000 - flow.random.below(8) * 100
      const high = low + (2 + flow.random.below(10)) * 100
      const bands: [number, number] = flow.chance(30) ? [0, 0x7fffffff] : [low, high]
      engine.setBands(instrument, ...bands)
      naive.setBands(instrument, ...bands)
    } else if (flow.chance(30)) {
      engine.cross(instrument, OrderFlag.OpeningCross)
      naive.cross(instrument, 'O')
    } else if (flow.chance(10)) {
      engine.cross(instrument, OrderFlag.ClosingCross)
      naive.cross(instrument, 'C')
    } else {
      engine.publishImbalance(instrument, OrderFlag.ClosingCross)
      naive.imbalance(instrument, 'C')
    }
  }

  step(): void {
    const { flow, naive } = this
    const crowded = naive.resting.length > 120
    const order = flow.chance(crowded ? 70 : 45) ? this.draw() : undefined
    if (order !== undefined) {
      if (flow.chance(crowded ? 30 : 70)) this.replace(order)
      else this.cancel(order)
    } else if (flow.chance(3)) this.rule()
    else this.enter()
    // Most halts are short: little happens in them.
    for (let i = 1; i <= INSTRUMENTS; i++) {
      if (naive.states.get(i) !== 'trading' && flow.chance(3)) this.setState(i, 0)
    }
  }

  private orders(instrument: number, side: number): string[] {
    const { engine } = this
    const lines: string[] = []
    for (let level = engine.bestDisplayed(instrument * 2 + side); level !== 0; level = engine.worseLevel(level)) {
      for (let slot = engine.firstAt(level); slot !== 0; slot = engine.laterOf(slot)) {
        const reference = engine.referenceOf(slot)
        const open = engine.cells[slot * 16 + 1]
        lines.push(`${Math.floor(reference / WORD)}:${reference % WORD} ${engine.priceOf(level)} ${open}`)
      }
    }
    return lines
  }

  private tagged(instrument: number, side: number): string[] {
    const { engine } = this
    const lines: string[] = []
    for (let level = engine.bestDisplayed(instrument * 2 + side); level !== 0; level = engine.worseLevel(level)) {
      for (let slot = engine.firstAt(level); slot !== 0; slot = engine.laterOf(slot)) {
        lines.push(`${engine.cells[slot * 16 + 10]} ${engine.priceOf(level)} ${engine.cells[slot * 16 + 1]}`)
      }
    }
    return lines
  }

  check(): void {
    const { log, naive, accounts, reader } = this
    expect(log.lines.slice(this.compared)).toEqual(naive.log.slice(this.compared))
    this.compared = log.lines.length
    expect(this.engine.liveCount).toBe(naive.resting.length)
    expect(accounts.findBreaks()).toEqual([])
    reader.read()
    for (let instrument = 1; instrument <= INSTRUMENTS; instrument++) {
      for (let side = 0; side < 2; side++) {
        expect(this.tagged(instrument, side)).toEqual(naive.displayed(instrument, side === 0))
        expect(reader.orders(instrument, side)).toEqual(this.orders(instrument, side))
      }
    }
    expect(reader.book.unknownReferences).toBe(0)
  }
}

test(
  `both engines do the same over ${ORDERS} random commands, conserve, and publish their book`,
  () => {
    const kinds = new Set<string>()
    for (let flow = 0; flow * ORDERS_PER_FLOW < ORDERS; flow++) {
      const comparison = new Comparison(SEED + flow)
      for (let i = 0; i < ORDERS_PER_FLOW; i++) {
        comparison.step()
        try {
          if (i % 5 === 0) comparison.check()
        } catch (error) {
          throw new Error(`flow of seed ${SEED + flow}, by command ${i}`, { cause: error })
        }
      }
      for (const line of comparison.log.lines) {
        const [verb, ...words] = line.split(' ')
        kinds.add(verb === 'exec' || verb === 'cancel' || verb === 'reject' ? `${verb} ${words.at(-1)}` : verb!)
      }
    }
    // The flow reached what it is meant to compare.
    for (const kind of ['imbalance', 'print', 'refuse', 'replaced']) expect(kinds).toContain(kind)
    for (const kind of ['A', 'J', 'k', 'R', 'O', 'C', 'H']) expect(kinds).toContain(`exec ${kind}`)
    for (const kind of ['U', 'I', 'Q', 'K', 'C']) expect(kinds).toContain(`cancel ${kind}`)
    for (const kind of ['H', 'X', 'Z', 'N', 'D', 'R']) expect(kinds).toContain(`reject ${kind}`)
  },
  DEADLINE_MS,
)
