import { basename } from 'node:path'
import {
  formatAmount,
  formatBytes,
  formatCount,
  formatMoney,
  formatNs,
  formatRate,
  formatShare,
  formatUtcNs,
} from '../cli/format.ts'
import { cutPath, LINE_COLUMNS_MAX, renderPairs, renderTable, shortenPath, wrapItems, wrapText } from '../cli/table.ts'
import type { Paint } from '../cli/terminal.ts'
import type { ReplayResult, StrategyResult } from '../run/types.ts'
import { describePruned, describeSnapshots } from './kept-report.ts'
import { renderLatency } from './latency-table.ts'
import { renderStandby } from './standby-report.ts'
import { type InstrumentAccount, sumByInstrument } from './sum-by-instrument.ts'

/** Rows of the table of instruments; the rest are in `--json`. */
const INSTRUMENTS_SHOWN = 5
/** Rejects by reason that get a row each. */
const REASONS_SHOWN = 6
const PATH_COLUMNS_MAX = 84
const NS_PER_DAY = 86_400_000_000_000n

/**
 * The report at the end of a run, as lines of at most 100 columns: what was read, decided, filled, what it earned,
 * how long each hop took, where the journal lies, and what to try next. Written from the result alone.
 * @param cwd folder from which paths are told
 */
export function renderReplayReport(result: ReplayResult, paint: Paint, cwd: string): string[] {
  const sections: [title: string, lines: string[]][] = [
    ['Read', renderInput(result, cwd)],
    ['Decided', renderDecisions(result)],
    ['Profit and loss', renderProfit(result.strategies)],
    [titleOfInstruments(result), renderInstruments(result)],
    ['Latency by hop', renderLatencies(result)],
    ['Kernels', [...renderKernels(result), ...renderStandby(result.standby)]],
    ['Journal', renderJournal(result, cwd)],
    ['Warnings', renderWarnings(result)],
    ['Try next', renderNextSteps(result, cwd)],
  ]
  const lines = [paint.bold(renderHeadline(result))]
  for (const [title, section] of sections) if (section.length > 0) lines.push('', paint.bold(title), ...section)
  return lines
}

function renderHeadline(result: ReplayResult): string {
  const { files } = result.input
  const names = files.length === 1 ? basename(files[0]!) : `${files.length} files`
  const ending = { finished: 'finished', interrupted: 'stopped by the user', failed: 'FAILED' }[result.ending]
  const layout = result.layout === 'processes' ? 'three processes' : 'one thread'
  const speed = result.speed === 'max' ? 'speed max' : `speed × ${result.speed}`
  const headline = `${ending} after ${formatNs(result.elapsedNs)}: ${layout}, ${speed}`
  return `Replay of ${cutPath(names, LINE_COLUMNS_MAX - headline.length - 12)} ${headline}`
}

function renderInput(result: ReplayResult, cwd: string): string[] {
  const { input } = result
  const perSecond = result.elapsedNs > 0 ? (result.inbound.records / result.elapsedNs) * 1e9 : 0
  const pairs: [string, string][] = input.files.map((file, index) => [
    index === 0 ? 'files' : '',
    cutPath(shortenPath(file, cwd), PATH_COLUMNS_MAX),
  ])
  const packets = input.packets === 0 ? 'no packets' : formatAmount(input.packets, 'packet')
  pairs.push(['input', `${packets}, ${formatAmount(input.messages, 'message')}, ${formatBytes(input.bytes)}`])
  if (input.messages > 0)
    pairs.push(['market', `${formatAmount(input.instruments, 'instrument')}, ${describeTimes(input)}`])
  pairs.push(['session', describeDay(input)])
  if (input.skippedIdleNs > 0) pairs.push(['idle', `${formatNs(input.skippedIdleNs)} without traffic skipped`])
  if (input.missing > 0) pairs.push(['missing', `${formatAmount(input.missing, 'message')} lost before the capture`])
  for (const [reason, count] of sortCounts(input.undecoded))
    pairs.push(['undecoded', `${formatCount(count)} ${reason}`])
  pairs.push(['inbound', `${formatAmount(result.inbound.records, 'record')}, ${formatRate(perSecond)}`])
  return renderPairs(pairs)
}

function describeDay({ sessionDate, timeZone }: ReplayResult['input']): string {
  if (sessionDate !== null) return `${sessionDate} in ${timeZone}`
  return 'of a day that the files do not tell: --set feed.date=YYYY-MM-DD does'
}

/** Times below a day are since the session's midnight: raw files do not tell their date. */
function describeTimes(input: ReplayResult['input']): string {
  const first = BigInt(input.firstTimeNs)
  const last = BigInt(input.lastTimeNs)
  const span = formatNs(Number(last - first))
  const shown = formatUtcNs(first)
  const from = first < NS_PER_DAY ? `${shown.slice(11, 23)} of the day` : `${shown.slice(0, 23)} UTC`
  return `${span} from ${from}`
}

function renderDecisions(result: ReplayResult): string[] {
  const columns = [
    { title: 'strategy' },
    ...['orders', 'replaces', 'cancels', 'rejects', 'fills', 'bought', 'sold'].map((title) => ({
      title,
      align: 'right' as const,
    })),
  ]
  const rows = result.strategies.map((strategy) => [
    nameOf(strategy),
    ...[strategy.orders, strategy.replaces, strategy.cancels, strategy.rejects, strategy.fills].map((count) =>
      formatCount(count),
    ),
    formatCount(strategy.boughtQuantity),
    formatCount(strategy.soldQuantity),
  ])
  const sides = `${formatCount(result.buyFills)} buys, ${formatCount(result.sellFills)} sells`
  const pairs: [string, string][] = [
    ['together', `${formatAmount(result.orders, 'order')}, ${formatAmount(result.rejects, 'reject')}`],
    ['outbound', formatAmount(result.outbound.records, 'record')],
  ]
  const reasons = sortCounts(result.rejectsByReason)
  const shown = reasons.slice(0, REASONS_SHOWN).map(([reason, count]) => `${reason} ${formatCount(count)}`)
  if (reasons.length > REASONS_SHOWN) shown.push(`and ${reasons.length - REASONS_SHOWN} more`)
  const fills = `${formatCount(result.fills)} executions (${sides}); one order can have several`
  const lines = [
    ...renderTable(columns, rows),
    ...renderPairs(pairs),
    ...wrapText(fills, LINE_COLUMNS_MAX, '  fills     ', ' '.repeat(12)),
  ]
  if (shown.length > 0) lines.push(...wrapItems(shown, LINE_COLUMNS_MAX, '  rejects   ', ' '.repeat(12)))
  return lines
}

function renderProfit(strategies: readonly StrategyResult[]): string[] {
  const columns = [
    { title: 'strategy' },
    ...['turnover', 'realised', 'unrealised', 'total'].map((title) => ({ title, align: 'right' as const })),
  ]
  const rows = strategies.map((strategy) => profitRow(nameOf(strategy), strategy))
  if (strategies.length > 1) {
    const sum = { turnover: 0, pnlRealised: 0, pnlUnrealised: 0 }
    for (const strategy of strategies) {
      sum.turnover += strategy.turnover
      sum.pnlRealised += strategy.pnlRealised
      sum.pnlUnrealised += strategy.pnlUnrealised
    }
    rows.push(profitRow('all', sum))
  }
  return renderTable(columns, rows)
}

function profitRow(
  name: string,
  account: Pick<StrategyResult, 'turnover' | 'pnlRealised' | 'pnlUnrealised'>,
): string[] {
  const total = account.pnlRealised + account.pnlUnrealised
  return [
    name,
    formatCount(account.turnover, 2),
    formatMoney(account.pnlRealised),
    formatMoney(account.pnlUnrealised),
    formatMoney(total),
  ]
}

function titleOfInstruments(result: ReplayResult): string {
  const count = new Set(result.positions.map((position) => position.symbol)).size
  return count > INSTRUMENTS_SHOWN
    ? `Instruments (the ${INSTRUMENTS_SHOWN} that moved most money, of ${count} traded)`
    : 'Instruments'
}

function renderInstruments(result: ReplayResult): string[] {
  const accounts = sumByInstrument(result.positions)
  if (accounts.length === 0) return ['  nothing was traded']
  const columns = [
    { title: 'symbol' },
    ...['position', 'mark', 'traded', 'fills', 'realised', 'unrealised', 'total'].map((title) => ({
      title,
      align: 'right' as const,
    })),
  ]
  const row = (account: InstrumentAccount) => [
    account.symbol,
    formatCount(account.quantity),
    account.markPrice === null ? 'none' : formatCount(account.markPrice, 4),
    formatCount(account.tradedQuantity),
    formatCount(account.fills),
    formatMoney(account.pnlRealised),
    formatMoney(account.pnlUnrealised),
    formatMoney(account.pnlRealised + account.pnlUnrealised),
  ]
  const open = accounts.filter((account) => account.quantity !== 0).length
  const openText =
    open === 0 ? 'all positions are flat' : `${formatCount(open)} of ${accounts.length} still hold a position`
  return [...renderTable(columns, accounts.slice(0, INSTRUMENTS_SHOWN).map(row)), `  ${openText}`]
}

function renderLatencies(result: ReplayResult): string[] {
  const lines = renderLatency(result.latencyNs)
  const held = `${formatCount(result.heldRecords)} records (${formatShare(result.heldRecords, result.inbound.records)})`
  const verdict = result.isLatencyComparable
    ? 'latencies compare with a live run'
    : 'latencies are NOT COMPARABLE with a live run'
  return [...lines, ...wrapText(`held for virtual time: ${held}; ${verdict}`, LINE_COLUMNS_MAX, '  ')]
}

function renderKernels(result: ReplayResult): string[] {
  const columns = [
    { title: 'kernel' },
    { title: 'pid', align: 'right' as const },
    { title: 'core', align: 'right' as const },
    { title: 'policy' },
    { title: 'GC', align: 'right' as const },
    { title: 'restarts', align: 'right' as const },
    { title: 'ending' },
  ]
  const rows = result.kernels.map((kernel) => [
    kernel.name,
    `${kernel.pid}`,
    kernel.core === null ? 'any' : `${kernel.core}`,
    kernel.policy,
    formatCount(kernel.garbageCollections),
    formatCount(kernel.restarts),
    kernel.ending,
  ])
  return renderTable(columns, rows)
}

function renderJournal(result: ReplayResult, cwd: string): string[] {
  const { captured, written, durable, bytes, path, stalls } = result.journal
  const positions = `${formatCount(captured)}, written ${formatCount(written)}, durable ${formatCount(durable)}`
  return renderPairs([
    ['path', cutPath(shortenPath(path, cwd), PATH_COLUMNS_MAX)],
    ['size', formatBytes(bytes)],
    ['inbound', `captured ${positions}`],
    ...describeSnapshots(result.snapshots),
    ...describePruned(result.pruned),
    ...(stalls.count > 0
      ? [['stalls', `${formatCount(stalls.count)}, the longest of ${stalls.longestMs} ms`] as const]
      : []),
    ['digest in', result.inbound.digest],
    ['digest out', result.outbound.digest],
  ])
}

function renderWarnings(result: ReplayResult): string[] {
  const stopped = result.strategies
    .filter((strategy) => strategy.stopped !== null)
    .map((strategy) => {
      const { reason, atSequence } = strategy.stopped!
      return `${nameOf(strategy)} was stopped at inbound sequence ${formatCount(atSequence)}: ${reason}`
    })
  return [...stopped, ...result.warnings].flatMap((line) => wrapText(line, LINE_COLUMNS_MAX, '  - ', '    '))
}

function renderNextSteps(result: ReplayResult, cwd: string): string[] {
  const path = shortenPath(result.journal.path, cwd)
  const steps: [string, string][] = [
    [`xk rerun ${path}`, 'decide again from the journal: the outbound digest stays the same'],
    [`xk journal dump ${path} --limit 20`, 'read the first records'],
  ]
  const layout = result.layout === 'processes' ? 'inline' : 'processes'
  const files = result.input.files.map((file) => shortenPath(file, cwd)).join(' ')
  steps.push([`xk replay ${files} --layout ${layout}`, 'the other layout: the same digests'])
  return steps.flatMap(([line, purpose]) => [`  ${line}`, `      ${purpose}`])
}

function nameOf(strategy: StrategyResult): string {
  return `${strategy.id} ${strategy.name}`
}

function sortCounts(counts: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort((left, right) => right[1] - left[1] || (left[0] < right[0] ? -1 : 1))
}
