import type { DropCopyReport } from '../../kernels/io/live/live-host.ts'
import { formatAmount, formatCount, formatNs } from '../cli/format.ts'
import { cutPath, LINE_COLUMNS_MAX, renderPairs, wrapText } from '../cli/table.ts'
import type { Paint } from '../cli/terminal.ts'
import type { BreakResult, LiveResult } from '../run/live-types.ts'
import { describePruned, describeSnapshots } from './kept-report.ts'
import { renderLatency } from './latency-table.ts'
import { describeStandby } from './standby-report.ts'

const BREAKS_SHOWN = 10

/** The report of `xk run`: what came, what was traded, what broke. */
export function renderLiveReport(result: LiveResult, paint: Paint): string[] {
  const { live } = result
  const lines = [paint.bold(`Live session ${result.instance} with ${result.entry} over ${formatNs(result.elapsedNs)}`)]
  const pairs: [string, string][] = [
    ['inbound', formatAmount(result.inbound.records, 'record')],
    [
      'orders',
      `${formatCount(result.orders)}, ${formatAmount(result.fills, 'fill')}, ${formatAmount(result.rejects, 'reject')}`,
    ],
    ...result.strategies.map(({ name, boughtQuantity, soldQuantity, pnlRealised }): [string, string] => [
      name,
      `bought ${formatCount(boughtQuantity)}, sold ${formatCount(soldQuantity)}, realised ${pnlRealised.toFixed(2)}`,
    ]),
  ]
  if (live !== null) {
    const took = Object.entries(live.cancelNsMax).map(([cause, ns]) => `${cause} ${formatNs(ns)}`)
    if (took.length > 0) pairs.push(['cancelled', `from the cause to the last cancel: ${took.join(', ')}`])
    if (live.clockErrorNsMax > 0) pairs.push(['clock', `off by ${formatNs(live.clockErrorNsMax)} at most`])
    if (live.openOrders > 0) pairs.push(['left open', `${formatAmount(live.openOrders, 'order')}: ask the venue`])
    if (live.requestsAfterEnd > 0)
      pairs.push(['too late', `${formatAmount(live.requestsAfterEnd, 'request')}, after the session's end`])
    for (const [title, counts] of [
      ['entry', live.entry],
      ['session', live.session],
      ['halts', live.halts],
      ['bad messages', live.faults],
      ['not allowed', live.illegalTransitions],
      ['rejected', result.rejectsByReason],
    ] as const) {
      if (Object.keys(counts).length > 0) pairs.push([title, listCounts(counts)])
    }
    if (live.dropCopy !== null) pairs.push(['drop copy', describeDropCopy(live.dropCopy)])
    if (live.brokenBy !== '') pairs.push(['broken', live.brokenBy])
  }
  pairs.push(...describeSnapshots(result.snapshots), ...describePruned(result.pruned))
  for (const each of result.breaks.slice(0, BREAKS_SHOWN)) pairs.push(['break', describeBreak(each, result)])
  pairs.push(...describeStandby(result.standby))
  pairs.push(['journal', cutPath(result.journal, 80)])
  for (const [title, text] of pairs) {
    const [first, ...rest] = wrapText(text, LINE_COLUMNS_MAX, '', ' '.repeat(2))
    lines.push(...renderPairs([[title, first ?? ''], ...rest.map((line): [string, string] => ['', line.trim()])]))
  }
  if (live !== null) lines.push('', paint.bold('Latency by hop'), ...renderWireLatency(result, live.sendStamps))
  for (const warning of result.warnings) lines.push(...wrapText(warning, LINE_COLUMNS_MAX, '  - ', '    '))
  return lines
}

/** Both ends by the kernel's stamps; what was not stamped is said. */
function renderWireLatency({ latencyNs }: LiveResult, counts: Readonly<Record<string, number>>): string[] {
  const { stamped = 0, notStamped = 0, otherCause = 0 } = counts
  if (stamped + notStamped === 0) return ['  no order was caused by a packet with a stamp']
  const notes = [
    ...(stamped === 0 ? ['the socket gave no times of sending'] : []),
    ...(notStamped > 0 ? [`${formatAmount(notStamped, 'order')} without a time of sending`] : []),
    ...(otherCause > 0 ? [`${formatAmount(otherCause, 'order')} not caused by a packet with a stamp`] : []),
  ]
  const note = notes.length === 0 ? [] : wrapText(`packetToWire: ${notes.join('; ')}`, LINE_COLUMNS_MAX, '  ', '    ')
  return [...renderLatency(latencyNs), ...note]
}

function describeDropCopy({ matched, breaks, brokenBy }: DropCopyReport): string {
  const lost = brokenBy === '' ? '' : `; ${brokenBy}`
  return `${matched === 1 ? '1 execution agrees' : `${formatCount(matched)} executions agree`}, ${formatAmount(breaks, 'break')}${lost}`
}

function describeBreak(each: BreakResult, { strategies }: LiveResult): string {
  const { cause, symbol, orderId, strategy, name, ownSide, copySide } = each
  const owner = strategies[strategy - 1]?.name ?? ''
  const order = orderId > 0 ? ` order ${orderId} of ${owner}` : name === '' ? '' : ` order ${name}`
  const own = describeExecution(ownSide, each.ownQuantity, each.ownPrice)
  const copy = describeExecution(copySide, each.copyQuantity, each.copyPrice)
  return `${cause}${symbol === '' ? '' : ` ${symbol}`}${order}: own ${own}, copy ${copy}, at record ${each.sequence}`
}

function describeExecution(side: string, quantity: number, price: number): string {
  const at = price > 0 ? ` @ ${price}` : ''
  return [side === 'none' ? '' : side, `${formatCount(quantity)}${at}`].filter((text) => text !== '').join(' ')
}

function listCounts(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${formatCount(count)}`)
    .join(', ')
}
