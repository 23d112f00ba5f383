import { BookCount } from './book-counts.ts'
import type { LevelBook } from './level-book.ts'
import { LadderWord } from './level-ladders.ts'
import { LevelDouble, LevelWord, TopSlot } from './level-store.ts'
import { OrderBook } from './order-book.ts'
import { NO_ORDER, OrderDouble, OrderWord } from './order-pool.ts'

/**
 * Checks every invariant of a book: references find their orders, levels are sorted and hold what their orders sum up
 * to, queues are linked both ways in order of arrival, best prices are those of the best levels, nothing is lost in the
 * pools. For tests and tools: it allocates, and its time grows with the book's memory.
 * @returns one sentence for each violation; empty when the book is sound
 */
export function verifyBook(book: LevelBook): string[] {
  const faults: string[] = []
  const sums = new Map<number, { orders: number; quantity: number }>()
  checkOrders(book, sums, faults)
  let levels = 0
  for (let instrument = 1; instrument <= book.limits.instrumentsMax; instrument++) {
    for (let side = 0; side < 2; side++) levels += checkSide(book, instrument, side, sums, faults)
  }
  if (levels !== book.levels.live) faults.push(`${book.levels.live} levels counted, ${levels} in the ladders`)
  if (book.orders.live > book.limits.ordersMax) faults.push(`${book.orders.live} orders are more than ordersMax`)
  for (let i = 0; i < BookCount.Count; i++) {
    if (!(book.counts[i]! >= 0)) faults.push(`count ${BookCount[i]} is ${book.counts[i]}`)
  }
  return faults
}

function checkOrders(book: LevelBook, sums: Map<number, { orders: number; quantity: number }>, faults: string[]): void {
  const { words, doubles } = book.orders
  let live = 0
  for (let order = 1; order <= book.orders.slotsUsed; order++) {
    const at = order * OrderWord.Words
    const level = words[at + OrderWord.Level]!
    if (level === 0) continue
    live++
    const quantity = doubles[order * OrderDouble.Doubles + OrderDouble.Quantity]!
    if (!(quantity > 0)) faults.push(`order ${order} has quantity ${quantity}`)
    const found = book.orders.find(words[at + OrderWord.ReferenceLow]!, words[at + OrderWord.ReferenceHigh]!)
    if (found !== order) faults.push(`the reference of order ${order} finds ${found}`)
    const sum = sums.get(level) ?? { orders: 0, quantity: 0 }
    sum.orders++
    sum.quantity += quantity
    sums.set(level, sum)
  }
  if (live !== book.orders.live) faults.push(`${book.orders.live} orders counted, ${live} in the pool`)
}

function checkSide(
  book: LevelBook,
  instrument: number,
  side: number,
  sums: Map<number, { orders: number; quantity: number }>,
  faults: string[],
): number {
  const { ladders, words, doubles } = book.levels
  const bookSide = instrument * 2 + side
  const at = bookSide * LadderWord.Words
  const first = ladders.sides[at + LadderWord.First]!
  const count = ladders.sides[at + LadderWord.Count]!
  const where = `instrument ${instrument} side ${side}`
  for (let i = first; i < first + count; i++) {
    const level = ladders.levels[i]!
    const price = doubles[level * LevelDouble.Doubles + LevelDouble.Price]!
    const quantity = doubles[level * LevelDouble.Doubles + LevelDouble.Quantity]!
    const orders = words[level * LevelWord.Words + LevelWord.Orders]!
    const sum = sums.get(level)
    if (i > first && !(ladders.keys[i - 1]! < ladders.keys[i]!))
      faults.push(`${where}: levels out of order at ${price}`)
    if (ladders.keys[i] !== (side === 0 ? price : -price)) faults.push(`${where}: key of level ${price} is wrong`)
    if (words[level * LevelWord.Words + LevelWord.BookSide] !== bookSide)
      faults.push(`${where}: level ${level} is not its own`)
    if (sum === undefined || sum.orders !== orders || sum.quantity !== quantity) {
      faults.push(
        `${where}: level ${price} says ${orders} orders of ${quantity}, has ${sum?.orders} of ${sum?.quantity}`,
      )
    }
    if (book instanceof OrderBook) checkQueue(book, level, where, faults)
  }
  const best = count === 0 ? 0 : ladders.levels[first + count - 1]!
  if (ladders.sides[at + LadderWord.Best] !== best) faults.push(`${where}: the best level is ${best}`)
  checkTop(book, instrument, side, best, faults)
  return count
}

function checkTop(book: LevelBook, instrument: number, side: number, best: number, faults: string[]): void {
  const { words, doubles } = book.levels
  const at = instrument * TopSlot.Slots
  const price = best === 0 ? 0 : doubles[best * LevelDouble.Doubles + LevelDouble.Price]!
  const quantity = best === 0 ? 0 : doubles[best * LevelDouble.Doubles + LevelDouble.Quantity]!
  const orders = best === 0 ? 0 : words[best * LevelWord.Words + LevelWord.Orders]!
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
  while (order !== NO_ORDER && walked <= book.orders.live) {
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
  if (book.levels.words[level * LevelWord.Words + LevelWord.LastOrder] !== earlier) {
    faults.push(`${where}: the queue of level ${level} does not end at its last order`)
  }
}
