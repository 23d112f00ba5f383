import { OuchSide } from '../../../feeds/ouch/codes.ts'
import { OuchField, type OuchMessage } from '../../../feeds/ouch/message.ts'
import type { OuchVersion } from '../../../feeds/ouch/versions.ts'
import { BreakCause, Side, SideMark } from '../../records/catalogue.ts'
import type { StateArchive } from '../../records/state-archive.ts'
import { type EntryOrders, NO_SLOT } from '../entry/entry-orders.ts'
import type { OrderTokens } from '../entry/order-tokens.ts'
import { OrderFlag } from '../entry/request-writer.ts'
import type { VenueSymbols } from '../entry/venue-symbols.ts'
import { type Exposure, Held } from '../gate/exposure.ts'
import type { BreakRecords } from './break-records.ts'
import { Executions, NO_EXECUTION, Seen } from './executions.ts'

const SEQUENCE = 0
const NS_PER_MS = 1e6

export interface ExecutionCheckParts {
  /** The orders of order entry, and how the venue names them. */
  readonly orders: EntryOrders
  readonly tokens: OrderTokens
  readonly symbols: VenueSymbols
  readonly version: OuchVersion
  readonly breaks: BreakRecords
  /** The gate's positions. */
  readonly exposure: Exposure
  /** [0]: now, ns. */
  readonly nowNs: Float64Array
  readonly patienceMs: number
  readonly executionsMax: number
}

/**
 * Compares what order entry tells of executions with what the drop copy repeats, order by order, and the gate's positions
 * with those that the drop copy makes. Each may be first; the other has `patienceMs`.
 */
export class ExecutionCheck {
  readonly executions: Executions
  /** Executions of which both said the same. */
  matched = 0
  readonly #parts: ExecutionCheckParts
  readonly #numbers = new Float64Array(1)
  /** By instrument: what the drop copy has traded, and what breaks that were told explain. */
  readonly #copied: Float64Array
  readonly #explained: Float64Array
  /** By instrument: the gate's position before the first execution. */
  readonly #base: Float64Array
  readonly #isKnown: Uint8Array
  /** Instruments that were traded since positions were compared last. */
  readonly #touched: Int32Array
  #touchedCount = 0
  readonly #isTouched: Uint8Array
  /** [0]: before this moment nobody could have been late. */
  readonly #toldFromNs = new Float64Array(1)
  readonly #copiedFromNs = new Float64Array(1)

  constructor(parts: ExecutionCheckParts) {
    const length = parts.symbols.instrumentsMax + 1
    this.#parts = parts
    this.executions = new Executions(parts.executionsMax)
    this.#copied = new Float64Array(length)
    this.#explained = new Float64Array(length)
    this.#base = new Float64Array(length)
    this.#isKnown = new Uint8Array(length)
    this.#touched = new Int32Array(length)
    this.#isTouched = new Uint8Array(length)
  }

  /** Saves or restores what was compared so far. */
  archive(archive: StateArchive): void {
    this.executions.archive(archive)
    this.matched = archive.number(this.matched)
    for (const amounts of [this.#copied, this.#explained, this.#base]) archive.array(amounts)
    for (const marks of [this.#isKnown, this.#isTouched]) archive.array(marks)
    this.#touchedCount = archive.number(this.#touchedCount)
    archive.array(this.#touched, 0, this.#touchedCount)
    archive.array(this.#toldFromNs)
    archive.array(this.#copiedFromNs)
  }

  /** The drop copy is read from here on: what was told before has its whole patience still. */
  noteCopyRead(): void {
    this.#toldFromNs[0] = this.#parts.nowNs[0]!
  }

  /** Order entry has told again all that was missed: what was copied before has its whole patience still. */
  noteEntryReady(): void {
    this.#copiedFromNs[0] = this.#parts.nowNs[0]!
  }

  /** Order entry tells an execution of the order in a slot. @param numbers of its message */
  told(slot: number, numbers: Float64Array): void {
    const { orders } = this.#parts
    const { executions } = this
    const low = numbers[OuchField.MatchLow]!
    const high = numbers[OuchField.MatchHigh]!
    this.#touch(orders.instrument[slot]!)
    let entry = executions.find(low, high, orders.sequence, slot)
    if (entry !== NO_EXECUTION && (executions.seen[entry]! & Seen.Told) !== 0) {
      this.#breakTwice(slot, numbers, true)
      return
    }
    const isFirst = entry === NO_EXECUTION
    if (isFirst) entry = this.#enter(slot, numbers, Seen.Told)
    if (entry === NO_EXECUTION) return
    executions.ownQuantity[entry] = numbers[OuchField.Shares]!
    executions.ownPrice[entry] = numbers[OuchField.Price]!
    if (!isFirst) this.#complete(entry)
  }

  /** The drop copy repeats an execution. */
  copied(message: OuchMessage): void {
    const { orders, tokens, version } = this.#parts
    const { executions } = this
    const { numbers } = message
    const low = numbers[OuchField.MatchLow]!
    const high = numbers[OuchField.MatchHigh]!
    const isOurs = tokens.find(message, version, this.#numbers, SEQUENCE)
    let entry = isOurs ? executions.find(low, high, this.#numbers, SEQUENCE) : NO_EXECUTION
    const slot = isOurs ? orders.findSequence(this.#numbers, SEQUENCE) : NO_SLOT
    if (entry === NO_EXECUTION && slot === NO_SLOT) {
      this.#breakUnknown(message)
      return
    }
    if (entry !== NO_EXECUTION && (executions.seen[entry]! & Seen.Copied) !== 0) {
      this.#breakTwice(slot, numbers, false)
      return
    }
    const isFirst = entry === NO_EXECUTION
    if (isFirst) entry = this.#enter(slot, numbers, Seen.Copied)
    if (entry === NO_EXECUTION) return
    executions.copyQuantity[entry] = numbers[OuchField.Shares]!
    executions.copyPrice[entry] = numbers[OuchField.Price]!
    const instrument = executions.instrument[entry]!
    this.#touch(instrument)
    this.#copied[instrument]! += signOf(executions.side[entry]!) * executions.copyQuantity[entry]!
    if (!isFirst) this.#complete(entry)
  }

  /** The drop copy repeats that an order was accepted: the side that the venue has for it. */
  copiedOrder(message: OuchMessage): void {
    const { orders, tokens, breaks, version } = this.#parts
    const isOurs = tokens.find(message, version, this.#numbers, SEQUENCE)
    const slot = isOurs ? orders.findSequence(this.#numbers, SEQUENCE) : NO_SLOT
    // An acceptance is no execution; what comes of it is.
    if (slot === NO_SLOT) return
    // A replacement on its way may have marked it otherwise meanwhile.
    const own = enteredMarkOf(orders, slot)
    const copy = markOfLetter(message.numbers[OuchField.Side]!)
    if (own === copy) return
    breaks.tell({ cause: BreakCause.SideDiffers, ...this.#factsOf(slot), ownSide: own, copySide: copy })
  }

  /** Looks for what has waited too long. @param isEntryReady whether order entry has told all there is */
  look(isEntryReady: boolean): void {
    const { nowNs, patienceMs } = this.#parts
    const { executions } = this
    const lateNs = nowNs[0]! - patienceMs * NS_PER_MS
    for (let entry = executions.firstTold; entry !== NO_EXECUTION; entry = executions.firstTold) {
      if (Math.max(executions.sinceNs[entry]!, this.#toldFromNs[0]!) >= lateNs) break
      this.#breakLate(entry, BreakCause.NotCopied)
    }
    if (!isEntryReady) return
    for (let entry = executions.firstCopied; entry !== NO_EXECUTION; entry = executions.firstCopied) {
      if (Math.max(executions.sinceNs[entry]!, this.#copiedFromNs[0]!) >= lateNs) break
      this.#breakLate(entry, BreakCause.NotTold)
    }
  }

  /** The session ends: whatever has not come will not. */
  finish(): void {
    const { executions } = this
    for (let entry = executions.firstTold; entry !== NO_EXECUTION; entry = executions.firstTold) {
      this.#breakLate(entry, BreakCause.NotCopied)
    }
    for (let entry = executions.firstCopied; entry !== NO_EXECUTION; entry = executions.firstCopied) {
      this.#breakLate(entry, BreakCause.NotTold)
    }
    this.comparePositions()
  }

  /** Compares positions of what was traded; only once nothing waits and the gate has seen all that was told. */
  comparePositions(): void {
    const { exposure, breaks } = this.#parts
    for (let i = 0; i < this.#touchedCount; i++) {
      const instrument = this.#touched[i]!
      this.#isTouched[instrument] = 0
      const own = exposure.cells[exposure.at(instrument) + Held.Position]! - this.#base[instrument]!
      const copy = this.#copied[instrument]!
      const unexplained = own - copy - this.#explained[instrument]!
      if (unexplained === 0) continue
      this.#explained[instrument]! += unexplained
      breaks.tell({ cause: BreakCause.PositionDiffers, instrument, ownQuantity: own, copyQuantity: copy })
    }
    this.#touchedCount = 0
  }

  #touch(instrument: number): void {
    if (this.#isTouched[instrument] === 1) return
    const { exposure } = this.#parts
    this.#isTouched[instrument] = 1
    this.#touched[this.#touchedCount] = instrument
    this.#touchedCount++
    if (this.#isKnown[instrument] === 1) return
    this.#isKnown[instrument] = 1
    this.#base[instrument] = exposure.cells[exposure.at(instrument) + Held.Position]!
  }

  #enter(slot: number, numbers: Float64Array, seen: Seen): number {
    const { orders, nowNs, breaks } = this.#parts
    const { executions } = this
    const low = numbers[OuchField.MatchLow]!
    const entry = executions.enter(low, numbers[OuchField.MatchHigh]!, orders.sequence, slot, seen)
    if (entry === NO_EXECUTION) {
      breaks.tell({ cause: BreakCause.TooMany, ...this.#factsOf(slot) })
      return NO_EXECUTION
    }
    executions.sinceNs[entry] = nowNs[0]!
    executions.strategy[entry] = orders.strategy[slot]!
    executions.orderId[entry] = orders.orderId[slot]!
    executions.instrument[entry] = orders.instrument[slot]!
    executions.side[entry] = sideMarkOf(orders, slot)
    return entry
  }

  /** Both have told of it. */
  #complete(entry: number): void {
    const { executions } = this
    executions.seen[entry] = Seen.Both
    executions.settle(entry)
    this.#explain(entry)
    const isSameQuantity = executions.ownQuantity[entry] === executions.copyQuantity[entry]
    const isSamePrice = executions.ownPrice[entry] === executions.copyPrice[entry]
    if (isSameQuantity && isSamePrice) this.matched++
    else this.#tell(entry, isSameQuantity ? BreakCause.PriceDiffers : BreakCause.QuantityDiffers)
  }

  #breakLate(entry: number, cause: BreakCause): void {
    this.executions.settle(entry)
    this.#explain(entry)
    this.#tell(entry, cause)
  }

  /** What a break says of a position is no second break. Again, with what it was then taken back, when the late half comes. */
  #explain(entry: number): void {
    const { executions } = this
    const { ownQuantity, copyQuantity, explained } = executions
    const difference = signOf(executions.side[entry]!) * (ownQuantity[entry]! - copyQuantity[entry]!)
    this.#explained[executions.instrument[entry]!]! += difference - explained[entry]!
    explained[entry] = difference
  }

  #breakTwice(slot: number, numbers: Float64Array, isTold: boolean): void {
    const { breaks, orders } = this.#parts
    const quantity = numbers[OuchField.Shares]!
    const instrument = slot === NO_SLOT ? 0 : orders.instrument[slot]!
    const price = this.#toUnits(instrument, numbers[OuchField.Price]!)
    const facts = {
      ...this.#factsOf(slot),
      matchLow: numbers[OuchField.MatchLow]!,
      matchHigh: numbers[OuchField.MatchHigh]!,
    }
    // Order entry books no execution twice: no position is another for it.
    if (isTold) breaks.tell({ cause: BreakCause.ToldTwice, ...facts, ownQuantity: quantity, ownPrice: price })
    else breaks.tell({ cause: BreakCause.CopiedTwice, ...facts, copyQuantity: quantity, copyPrice: price })
  }

  #breakUnknown(message: OuchMessage): void {
    const { numbers } = message
    const { breaks, tokens, version } = this.#parts
    breaks.tell({
      cause: BreakCause.UnknownOrder,
      matchLow: numbers[OuchField.MatchLow]!,
      matchHigh: numbers[OuchField.MatchHigh]!,
      copyQuantity: numbers[OuchField.Shares]!,
      copyPrice: numbers[OuchField.Price]!,
      name: tokens.nameOf(message, version),
    })
  }

  #tell(entry: number, cause: BreakCause): void {
    const { executions } = this
    const instrument = executions.instrument[entry]!
    const side: SideMark = executions.side[entry]!
    this.#parts.breaks.tell({
      cause,
      instrument,
      strategy: executions.strategy[entry]!,
      orderId: executions.orderId[entry]!,
      sequence: executions.sequence[entry]!,
      matchLow: executions.matchLow[entry]! >>> 0,
      matchHigh: executions.matchHigh[entry]! >>> 0,
      ownSide: side,
      ownQuantity: executions.ownQuantity[entry]!,
      copyQuantity: executions.copyQuantity[entry]!,
      ownPrice: this.#toUnits(instrument, executions.ownPrice[entry]!),
      copyPrice: this.#toUnits(instrument, executions.copyPrice[entry]!),
    })
  }

  #factsOf(slot: number) {
    const { orders } = this.#parts
    if (slot === NO_SLOT) return {}
    return {
      strategy: orders.strategy[slot]!,
      orderId: orders.orderId[slot]!,
      instrument: orders.instrument[slot]!,
      sequence: orders.sequence[slot]!,
      ownSide: sideMarkOf(orders, slot),
    }
  }

  #toUnits(instrument: number, price: number): number {
    return price / (this.#parts.symbols.priceScale[instrument]! || 1)
  }
}

function signOf(side: number): number {
  return side === SideMark.Buy ? 1 : -1
}

function sideMarkOf(orders: EntryOrders, slot: number): SideMark {
  return markOf(orders, slot, OrderFlag.ShortSale)
}

function enteredMarkOf(orders: EntryOrders, slot: number): SideMark {
  return markOf(orders, slot, OrderFlag.EnteredShort)
}

function markOf(orders: EntryOrders, slot: number, flag: OrderFlag): SideMark {
  if (orders.side[slot] === Side.Buy) return SideMark.Buy
  return (orders.flags[slot]! & flag) === 0 ? SideMark.Sell : SideMark.SellShort
}

function markOfLetter(letter: number): SideMark {
  switch (letter) {
    case OuchSide.Buy:
      return SideMark.Buy
    case OuchSide.Sell:
      return SideMark.Sell
    case OuchSide.SellShort:
      return SideMark.SellShort
    case OuchSide.SellShortExempt:
      return SideMark.SellShortExempt
    default:
      return SideMark.None
  }
}
