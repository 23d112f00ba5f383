/** One live order of the naive book. */
interface LiveOrder {
  readonly locate: number
  readonly isBuy: boolean
  readonly price: number
  quantity: number
}

export interface NaiveLevel {
  readonly price: number
  readonly quantity: number
  readonly orders: number
}

/**
 * The book of a raw ITCH 5.0 file the slow way: one map of orders, levels added up when they are asked for. Shares no code with
 * the product. Offsets: Nasdaq TotalView-ITCH 5.0, sections 1.2 to 1.5.
 */
export class NaiveBook {
  readonly symbols = new Map<number, string>()
  lastTrade: { price: number; quantity: number } | undefined
  lastTimeNs = -1
  readonly #orders = new Map<bigint, LiveOrder>()
  readonly #file: Buffer
  readonly #symbol: string
  #at = 2

  constructor(file: Buffer, symbol: string) {
    this.#file = file
    this.#symbol = symbol
  }

  /** Takes the messages up to a moment, ns since midnight: those of the symbol at that moment, too. */
  advance(untilNs: number): void {
    const file = this.#file
    while (this.#at < file.length) {
      const timeNs = file.readUIntBE(this.#at + 5, 6)
      if (timeNs > untilNs) return
      this.#take(this.#at, timeNs)
      this.#at += 2 + file.readUInt16BE(this.#at - 2)
    }
  }

  /** Levels of a side, the best first. */
  levels(isBuy: boolean): NaiveLevel[] {
    const levels = new Map<number, { price: number; quantity: number; orders: number }>()
    for (const order of this.#orders.values()) {
      if (order.isBuy !== isBuy || this.symbols.get(order.locate) !== this.#symbol) continue
      const level = levels.get(order.price) ?? { price: order.price, quantity: 0, orders: 0 }
      level.quantity += order.quantity
      level.orders++
      levels.set(order.price, level)
    }
    return [...levels.values()].sort((a, b) => (isBuy ? b.price - a.price : a.price - b.price))
  }

  #take(at: number, timeNs: number): void {
    const file = this.#file
    const type = String.fromCharCode(file[at]!)
    const locate = file.readUInt16BE(at + 1)
    if (type === 'R') this.symbols.set(locate, file.toString('latin1', at + 11, at + 19).trim())
    if (type === 'A' || type === 'F') this.symbols.set(locate, file.toString('latin1', at + 24, at + 32).trim())
    const isOurs = this.symbols.get(locate) === this.#symbol
    if (isOurs && 'RHYAFECXDUPQBIJL'.includes(type)) this.lastTimeNs = timeNs
    const print = (price: number, quantity: number) => {
      if (isOurs && quantity > 0) this.lastTrade = { price, quantity }
    }
    const orders = this.#orders
    if (!'AFECXDUPQ'.includes(type)) return
    const reference = file.readBigUInt64BE(at + 11)
    const order = orders.get(reference)
    if (type === 'A' || type === 'F') {
      const isBuy = file[at + 19] === 0x42
      orders.set(reference, { locate, isBuy, price: file.readUInt32BE(at + 32), quantity: file.readUInt32BE(at + 20) })
    } else if (type === 'P') print(file.readUInt32BE(at + 32), file.readUInt32BE(at + 20))
    else if (type === 'Q') print(file.readUInt32BE(at + 27), Number(file.readBigUInt64BE(at + 11)))
    else if (order === undefined) return
    else if (type === 'D') orders.delete(reference)
    else if (type === 'U') {
      orders.delete(reference)
      const renewed = { ...order, price: file.readUInt32BE(at + 31), quantity: file.readUInt32BE(at + 27) }
      orders.set(file.readBigUInt64BE(at + 19), renewed)
    } else {
      const quantity = file.readUInt32BE(at + 19)
      if (type === 'E') print(order.price, quantity)
      if (type === 'C' && file[at + 31] === 0x59) print(file.readUInt32BE(at + 32), quantity)
      order.quantity -= quantity
      if (order.quantity <= 0) orders.delete(reference)
    }
  }
}
