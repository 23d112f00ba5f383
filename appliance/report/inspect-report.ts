import type { CaptureFacts } from '../../feeds/inspect/inspect-capture.ts'
import { formatBytes, formatCount, formatNs, formatUtcNs } from '../cli/format.ts'
import { cutPath, LINE_COLUMNS_MAX, renderPairs, renderTable, shortenPath, wrapItems, wrapText } from '../cli/table.ts'
import type { Paint } from '../cli/terminal.ts'

/** Rows of the tables of sessions and flows; the rest are in `--json`. */
const ROWS_SHOWN = 12
const NS_PER_DAY = 86_400_000_000_000n
const right = (title: string) => ({ title, align: 'right' as const })

/** What a capture file holds, as lines of at most 100 columns. */
export function renderCapture(facts: CaptureFacts, paint: Paint, cwd: string): string[] {
  return [
    paint.bold(`${cutPath(shortenPath(facts.file, cwd), 70)}: ${facts.kind}, ${formatBytes(facts.bytes)}`),
    ...renderPairs(describeContents(facts)),
    ...renderMessages(facts),
    ...renderSessions(facts),
    ...renderFlows(facts),
    ...renderProblems(facts, paint),
  ]
}

function describeContents(facts: CaptureFacts): [string, string][] {
  const messages = Object.values(facts.messages).flatMap((counts) => Object.values(counts))
  const count = messages.reduce((sum, value) => sum + value, 0)
  const pairs: [string, string][] = []
  if (facts.packets > 0) pairs.push(['packets', `${formatCount(facts.packets)}, ${formatBytes(facts.frameBytes)}`])
  pairs.push(['messages', `${formatCount(count)} on ${formatCount(facts.instruments)} instruments`])
  if (facts.packets > 0 || count > 0) {
    const first = BigInt(facts.firstTimeNs)
    const last = BigInt(facts.lastTimeNs)
    pairs.push(
      ['first', describeTime(first)],
      ['last', `${describeTime(last)}, ${formatNs(Number(last - first))} later`],
    )
  }
  return pairs
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

function moreRows(count: number, noun: string): string[] {
  return count > ROWS_SHOWN ? [`  and ${formatCount(count - ROWS_SHOWN)} ${noun} more: see --json`] : []
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
  return [...renderTable(columns, rows), ...moreRows(facts.sessions.length, 'sessions')]
}

function renderFlows(facts: CaptureFacts): string[] {
  if (facts.flows.length === 0) return []
  const columns = [{ title: 'flow' }, { title: 'protocol' }, right('packets'), right('payload')]
  const rows = facts.flows
    .slice(0, ROWS_SHOWN)
    .map((flow) => [flow.flow, flow.protocol, formatCount(flow.packets), formatBytes(flow.payloadBytes)])
  return [...renderTable(columns, rows), ...moreRows(facts.flows.length, 'flows')]
}

function renderProblems(facts: CaptureFacts, paint: Paint): string[] {
  const lines: string[] = []
  for (const [reason, count] of Object.entries(facts.undecoded))
    lines.push(`${formatCount(count)} not decoded: ${reason}`)
  for (const [kind, { count, firstAtByte }] of Object.entries(facts.damage)) {
    lines.push(`damage: ${kind} ${formatCount(count)} times, first at byte ${formatCount(firstAtByte)}`)
  }
  if (facts.cutPackets > 0) lines.push(`${formatCount(facts.cutPackets)} packets cut short by the capture`)
  if (facts.timesBackwards > 0)
    lines.push(`${formatCount(facts.timesBackwards)} packets stamped before their predecessor`)
  const { holes = 0, holeBytes = 0 } = facts.tcp
  if (holes > 0) lines.push(`${formatCount(holes)} holes in TCP streams, ${formatBytes(holeBytes)} that never came`)
  for (const error of facts.errors) lines.push(`ended early: ${error.message}`)
  return lines.flatMap((line) => wrapText(line, LINE_COLUMNS_MAX, '  - ', '    ').map(paint.yellow))
}
