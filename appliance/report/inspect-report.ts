import type { CaptureFacts } from '../../feeds/inspect/inspect-capture.ts'
import { trimDecimal } from '../../kernels/records/decimal.ts'
import { formatAmount, formatBytes, formatCount, formatNs, formatUtcNs } from '../cli/format.ts'
import {
  cutPath,
  cutText,
  LINE_COLUMNS_MAX,
  renderPairs,
  renderTable,
  shortenPath,
  wrapItems,
  wrapText,
} from '../cli/table.ts'
import type { Paint } from '../cli/terminal.ts'
import { renderBursts, renderRatePlot } from './rate-plot.ts'
import { explainUndecoded } from './undecoded-meanings.ts'

/** Rows of the tables of sessions and flows; the rest are in `--json`. */
const ROWS_SHOWN = 12
/** Rows of the table of symbols, and names in the summary. */
const SYMBOLS_SHOWN = 25
const SYMBOLS_NAMED = 6
const NS_PER_DAY = 86_400_000_000_000n
const right = (title: string) => ({ title, align: 'right' as const })

/** What is shown beyond the summary. */
export interface InspectDetails {
  /** All flows, and what each is taken for. */
  readonly flows: boolean
  /** A table of the most active symbols. */
  readonly symbols: boolean
}

/** What a capture file holds, as lines of at most 100 columns. */
export function renderCapture(facts: CaptureFacts, paint: Paint, cwd: string, details: InspectDetails): string[] {
  const name = cutPath(shortenPath(facts.file, cwd), 70)
  const others = facts.paths.length > 1 ? ` and ${facts.paths.length - 1} more` : ''
  const { packets, records } = facts.traffic
  return [
    paint.bold(`${name}${others}: ${describeKind(facts)}, ${formatBytes(facts.bytes)}`),
    ...renderPairs(describeContents(facts)),
    ...renderMessages(facts),
    ...renderSessions(facts),
    ...renderFlows(facts, details.flows),
    ...renderLines(facts),
    ...(details.symbols ? renderSymbols(facts) : []),
    ...(packets.counts.length > 0
      ? renderRatePlot('packets', packets, paint)
      : renderRatePlot('records', records, paint)),
    ...renderBursts(packets, records),
    ...renderProblems(facts, paint),
  ]
}

/** Packets tell what they carry in the table of flows. */
function describeKind({ kind, sureness }: CaptureFacts): string {
  return kind === 'pcap' || kind === 'pcapng' ? kind : `${kind} (${sureness})`
}

function describeContents(facts: CaptureFacts): [string, string][] {
  const feeds = Object.entries(facts.messages).filter(([protocol]) => !TRANSPORTS.includes(protocol))
  const messages = feeds.flatMap(([, counts]) => Object.values(counts))
  const count = messages.reduce((sum, value) => sum + value, 0)
  const pairs: [string, string][] = []
  if (facts.packets > 0) pairs.push(['packets', `${formatCount(facts.packets)}, ${formatBytes(facts.frameBytes)}`])
  const isDecoded = count > 0 || facts.instruments > 0
  const on = `${formatCount(count)} on ${formatAmount(facts.instruments, 'instrument')}`
  pairs.push(['messages', isDecoded ? on : 'none that are read'])
  if (facts.packets > 0 || count > 0) {
    const first = BigInt(facts.firstTimeNs)
    const last = BigInt(facts.lastTimeNs)
    pairs.push(['first', describeTime(first)])
    if (last !== first) pairs.push(['last', `${describeTime(last)}, ${describeSpan(Number(last - first))}`])
  }
  const busiest = facts.symbols.slice(0, SYMBOLS_NAMED).filter(({ symbol }) => symbol !== '')
  if (busiest.length > 0) {
    const names = busiest.map(({ symbol, messages: some }) => `${symbol} ${formatCount(some)}`)
    pairs.push(['busiest', cutText(names.join(', '), LINE_COLUMNS_MAX - 14)])
  }
  return pairs
}

/** The last one may be stamped before the first. */
function describeSpan(ns: number): string {
  return ns < 0 ? `${formatNs(-ns)} earlier` : `${formatNs(ns)} later`
}

/** Times below a day are since midnight: raw files do not tell their date. */
function describeTime(timeNs: bigint): string {
  const text = formatUtcNs(timeNs)
  return timeNs < NS_PER_DAY ? `${text.slice(11, 29)} of the day` : text
}

function renderMessages(facts: CaptureFacts): string[] {
  return Object.entries(facts.messages).flatMap(([protocol, counts]) => {
    const types = Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([type, count]) => `${type} ${formatCount(count)}`)
    return wrapItems(types, LINE_COLUMNS_MAX, `  ${protocol.padEnd(8)}  `, ' '.repeat(12))
  })
}

function moreRows(count: number, noun: string, where = 'see --json'): string[] {
  return count > ROWS_SHOWN ? [`  and ${formatAmount(count - ROWS_SHOWN, noun)} more: ${where}`] : []
}

function renderSessions(facts: CaptureFacts): string[] {
  if (facts.sessions.length === 0) return []
  const columns = [
    { title: 'session' },
    ...['first', 'last', 'messages', 'missing', 'duplicates', 'heartbeats'].map(right),
  ]
  const rows = facts.sessions
    .slice(0, ROWS_SHOWN)
    .map((session) => [
      session.session.trim(),
      formatCount(BigInt(session.firstSequence)),
      formatCount(BigInt(session.lastSequence)),
      ...[session.messages, session.missing, session.duplicates, session.heartbeats].map((count) => formatCount(count)),
    ])
  return [...renderTable(columns, rows), ...moreRows(facts.sessions.length, 'session'), ...renderGaps(facts)]
}

/** Which sequence numbers never came. */
function renderGaps(facts: CaptureFacts): string[] {
  const gaps = facts.sessions.flatMap(({ session, missingRanges }) =>
    missingRanges.map(({ first, last }) => ({ session: session.trim(), first: BigInt(first), last: BigInt(last) })),
  )
  if (gaps.length === 0) return []
  const columns = [{ title: 'gap in' }, right('first'), right('last'), right('missing')]
  const rows = gaps
    .slice(0, ROWS_SHOWN)
    .map(({ session, first, last }) => [
      session,
      ...[first, last, last - first + 1n].map((value) => formatCount(value)),
    ])
  return [...renderTable(columns, rows), ...moreRows(gaps.length, 'gap')]
}

/** Where the name in `--json` is not what people read. */
const SURENESS_SHOWN: Readonly<Record<string, string>> = { none: '', leftOut: 'left out' }

function renderFlows(facts: CaptureFacts, isWhole: boolean): string[] {
  if (facts.flows.length === 0) return []
  const columns = [{ title: 'flow' }, { title: 'protocol' }, { title: 'sure' }, right('packets'), right('payload')]
  const rows = facts.flows
    .slice(0, isWhole ? facts.flows.length : ROWS_SHOWN)
    .map((flow) => [
      flow.flow,
      flow.sureness === 'possible' ? nameCandidates(flow.candidates) : flow.protocol,
      SURENESS_SHOWN[flow.sureness] ?? flow.sureness,
      formatCount(flow.packets),
      formatBytes(flow.payloadBytes),
    ])
  const more = isWhole ? [] : moreRows(facts.flows.length, 'flow', 'see --flows')
  const isChoice = facts.flows.some(({ sureness }) => sureness === 'possible')
  const hint = isChoice ? ['  flows that are only possibly of a protocol are decoded when --feed names it'] : []
  return [...renderTable(columns, rows), ...more, ...hint]
}

/** The candidates, the likeliest first; all are in `--json`. */
function nameCandidates([first, second, ...others]: readonly string[]): string {
  if (second === undefined) return `${first}?`
  return others.length === 0 ? `${first} or ${second}?` : `${first} or ${others.length + 1} others?`
}

/** Lines that bring the same packets: what each lost by itself, and which was first by how much. */
function renderLines(facts: CaptureFacts): string[] {
  const lines = facts.lines.filter(({ session, race }) => race !== undefined || isDoubled(facts, session))
  if (lines.length === 0) return []
  const columns = [
    { title: 'line' },
    { title: 'session' },
    ...['packets', 'missing', 'first', 'behind', 'by p50', 'p99', 'max'].map(right),
  ]
  const rows = lines.slice(0, ROWS_SHOWN).map(({ flow, session, packets, missing, race }) => {
    const counts = [packets, missing, race?.first ?? 0, race?.behind ?? 0].map((count) => formatCount(count))
    const isBehind = race !== undefined && race.behind > 0
    const lags = isBehind ? [race.lagP50Ns, race.lagP99Ns, race.lagMaxNs].map(formatNs) : ['', '', '']
    const name = facts.flows[flow]?.flow.replace(/^\S+ .*>/, '') ?? `flow ${flow}`
    return [name, session.trim(), ...counts, ...lags]
  })
  return [...renderTable(columns, rows), ...moreRows(lines.length, 'line')]
}

function isDoubled(facts: CaptureFacts, session: string): boolean {
  const flows = new Set(facts.lines.filter((line) => line.session === session).map(({ flow }) => flow))
  return flows.size > 1
}

function renderSymbols(facts: CaptureFacts): string[] {
  if (facts.symbols.length === 0) return []
  const columns = [{ title: 'symbol' }, ...['messages', 'records', 'trades', 'volume', 'last'].map(right)]
  const rows = facts.symbols
    .slice(0, SYMBOLS_SHOWN)
    .map(({ symbol, instrument, messages, records, trades, volume, lastPrice }) => [
      symbol === '' ? `#${instrument}` : symbol,
      ...[messages, records, trades, volume].map((count) => formatCount(count)),
      lastPrice === null ? '' : trimDecimal(lastPrice),
    ])
  const more = facts.symbols.length - SYMBOLS_SHOWN
  return [
    ...renderTable(columns, rows),
    ...(more > 0 ? [`  and ${formatAmount(more, 'symbol')} more: see --json`] : []),
  ]
}

/** Packets of transports, which are counted beside the messages in them. */
const TRANSPORTS: readonly string[] = ['soupbintcp']

const READING_ENDED = 'nothing behind it was read'
const DAMAGES: Readonly<Record<string, string>> = {
  truncatedTail: 'the file ends inside a record',
  corruptLength: READING_ENDED,
  corruptTrailer: READING_ENDED,
  corruptByteOrder: READING_ENDED,
}

function renderProblems(facts: CaptureFacts, paint: Paint): string[] {
  const lines: string[] = []
  for (const [reason, count] of Object.entries(facts.undecoded)) {
    lines.push(`${formatCount(count)} not decoded: ${explainUndecoded(reason)}`)
  }
  for (const [kind, { count, firstAtByte }] of Object.entries(facts.damage)) {
    const meaning = DAMAGES[kind] === undefined ? '' : `, ${DAMAGES[kind]}`
    lines.push(`damage: ${kind}, ${formatAmount(count, 'time')}, first at byte ${formatCount(firstAtByte)}${meaning}`)
  }
  if (facts.cutPackets > 0) lines.push(`${formatAmount(facts.cutPackets, 'packet')} cut short by the capture`)
  if (facts.timesBackwards > 0)
    lines.push(`${formatAmount(facts.timesBackwards, 'packet')} stamped earlier than the one before`)
  const { holes = 0, holeBytes = 0 } = facts.tcp
  if (holes > 0) lines.push(`${formatAmount(holes, 'hole')} in TCP streams, ${formatBytes(holeBytes)} that never came`)
  for (const error of facts.errors) lines.push(`ended early: ${error.message}`)
  return lines.flatMap((line) => wrapText(line, LINE_COLUMNS_MAX, '  - ', '    ').map(paint.yellow))
}
