import { formatTime } from '../../kernels/records/dump.ts'
import { formatAmount, formatCount, formatMoney } from '../cli/format.ts'
import { cutPath, renderTable } from '../cli/table.ts'
import type { Paint } from '../cli/terminal.ts'
import type { JournalAtResult, LiveOrder, PositionThen } from '../journal-at/journal-at.ts'
import { renderBook } from './book-report.ts'

const ROWS_SHOWN = 50
const right = (title: string) => ({ title, align: 'right' as const })

/** A session at a moment, as lines of at most 100 columns. */
export function renderJournalAt(result: JournalAtResult, paint: Paint): string[] {
  const { inboundSequence, outboundSequence, timeOfDayNs, lastTimeOfDayNs, isWithin } = result
  const lines = [
    `${paint.bold(cutPath(result.journal, 50))} at ${formatTime(timeOfDayNs)}`,
    `  behind inbound ${formatCount(inboundSequence)}, outbound ${formatCount(outboundSequence)}; last record at ${formatTime(lastTimeOfDayNs)}`,
  ]
  if (!isWithin) lines.push(paint.yellow('  - the journal ends before this moment: this is its end'))
  if (result.book !== null) lines.push('', ...renderBook(result.book, paint))
  if (result.orders !== null) lines.push('', ...renderOrders(result.orders, paint))
  if (result.positions !== null) lines.push('', ...renderPositions(result.positions, paint))
  return lines
}

function renderOrders(orders: readonly LiveOrder[], paint: Paint): string[] {
  const title = paint.bold(`${formatCount(orders.length)} live orders`)
  if (orders.length === 0) return [title]
  const rows = orders
    .slice(0, ROWS_SHOWN)
    .map(({ strategy, orderId, symbol, side, price, quantity, filled, leaves, state }) => [
      strategy,
      String(orderId),
      symbol,
      side,
      String(price),
      formatCount(quantity),
      formatCount(filled),
      formatCount(leaves),
      state,
    ])
  const columns = [{ title: 'strategy' }, right('order'), { title: 'symbol' }, { title: 'side' }, right('price')]
  const table = renderTable([...columns, right('quantity'), right('filled'), right('leaves'), { title: 'state' }], rows)
  return [title, ...table, ...more(orders.length, paint)]
}

function renderPositions(positions: readonly PositionThen[], paint: Paint): string[] {
  const title = paint.bold(formatAmount(positions.length, 'position'))
  if (positions.length === 0) return [title]
  const rows = positions
    .slice(0, ROWS_SHOWN)
    .map((position) => [
      position.strategy,
      position.symbol,
      formatCount(position.quantity),
      position.averagePrice.toFixed(4),
      position.markPrice.toFixed(4),
      formatMoney(position.pnlRealised),
      formatMoney(position.pnlUnrealised),
      formatCount(position.fills),
    ])
  const columns = [{ title: 'strategy' }, { title: 'symbol' }, right('quantity'), right('average'), right('mark')]
  const table = renderTable([...columns, right('realised'), right('unrealised'), right('fills')], rows)
  return [title, ...table, ...more(positions.length, paint)]
}

function more(count: number, paint: Paint): string[] {
  return count <= ROWS_SHOWN ? [] : [paint.dim(`  and ${formatCount(count - ROWS_SHOWN)} more: --json has all`)]
}
