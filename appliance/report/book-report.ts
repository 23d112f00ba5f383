import type { BookSnapshot, LevelView } from '../../feeds/book-view/book-snapshot.ts'
import { trimDecimal } from '../../kernels/records/decimal.ts'
import { formatTime } from '../../kernels/records/dump.ts'
import { formatAmount, formatCount } from '../cli/format.ts'
import { LINE_COLUMNS_MAX, textColumns } from '../cli/table.ts'
import type { Paint } from '../cli/terminal.ts'

/** Columns of one side; the two, their margin and the line between them make 100. */
const SIDE_COLUMNS = 47
/** The margin, and the line between the sides. */
const MIDDLE_COLUMNS = 5
const BAR_COLUMNS_MAX = 16
const BAR_COLUMNS_MIN = 2
const NOON_SECONDS = 43_200n
const NS_PER_SECOND = 1_000_000_000n

/** Widths of the columns that both sides share; 0 for a column that there is no room for. */
interface Widths {
  readonly price: number
  readonly bar: number
  readonly quantity: number
  readonly total: number
  readonly orders: number
}

/** From the middle of the picture outwards. */
const COLUMNS: readonly (keyof Widths)[] = ['price', 'bar', 'quantity', 'total', 'orders']

/** One side's cells, level by level. */
interface SideCells {
  readonly price: string
  readonly quantity: string
  readonly total: string
  readonly orders: string
  /** Share of the largest quantity shown, from 0 to 1. */
  readonly share: number
}

/** A book as lines of at most 100 columns, or of fewer: bids and offers side by side, the best on top. */
export function renderBook(book: BookSnapshot, paint: Paint, columns = LINE_COLUMNS_MAX): string[] {
  const largest = Math.max(1, ...[...book.bids, ...book.asks].map(({ quantity }) => quantity))
  const decimals = Math.max(0, ...[...book.bids, ...book.asks].map(({ price }) => decimalsIn(trimDecimal(price))))
  const bids = toCells(book.bids, largest, decimals)
  const asks = toCells(book.asks, largest, decimals)
  const sideColumns = Math.min(SIDE_COLUMNS, (columns - MIDDLE_COLUMNS) >> 1)
  const widths = measure([...bids, ...asks], sideColumns)
  const rows = Math.max(bids.length, asks.length)
  const lines = [...renderHead(book, paint), '', paint.dim(renderTitles(widths))]
  for (let row = 0; row < rows; row++) {
    const bid = renderBid(bids[row], widths, paint)
    lines.push(`  ${bid} │ ${renderAsk(asks[row], widths, paint)}`.trimEnd())
  }
  return [...lines, ...renderMore(book, rows, paint), ...renderWarnings(book).map(paint.yellow)]
}

/** The best bid and offer in one line, for pipes. */
export function renderTop(book: BookSnapshot): string {
  const [bid] = book.bids
  const [ask] = book.asks
  const bidText = bid === undefined ? '-' : `${formatCount(bid.quantity)} × ${trimDecimal(bid.price)}`
  const askText = ask === undefined ? '-' : `${trimDecimal(ask.price)} × ${formatCount(ask.quantity)}`
  const { lastTrade } = book
  const last = lastTrade === null ? '' : `  last ${trimDecimal(lastTrade.price)} × ${formatCount(lastTrade.quantity)}`
  return `${formatTime(book.timeOfDayNs)}  ${bidText.padStart(22)}  ${askText.padEnd(22)}${last}`.trimEnd()
}

function renderHead(book: BookSnapshot, paint: Paint): string[] {
  const date = book.isDated ? ` on ${dateOf(book)}` : ''
  const time = book.records === 0 ? 'no records' : `${formatTime(book.timeOfDayNs)}${date}`
  const state = book.state === 'trading' ? paint.green(book.state) : paint.yellow(`state ${book.state}`)
  const facts: [string, string][] = []
  if (book.spread !== null) facts.push(['spread', trimDecimal(book.spread)])
  if (book.mid !== null) facts.push(['mid', trimDecimal(book.mid)])
  const { lastTrade } = book
  if (lastTrade !== null) {
    const agoNs = Number(BigInt(book.timeNs) - BigInt(lastTrade.timeNs))
    const at = formatTime(book.timeOfDayNs - agoNs)
    facts.push(['last', `${trimDecimal(lastTrade.price)} × ${formatCount(lastTrade.quantity)} at ${at}`])
  }
  const head = `${paint.bold(book.symbol)}  ${time}  ${state}`
  return facts.length === 0 ? [head] : [head, `  ${facts.map(([name, value]) => `${name} ${value}`).join('   ')}`]
}

/** The date of the session's day: noon of it is of the same date in UTC wherever the exchange is. */
function dateOf(book: BookSnapshot): string {
  const epochSeconds = (BigInt(book.timeNs) - BigInt(Math.trunc(book.timeOfDayNs))) / NS_PER_SECOND
  return new Date(Number(epochSeconds + NOON_SECONDS) * 1000).toISOString().slice(0, 10)
}

/** @param decimals digits that all prices are shown with, so that they stand in line */
function toCells(levels: readonly LevelView[], largest: number, decimals: number): SideCells[] {
  let total = 0
  return levels.map(({ price, quantity, orders }) => {
    total += quantity
    return {
      price: cutDecimals(price, decimals),
      quantity: formatCount(quantity, decimalsOf(quantity)),
      total: formatCount(total, decimalsOf(total)),
      orders: orders === 0 ? '' : formatCount(orders),
      share: quantity / largest,
    }
  })
}

function decimalsIn(text: string): number {
  return text.includes('.') ? text.length - text.indexOf('.') - 1 : 0
}

function cutDecimals(text: string, decimals: number): string {
  return text.slice(0, text.length - Math.max(0, decimalsIn(text) - decimals))
}

/** Digits behind the point, so that fractions of a contract or coin are not rounded away. */
function decimalsOf(quantity: number): number {
  return Number.isInteger(quantity) ? 0 : Math.min(8, String(quantity).split('.')[1]?.length ?? 8)
}

function measure(cells: readonly SideCells[], sideColumns: number): Widths {
  const widest = (title: string, read: (cell: SideCells) => string) =>
    Math.max(title.length, ...cells.map((cell) => textColumns(read(cell))))
  const price = widest('offer', (cell) => cell.price)
  const quantity = widest('quantity', (cell) => cell.quantity)
  const total = widest('total', (cell) => cell.total)
  const orders = widest('orders', (cell) => cell.orders)
  const used = (...columns: number[]) => columns.reduce((sum, column) => sum + column + 1, -1)
  // Where numbers are too wide, what can be worked out from the others goes first.
  const hasTotal = used(price, quantity, total, orders) <= sideColumns
  const hasOrders = hasTotal || used(price, quantity, orders) <= sideColumns
  const shown = { price, quantity, total: hasTotal ? total : 0, orders: hasOrders ? orders : 0 }
  const left = sideColumns - used(...Object.values(shown).filter((width) => width > 0)) - 1
  return { ...shown, bar: left < BAR_COLUMNS_MIN ? 0 : Math.min(BAR_COLUMNS_MAX, left) }
}

/** One side's cells from the middle of the picture outwards, those without a column left out. */
function orderCells(widths: Widths, cells: Readonly<Record<keyof Widths, string>>): string[] {
  return COLUMNS.filter((column) => widths[column] > 0).map((column) => cells[column])
}

function renderTitles(widths: Widths): string {
  const { price, bar, quantity, total, orders } = widths
  const numbers = {
    bar: ' '.repeat(bar),
    quantity: 'quantity'.padStart(quantity),
    total: 'total'.padStart(total),
    orders: 'orders'.padStart(orders),
  }
  const bid = orderCells(widths, { ...numbers, price: 'bid'.padStart(price) }).reverse()
  const ask = orderCells(widths, { ...numbers, price: 'offer'.padEnd(price) })
  return `  ${bid.join(' ')} │ ${ask.join(' ')}`.trimEnd()
}

function numberCells(cells: SideCells, { quantity, total, orders }: Widths) {
  return {
    quantity: cells.quantity.padStart(quantity),
    total: cells.total.padStart(total),
    orders: cells.orders.padStart(orders),
  }
}

function renderBid(cells: SideCells | undefined, widths: Widths, paint: Paint): string {
  const { price, bar } = widths
  if (cells === undefined) {
    return COLUMNS.filter((column) => widths[column] > 0)
      .map((column) => ' '.repeat(widths[column]))
      .join(' ')
  }
  return orderCells(widths, {
    ...numberCells(cells, widths),
    bar: paint.green(drawBar(cells.share, bar, '▐').padStart(bar)),
    price: paint.bold(cells.price.padStart(price)),
  })
    .reverse()
    .join(' ')
}

function renderAsk(cells: SideCells | undefined, widths: Widths, paint: Paint): string {
  if (cells === undefined) return ''
  const { price, bar } = widths
  return orderCells(widths, {
    ...numberCells(cells, widths),
    bar: paint.red(drawBar(cells.share, bar, '▌').padEnd(bar)),
    price: paint.bold(cells.price.padEnd(price)),
  }).join(' ')
}

/** A bar in halves of a column; the least quantity shows, too. */
function drawBar(share: number, columns: number, half: string): string {
  const halves = Math.max(1, Math.round(share * columns * 2))
  const full = '█'.repeat(Math.min(columns, halves >> 1))
  if ((halves & 1) === 0 || full.length === columns) return full
  return half === '▐' ? half + full : full + half
}

function renderMore(book: BookSnapshot, rows: number, paint: Paint): string[] {
  if (book.bidLevels === 0 && book.askLevels === 0) return [paint.dim('  the book is empty')]
  const bids = Math.max(0, book.bidLevels - rows)
  const asks = Math.max(0, book.askLevels - rows)
  if (bids === 0 && asks === 0) return []
  const text = `${formatCount(bids)} bid and ${formatAmount(asks, 'offer level')}`
  return [paint.dim(`  and ${text} more: see --depth`)]
}

function renderWarnings(book: BookSnapshot): string[] {
  const lines: string[] = []
  if (book.spread?.startsWith('-')) lines.push('  - the best bid is above the best offer')
  if (book.isStale) lines.push('  - the feed says that this book is not whole')
  if (book.missing > 0) lines.push(`  - ${formatAmount(book.missing, 'message')} before this moment never came`)
  if (book.unknownOrders > 0) {
    lines.push(`  - ${formatAmount(book.unknownOrders, 'message')} about orders from before the capture`)
  }
  if (book.refusedOrders > 0) lines.push(`  - ${formatAmount(book.refusedOrders, 'order')} did not fit: left out`)
  return lines
}
