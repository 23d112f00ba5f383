import type { StateArchive } from '../../records/state-archive.ts'
import { Limit } from './limit.ts'

const STRATEGIES = 1 << 16
const DUPLICATE_SLOTS = 4096

/** Slots of `OrderRates.facts`. */
export enum RateFact {
  /** What the latest refusal counted. */
  Value = 0,
  /** When the rate of messages would be even again, ns. */
  EvenAt = 1,
  /** Recent orders that were forgotten because another one needed their place. */
  DuplicatesForgotten = 2,
  Count = 3,
}

/** Slots of the order that a place remembers: a cache line. */
enum Alike {
  /** Instrument × 2 + side. */
  Side = 0,
  Strategy = 1,
  Price = 2,
  Quantity = 3,
  BegunNs = 4,
  Count = 5,
  Slots = 8,
}

/**
 * How much how fast: requests to the venue, orders alike, executions of a strategy, requests for each execution.
 *
 * The rate of requests is a leaky bucket kept as one number (ITU-T I.371, generic cell rate algorithm): the moment at which
 * the requests so far would have been sent at an even pace. Alike orders are remembered in a table with one place by hash;
 * bound: its places; policy: the later order takes the place, and the loss is counted.
 */
export class OrderRates {
  readonly facts = new Float64Array(RateFact.Count)
  /** By strategy. */
  readonly requests = new Float64Array(STRATEGIES)
  readonly executions = new Float64Array(STRATEGIES)
  readonly #windowExecutions = new Float64Array(STRATEGIES)
  readonly #window = new Float64Array(STRATEGIES)
  readonly #limits: Float64Array
  readonly #duplicateNs: number
  readonly #executionNs: number
  readonly #orderToTradeFrom: number
  /** Highest id that was counted for. */
  #highestStrategy = 0
  readonly #alike = new Float64Array(DUPLICATE_SLOTS * Alike.Slots)

  /** @param limits the firm's row of the table of limits */
  constructor(limits: Float64Array, duplicateWindowMs: number, executionWindowMs: number, orderToTradeFrom: number) {
    this.#limits = limits
    this.#duplicateNs = duplicateWindowMs * 1e6
    this.#executionNs = executionWindowMs * 1e6
    this.#orderToTradeFrom = orderToTradeFrom
  }

  /** Saves or restores all that was counted. */
  archive(archive: StateArchive): void {
    this.#highestStrategy = archive.number(this.#highestStrategy)
    for (const counts of [this.requests, this.executions, this.#windowExecutions, this.#window]) {
      archive.array(counts, 0, this.#highestStrategy + 1)
    }
    archive.array(this.facts)
    archive.array(this.#alike)
  }

  /** Whether one more request now would be too many at once. */
  isTooFast(clock: Float64Array): boolean {
    const stepNs = 1e9 / this.#limits[Limit.MessagesPerSecondMax]!
    const aheadNs = this.facts[RateFact.EvenAt]! - clock[0]!
    const waiting = aheadNs <= 0 ? 1 : aheadNs / stepNs + 1
    this.facts[RateFact.Value] = waiting
    return waiting > this.#limits[Limit.MessagesBurstMax]!
  }

  /** Counts a request that leaves; a cancel too, which is never refused. */
  noteRequest(strategy: number, clock: Float64Array): void {
    const stepNs = 1e9 / this.#limits[Limit.MessagesPerSecondMax]!
    const now = clock[0]!
    const even = this.facts[RateFact.EvenAt]!
    // Cancels beyond the burst do not bar orders for longer than a burst takes.
    const farthest = now + stepNs * this.#limits[Limit.MessagesBurstMax]!
    const next = (even > now ? even : now) + stepNs
    this.facts[RateFact.EvenAt] = next > farthest ? farthest : next
    this.requests[strategy]!++
    if (strategy > this.#highestStrategy) this.#highestStrategy = strategy
  }

  /** Whether a strategy asks for much and trades little. */
  isIdleTalk(strategy: number): boolean {
    const requests = this.requests[strategy]! + 1
    if (requests < this.#orderToTradeFrom) return false
    const executions = this.executions[strategy]!
    this.facts[RateFact.Value] = requests / (executions > 0 ? executions : 1)
    return this.facts[RateFact.Value]! > this.#limits[Limit.OrderToTradeMax]!
  }

  /** Counts an execution. @returns whether it was one too many for the window */
  noteExecution(strategy: number, clock: Float64Array): boolean {
    this.executions[strategy]!++
    if (strategy > this.#highestStrategy) this.#highestStrategy = strategy
    const window = Math.floor(clock[0]! / this.#executionNs) + 1
    if (this.#window[strategy] !== window) {
      this.#window[strategy] = window
      this.#windowExecutions[strategy] = 0
    }
    this.#windowExecutions[strategy]!++
    return this.#windowExecutions[strategy]! > this.#limits[Limit.ExecutionsMax]!
  }

  /** Executions of a strategy in its latest window. */
  executionsOf(strategy: number): number {
    return this.#windowExecutions[strategy]!
  }

  /** Counts an order that is alike to others of its strategy. @returns whether it is one too many for the window */
  isRepeated(
    strategy: number,
    side: number,
    price: Float64Array,
    quantity: Float64Array,
    clock: Float64Array,
  ): boolean {
    const at = this.#placeOf(strategy, side, price, quantity) * Alike.Slots
    const alike = this.#alike
    const isSame =
      alike[at + Alike.Side] === side &&
      alike[at + Alike.Strategy] === strategy &&
      alike[at + Alike.Price] === price[0]! &&
      alike[at + Alike.Quantity] === quantity[0]!
    const isRecent = alike[at + Alike.Count]! > 0 && clock[0]! - alike[at + Alike.BegunNs]! < this.#duplicateNs
    if (!isSame || !isRecent) {
      if (!isSame && isRecent) this.facts[RateFact.DuplicatesForgotten]!++
      alike[at + Alike.Side] = side
      alike[at + Alike.Strategy] = strategy
      alike[at + Alike.Price] = price[0]!
      alike[at + Alike.Quantity] = quantity[0]!
      alike[at + Alike.BegunNs] = clock[0]!
      alike[at + Alike.Count] = 0
    }
    const count = alike[at + Alike.Count]! + 1
    this.facts[RateFact.Value] = count
    if (count > this.#limits[Limit.DuplicatesMax]!) return true
    alike[at + Alike.Count] = count
    return false
  }

  #placeOf(strategy: number, side: number, price: Float64Array, quantity: Float64Array): number {
    const priceWord = price[0]! | 0
    const quantityWord = quantity[0]! | 0
    const mixed = Math.imul(priceWord ^ Math.imul(side, 0x9e3779b1), 0x85ebca6b) ^ Math.imul(quantityWord, 0xc2b2ae35)
    return ((mixed ^ strategy ^ (mixed >>> 15)) >>> 0) % DUPLICATE_SLOTS
  }
}
