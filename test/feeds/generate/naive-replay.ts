/**
 * An independent check of a raw ITCH 5.0 file: reads it with DataView and plain maps, shares no code with the product,
 * and throws at the first message that is not true of the book that the messages before it made.
 */
interface LiveOrder {
  readonly locate: number
  readonly isBuy: boolean
  readonly price: number
  quantity: number
}

/** Orders of one price of one side, in order of arrival. */
type Queue = Map<bigint, LiveOrder>

interface SideBooks {
  readonly bids: Map<number, Queue>
  readonly asks: Map<number, Queue>
}

export interface NaiveFacts {
  messages: number
  messagesByType: Record<string, number>
  peakLiveOrders: number
  endLiveOrders: number
  firstTimeNs: number
  lastTimeNs: number
  /** Messages with the stamp of the one before. */
  ties: number
  longestGapNs: number
  referencesAbove32Bits: number
  executionsBySide: { buy: number; sell: number }
  /** Share of book messages in market hours that left a spread of 1 to 5 ticks. */
  usualSpreadShare: number
}

const LENGTHS: Record<string, number> = {
  S: 12,
  R: 39,
  H: 25,
  Y: 20,
  L: 26,
  V: 35,
  J: 35,
  A: 36,
  F: 40,
  E: 31,
  C: 36,
  X: 23,
  D: 19,
  U: 35,
  P: 44,
  Q: 40,
  B: 19,
  I: 50,
}

export class NaiveReplay {
  readonly facts: NaiveFacts = {
    messages: 0,
    messagesByType: {},
    peakLiveOrders: 0,
    endLiveOrders: 0,
    firstTimeNs: -1,
    lastTimeNs: -1,
    ties: 0,
    longestGapNs: 0,
    referencesAbove32Bits: 0,
    executionsBySide: { buy: 0, sell: 0 },
    usualSpreadShare: 0,
  }
  private readonly orders = new Map<bigint, LiveOrder>()
  private readonly books = new Map<number, SideBooks>()
  private readonly tradingState = new Map<number, string>()
  private readonly matches = new Set<bigint>()
  private readonly directory = new Set<number>()
  private lastReference = 0n
  private isMarketOpen = false
  private spreads = 0
  private usualSpreads = 0
  private view: DataView

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let at = 0
    while (at < bytes.length) {
      const length = this.view.getUint16(at)
      this.apply(at + 2, length)
      at += 2 + length
    }
    this.check(at === bytes.length, 'the last message is cut')
    this.facts.endLiveOrders = this.orders.size
    this.facts.usualSpreadShare = this.usualSpreads / this.spreads
  }

  private check(condition: boolean, what: string): void {
    if (!condition) throw new Error(`message ${this.facts.messages}: ${what}`)
  }

  private apply(at: number, length: number): void {
    const { view, facts } = this
    const type = String.fromCharCode(view.getUint8(at))
    const locate = view.getUint16(at + 1)
    facts.messages++
    facts.messagesByType[type] = (facts.messagesByType[type] ?? 0) + 1
    this.check(LENGTHS[type] === length, `type ${type} has ${length} bytes`)
    this.readTime(view.getUint16(at + 5) * 2 ** 32 + view.getUint32(at + 7))
    if (type === 'R') this.directory.add(locate)
    else if (!'SV'.includes(type)) this.check(this.directory.has(locate), `locate ${locate} is not in the directory`)
    if (type === 'S') this.isMarketOpen = String.fromCharCode(view.getUint8(at + 11)) === 'Q'
    if (type === 'H') this.tradingState.set(locate, String.fromCharCode(view.getUint8(at + 19)))
    if ('AF'.includes(type)) this.add(at, locate)
    if ('EC'.includes(type)) this.execute(at, locate, type === 'C' && view.getUint8(at + 31) === 0x4e)
    if (type === 'X') this.reduce(at, locate)
    if (type === 'D') this.remove(view.getBigUint64(at + 11), locate)
    if (type === 'U') this.replace(at, locate)
    if (type === 'P') this.trade(at, locate)
    if (type === 'B') this.check(this.matches.has(view.getBigUint64(at + 11)), 'breaks a match that never was')
    if ('AFECXDU'.includes(type)) this.checkSpread(locate)
    facts.peakLiveOrders = Math.max(facts.peakLiveOrders, this.orders.size)
  }

  private readTime(timeNs: number): void {
    const { facts } = this
    this.check(timeNs >= facts.lastTimeNs, 'time goes back')
    if (facts.firstTimeNs < 0) facts.firstTimeNs = timeNs
    else facts.longestGapNs = Math.max(facts.longestGapNs, timeNs - facts.lastTimeNs)
    if (timeNs === facts.lastTimeNs) facts.ties++
    facts.lastTimeNs = timeNs
  }

  private side(locate: number, isBuy: boolean): Map<number, Queue> {
    let book = this.books.get(locate)
    if (book === undefined) {
      book = { bids: new Map(), asks: new Map() }
      this.books.set(locate, book)
    }
    return isBuy ? book.bids : book.asks
  }

  private insert(reference: bigint, order: LiveOrder): void {
    this.check(reference > this.lastReference, 'reference does not ascend')
    this.check(order.quantity > 0 && order.price > 0, 'empty order')
    this.lastReference = reference
    if (reference > 0xffff_ffffn) this.facts.referencesAbove32Bits++
    this.orders.set(reference, order)
    const side = this.side(order.locate, order.isBuy)
    const queue = side.get(order.price) ?? new Map<bigint, LiveOrder>()
    side.set(order.price, queue.set(reference, order))
  }

  private find(reference: bigint, locate: number): LiveOrder {
    const order = this.orders.get(reference)
    this.check(order !== undefined, `order ${reference} is not live`)
    this.check(order!.locate === locate, `order ${reference} is of another symbol`)
    return order!
  }

  private add(at: number, locate: number): void {
    const isBuy = this.view.getUint8(at + 19) === 0x42
    const order = { locate, isBuy, price: this.view.getUint32(at + 32), quantity: this.view.getUint32(at + 20) }
    this.insert(this.view.getBigUint64(at + 11), order)
  }

  private remove(reference: bigint, locate: number): LiveOrder {
    const order = this.find(reference, locate)
    this.orders.delete(reference)
    const side = this.side(locate, order.isBuy)
    const queue = side.get(order.price)!
    queue.delete(reference)
    if (queue.size === 0) side.delete(order.price)
    return order
  }

  private replace(at: number, locate: number): void {
    const old = this.remove(this.view.getBigUint64(at + 11), locate)
    const order = { ...old, quantity: this.view.getUint32(at + 27), price: this.view.getUint32(at + 31) }
    this.insert(this.view.getBigUint64(at + 19), order)
  }

  private reduce(at: number, locate: number): void {
    const order = this.find(this.view.getBigUint64(at + 11), locate)
    const quantity = this.view.getUint32(at + 19)
    this.check(quantity > 0 && quantity < order.quantity, 'cancels nothing or everything by X')
    order.quantity -= quantity
  }

  private execute(at: number, locate: number, isCross: boolean): void {
    const reference = this.view.getBigUint64(at + 11)
    const order = this.find(reference, locate)
    const quantity = this.view.getUint32(at + 19)
    this.check(quantity > 0 && quantity <= order.quantity, 'executes more than there is')
    const side = this.side(locate, order.isBuy)
    const best = order.isBuy ? Math.max(...side.keys()) : Math.min(...side.keys())
    this.check(order.price === best, 'executes an order that is not at the best price')
    this.check(side.get(best)!.keys().next().value === reference, 'executes an order out of turn')
    if (isCross) this.check(order.price === this.view.getUint32(at + 32), 'crosses at another price than displayed')
    else this.checkTrading(locate)
    if (order.isBuy) this.facts.executionsBySide.buy++
    else this.facts.executionsBySide.sell++
    this.matches.add(this.view.getBigUint64(at + 23))
    order.quantity -= quantity
    if (order.quantity === 0) this.remove(reference, locate)
  }

  private trade(at: number, locate: number): void {
    this.checkTrading(locate)
    const price = this.view.getUint32(at + 32)
    const bid = Math.max(...this.side(locate, true).keys())
    const ask = Math.min(...this.side(locate, false).keys())
    this.check(price >= bid && price <= ask, 'a hidden trade outside the quotes')
    this.matches.add(this.view.getBigUint64(at + 36))
  }

  private checkTrading(locate: number): void {
    this.check(this.isMarketOpen && this.tradingState.get(locate) === 'T', 'trades while the symbol does not trade')
  }

  private checkSpread(locate: number): void {
    const bids = this.side(locate, true)
    const asks = this.side(locate, false)
    if (bids.size === 0 || asks.size === 0) return
    const spread = Math.min(...asks.keys()) - Math.max(...bids.keys())
    this.check(spread > 0, 'the displayed book is locked or crossed')
    if (!this.isMarketOpen) return
    this.spreads++
    if (spread <= 500) this.usualSpreads++
  }
}
