import type { RandomStream } from '../generate/random.ts'
import { OrderInput, TradingState } from '../matching/engine-codes.ts'
import { MatchLookahead } from '../matching/match-lookahead.ts'
import type { MatchingEngine } from '../matching/matching-engine.ts'
import { NO_SLOT, OrderCell, OrderCellShift, OrderFlag } from '../matching/order-cell.ts'

/** Of 100 commands: new passive orders, immediate ones, cancels; the rest are replaces. */
enum Mix {
  Passive = 9,
  Immediate = 3,
  Cancel = 6,
  All = 100,
}

enum Kind {
  Passive = 0,
  Immediate = 1,
  Cancel = 2,
  Replace = 3,
  Kinds = 4,
}

const KIND_OF_DRAW = new Uint8Array(Mix.All).fill(Kind.Replace)
KIND_OF_DRAW.fill(Kind.Passive, 0, Mix.Passive)
KIND_OF_DRAW.fill(Kind.Immediate, Mix.Passive, Mix.Passive + Mix.Immediate)
KIND_OF_DRAW.fill(Kind.Cancel, Mix.Passive + Mix.Immediate, Mix.Passive + Mix.Immediate + Mix.Cancel)

/** Commands of one batch: as many as fit into a few packets. */
const BATCH_ORDERS = 64
const TICK = 100
const DEPTH_TICKS = 64
const MIDDLE = 1_000_000
const TWICE_MIDDLE = 2 * MIDDLE

/** A flow of commands over a book that stays about as full as it was filled. */
export class MatchLoad {
  private readonly engine: MatchingEngine
  private readonly random: RandomStream
  private readonly restingOrders: number
  /** Slots of resting orders; some are stale, since orders trade. */
  private readonly slots: Int32Array
  private used = 0
  private readonly counts = new Int32Array(Kind.Kinds)
  private readonly kinds = new Uint8Array(BATCH_ORDERS)
  private readonly indices = new Int32Array(BATCH_ORDERS)
  private readonly prices = new Int32Array(BATCH_ORDERS)
  private readonly lookahead: MatchLookahead
  /** What the look-ahead read, so that it is read. */
  check = 0

  constructor(engine: MatchingEngine, random: RandomStream, restingOrders: number) {
    this.engine = engine
    this.random = random
    this.restingOrders = restingOrders
    this.slots = new Int32Array(engine.slotsMax)
    this.lookahead = new MatchLookahead(engine, BATCH_ORDERS)
    for (let i = 1; i <= engine.engineLimits.instrumentsMax; i++) engine.setState(i, TradingState.Trading)
  }

  /** Brings the resting orders in. @param drain called now and then, for who hears the events */
  fill(drain: () => void): void {
    while (this.used < this.restingOrders) {
      this.enterPassive()
      if (this.used % 1000 === 0) drain()
    }
  }

  resetCounts(): void {
    this.counts.fill(0)
  }

  /** Shares of the commands since the counts were reset. */
  shares() {
    const [passive, immediate, cancel, replace] = this.counts
    const all = passive! + immediate! + cancel! + replace!
    return { passive: passive! / all, immediate: immediate! / all, cancel: cancel! / all, replace: replace! / all }
  }

  /** Gives a number of commands, in batches as packets bring them. */
  run(orders: number): void {
    for (let left = orders; left > 0; left -= BATCH_ORDERS) this.runBatch(Math.min(BATCH_ORDERS, left))
  }

  private runBatch(orders: number): void {
    const { kinds, indices, prices, lookahead, random } = this
    for (let i = 0; i < orders; i++) {
      kinds[i] = KIND_OF_DRAW[random.below(Mix.All)]!
      indices[i] = random.below(this.used)
      // One side's prices: what belongs to a seller is turned once the order is at hand.
      prices[i] = kinds[i] === Kind.Replace ? this.drawPrice(0) : 0
    }
    for (let i = 0; i < orders; i++) {
      if (kinds[i]! >= Kind.Cancel) lookahead.note(this.slots[indices[i]!]!, prices[i]!, TWICE_MIDDLE)
    }
    this.check ^= lookahead.load()
    for (let i = 0; i < orders; i++) this.runCommand(kinds[i]!, indices[i]!, prices[i]!)
  }

  private runCommand(kind: Kind, index: number, price: number): void {
    this.counts[kind]!++
    if (kind === Kind.Passive) this.enterPassive()
    else if (kind === Kind.Immediate) this.enterImmediate()
    else {
      const slot = this.findLive(index)
      if (kind === Kind.Replace) this.replace(slot, this.engine.sideOf(slot) === 0 ? price : TWICE_MIDDLE - price)
      else this.engine.cancel(slot, 0)
    }
  }

  private enterPassive(): void {
    const { order } = this.engine
    const { random } = this
    const side = random.bits(1)
    order[OrderInput.Instrument] = 1 + random.below(this.engine.engineLimits.instrumentsMax)
    order[OrderInput.Side] = side
    order[OrderInput.Price] = this.drawPrice(side)
    order[OrderInput.Quantity] = 100 * (1 + random.bits(3))
    order[OrderInput.MinimumQuantity] = 0
    order[OrderInput.Flags] = 0
    order[OrderInput.Account] = random.bits(6)
    const slot = this.engine.enter()
    if (slot !== NO_SLOT && this.used < this.slots.length) this.slots[this.used++] = slot
  }

  /** Near the middle more often than far from it. */
  private drawPrice(side: number): number {
    const depth = 1 + ((this.random.below(DEPTH_TICKS) * this.random.below(DEPTH_TICKS)) >> 6)
    return MIDDLE + (side === 0 ? -depth : depth) * TICK
  }

  /** Takes from the best price, about as much as one order holds. */
  private enterImmediate(): void {
    const { order } = this.engine
    const side = this.random.bits(1)
    order[OrderInput.Instrument] = 1 + this.random.below(this.engine.engineLimits.instrumentsMax)
    order[OrderInput.Side] = side
    order[OrderInput.Price] = MIDDLE + (side === 0 ? TICK : -TICK)
    order[OrderInput.Quantity] = 100 * (1 + this.random.bits(3))
    order[OrderInput.MinimumQuantity] = 0
    order[OrderInput.Flags] = OrderFlag.ImmediateOrCancel
    order[OrderInput.Account] = this.random.bits(6)
    this.engine.enter()
  }

  /** The live order at an index of `slots`, or another where it has traded; what has is taken out on the way. */
  private findLive(index: number): number {
    let at = Math.min(index, this.used - 1)
    for (;;) {
      const slot = this.slots[at]!
      if (this.engine.isLive(slot)) return slot
      this.slots[at] = this.slots[--this.used]!
      at = this.random.below(this.used)
    }
  }

  private replace(slot: number, price: number): void {
    const { order, cells } = this.engine
    const at = slot << OrderCellShift.Words
    order[OrderInput.Price] = price
    order[OrderInput.Quantity] = cells[at | OrderCell.Executed]! + 100 * (1 + this.random.bits(3))
    order[OrderInput.MinimumQuantity] = 0
    order[OrderInput.Flags] = 0
    order[OrderInput.Tag] = 0
    this.engine.replace(slot)
  }
}
