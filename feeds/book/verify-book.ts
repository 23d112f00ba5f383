import { BookCount } from './book-counts.ts'
import { Cell } from './book-memory.ts'
import type { LevelBook } from './level-book.ts'
import { LevelWord, TopSlot } from './level-store.ts'
import { OrderBook } from './order-book.ts'
import { NO_ORDER, OrderWord } from './order-layout.ts'

interface LevelSum {
  orders: number
  quantity: number
}

/**
 * Checks every invariant of a book: references find their orders, levels are sorted and hold what their orders sum up
 * to (or have none, where a feed gives them by price), queues are linked both ways in order of arrival, best prices are
 * those of the best levels, nothing is lost in the pools. For tests and tools: it allocates, and its time grows with the
 * book's memory.
 * @returns one sentence for each violation; empty when the book is sound
 */
export function verifyBook(book: LevelBook): string[] {
  const faults: string[] = []
  const sums = checkOrders(book, faults)
  let levels = 0
  const priceHeld = countPriceHeld(book)
  for (let instrument = 1; instrument <= book.instrumentsMax; instrument++) {
    for (let side = 0; side < 2; side++) levels += checkSide(book, instrument, side, sums, faults)
  }
  if (levels !== book.liveLevels) faults.push(`${book.liveLevels} levels counted, ${levels} in the ladders`)
  if (levels !== sums.size + priceHeld) {
    faults.push(`orders lie at ${sums.size} levels, ${priceHeld} are held by price, ${levels} are in the ladders`)
  }
  if (book.liveOrders > book.ordersMax) faults.push(`${book.liveOrders} orders are more than ordersMax`)
  if (levels > book.levelsMax) faults.push(`${levels} levels are more than levelsMax`)
  for (let i = 0; i < BookCount.Count; i++) {
    if (!(book.counts[i]! >= 0)) faults.push(`count ${BookCount[i]} is ${book.counts[i]}`)
  }
  return faults
}

function countPriceHeld(book: LevelBook): number {
  let count = 0
  for (let bookSide = 2; bookSide < (book.instrumentsMax + 1) * 2; bookSide++) {
    const levels = book.countLevels(bookSide)
    for (let depth = 0; depth < levels; depth++) if (book.isPriceHeld(book.levelAtDepth(bookSide, depth))) count++
  }
  return count
}

function checkOrders(book: LevelBook, faults: string[]): Map<number, LevelSum> {
  const { words, doubles, homes } = book
  const sums = new Map<number, LevelSum>()
  let live = 0
  for (let order = 1; order <= book.orderSlotMax; order++) {
    const at = order << Cell.Shift
    const level = words[at | OrderWord.Level]!
    if (level === 0) continue
    live++
    const quantity = doubles[(at | OrderWord.Quantity) >> 1]!
    if (!(quantity > 0)) faults.push(`order ${order} has quantity ${quantity}`)
    const found = book.findOrder(words[at | OrderWord.ReferenceLow]!, words[at | OrderWord.ReferenceHigh]!)
    if (found !== order) faults.push(`the reference of order ${order} finds ${found}`)
    const sum = sums.get(level) ?? { orders: 0, quantity: 0 }
    sum.orders++
    sum.quantity += quantity
    sums.set(level, sum)
  }
  for (let home = 1; home <= homes; home++) checkChain(book, home, faults)
  if (live !== book.liveOrders) faults.push(`${book.liveOrders} orders counted, ${live} in the pool`)
  return sums
}

/** What hangs in a home's chain belongs there. */
function checkChain(book: LevelBook, home: number, faults: string[]): void {
  const { words } = book
  let walked = 0
  let slot = words[(home << Cell.Shift) | OrderWord.Chain]!
  for (; slot !== NO_ORDER && walked <= book.liveOrders; walked++) {
    const at = slot << Cell.Shift
    const itsHome = book.homeOf(words[at | OrderWord.ReferenceLow]!, words[at | OrderWord.ReferenceHigh]!)
    if (itsHome !== home) faults.push(`order ${slot} hangs at home ${home}, not at its own, ${itsHome}`)
    if (words[at | OrderWord.Level] === 0) faults.push(`home ${home} chains to ${slot}, which is free`)
    slot = words[at | OrderWord.Chain]!
  }
  if (slot !== NO_ORDER) faults.push(`the chain of home ${home} does not end`)
}

/** @returns number of levels */
function checkSide(
  book: LevelBook,
  instrument: number,
  side: number,
  sums: Map<number, LevelSum>,
  faults: string[],
): number {
  const { words } = book
  const bookSide = instrument * 2 + side
  const count = book.countLevels(bookSide)
  const where = `instrument ${instrument} side ${side}`
  let walked = book.bestLevel(bookSide)
  let betterPrice = side === 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
  for (let depth = 0; depth < count; depth++) {
    const level = book.levelAtDepth(bookSide, depth)
    const price = book.levelPrice(level)
    const sum = sums.get(level)
    if (level !== walked) faults.push(`${where}: the walk finds level ${walked} at depth ${depth}, not ${level}`)
    if (book.findLevel(instrument, side, price) !== level)
      faults.push(`${where}: price ${price} does not find its level`)
    if (!(side === 0 ? price < betterPrice : price > betterPrice)) faults.push(`${where}: ${price} is out of order`)
    if (words[(level << Cell.Shift) | LevelWord.BookSide] !== bookSide) {
      faults.push(`${where}: level ${level} is not its own`)
    }
    if (book.isPriceHeld(level)) checkPriceHeld(book, level, sum, where, faults)
    else if (sum?.orders !== book.levelOrders(level) || sum.quantity !== book.levelQuantity(level)) {
      const said = `${book.levelOrders(level)} orders of ${book.levelQuantity(level)}`
      faults.push(`${where}: level ${price} says ${said}, has ${sum?.orders} of ${sum?.quantity}`)
    }
    if (book instanceof OrderBook && !book.isPriceHeld(level)) checkQueue(book, level, where, faults)
    betterPrice = price
    walked = book.nextLevel(level)
  }
  if (walked !== 0) faults.push(`${where}: the walk does not end`)
  checkTop(book, instrument, side, faults)
  return count
}

/** A level without orders of its own: a quantity above zero, and no queue. */
function checkPriceHeld(
  book: LevelBook,
  level: number,
  sum: LevelSum | undefined,
  where: string,
  faults: string[],
): void {
  const at = level << Cell.Shift
  const price = book.levelPrice(level)
  if (sum !== undefined) faults.push(`${where}: ${sum.orders} orders lie at ${price}, which is held by price`)
  if (!(book.levelQuantity(level) > 0))
    faults.push(`${where}: level ${price} has quantity ${book.levelQuantity(level)}`)
  if (book.words[at | LevelWord.FirstOrder] !== 0 || book.words[at | LevelWord.LastOrder] !== 0) {
    faults.push(`${where}: level ${price} is held by price and has a queue`)
  }
}

function checkTop(book: LevelBook, instrument: number, side: number, faults: string[]): void {
  const best = book.levelAt(instrument, side, 0)
  const at = instrument * TopSlot.Slots
  const price = best === 0 ? 0 : book.levelPrice(best)
  const quantity = best === 0 ? 0 : book.levelQuantity(best)
  const orders = best === 0 ? 0 : book.levelOrders(best)
  const isRight =
    book.top[at + side * 2] === price &&
    book.top[at + side * 2 + 1] === quantity &&
    book.top[at + TopSlot.BidOrders + side] === orders
  if (!isRight)
    faults.push(`instrument ${instrument} side ${side}: top is not ${price} × ${quantity} of ${orders} orders`)
}

function checkQueue(book: OrderBook, level: number, where: string, faults: string[]): void {
  let earlier = NO_ORDER
  let walked = 0
  let order = book.firstOrder(level)
  while (order !== NO_ORDER && walked <= book.liveOrders) {
    if (book.previousOrder(order) !== earlier) faults.push(`${where}: order ${order} does not follow ${earlier}`)
    if (book.orderLevel(order) !== level) faults.push(`${where}: order ${order} is in the queue of another level`)
    if (earlier !== NO_ORDER && !(book.arrivalSerial[earlier]! < book.arrivalSerial[order]!)) {
      faults.push(`${where}: order ${order} arrived before ${earlier}`)
    }
    earlier = order
    order = book.nextOrder(order)
    walked++
  }
  if (walked !== book.levelOrders(level))
    faults.push(`${where}: ${walked} of ${book.levelOrders(level)} orders in the queue`)
  if (book.lastOrder(level) !== earlier)
    faults.push(`${where}: the queue of level ${level} does not end at its last order`)
}
