/** Records as text, by schema: one line for a person, or one JSON object a line for a program. */
import {
  BookClearReason,
  BreakCause,
  CancelReason,
  CommandCode,
  Header,
  LevelAction,
  Liquidity,
  OrderType,
  Outcome,
  PriceBandKind,
  RecordType,
  Rejected,
  RejectOrigin,
  RejectReason,
  SessionEventCode,
  SessionKernel,
  Side,
  SideMark,
  StaleReason,
  StatisticKind,
  StopReason,
  TimeInForce,
  TradingState,
} from './catalogue.ts'
import { decodeRecord, findCanonicalFault, HEADER_FIELDS, readField } from './codec.ts'
import { findControl } from './controls.ts'
import type { Field } from './schema.ts'
import { findSchema } from './schema.ts'
import type { RecordViews } from './views.ts'

/** Names of a field's values, by value. */
export type NamedValues = Readonly<Record<number, string>>

/** Enumerations of field values, by `record.field` or by field alone. */
const VALUE_NAMES: Record<string, NamedValues> = {
  side: Side,
  orderType: OrderType,
  timeInForce: TimeInForce,
  state: TradingState,
  origin: RejectOrigin,
  liquidity: Liquidity,
  requestType: RecordType,
  'sessionEvent.code': SessionEventCode,
  'priceBand.kind': PriceBandKind,
  'statistic.kind': StatisticKind,
  'bookClear.reason': BookClearReason,
  'stale.reason': StaleReason,
  'resumed.kernel': SessionKernel,
  'levelUpdate.action': LevelAction,
  'stop.reason': StopReason,
  'rejected.reason': RejectReason,
  'cancelRejected.reason': RejectReason,
  'gateCancel.reason': RejectReason,
  'executionBreak.cause': BreakCause,
  'executionBreak.ownSide': SideMark,
  'executionBreak.copySide': SideMark,
  'command.code': CommandCode,
  'commandOutcome.code': CommandCode,
  'commandOutcome.outcome': Outcome,
  'cancelled.reason': CancelReason,
  'massCancel.reason': CancelReason,
}

/** Shorter names of the commonest fields, so that most records fit 100 columns. */
const SHORT_NAMES: Record<string, string> = {
  reference: 'ref',
  newReference: 'newRef',
  price: 'px',
  quantity: 'qty',
  leavesQuantity: 'leaves',
  orderId: 'order',
  newOrderId: 'newOrder',
  causeSequence: 'cause',
  outboundSequence: 'out',
  sourceTime: 'lag',
  attribution: 'mpid',
  requestType: 'request',
  venueOrder: 'venue',
}

/** Fields whose values speak for themselves. */
const BARE_FIELDS = new Set(['side', 'orderType', 'timeInForce', 'liquidity'])

const NS_PER_SECOND = 1_000_000_000

/** Nanoseconds since the session's epoch as `hh:mm:ss.nnnnnnnnn`; hours run past 24 in long sessions. */
export function formatTime(timeNs: number): string {
  if (!Number.isFinite(timeNs) || timeNs < 0) return String(timeNs)
  const seconds = Math.floor(timeNs / NS_PER_SECOND)
  const two = (value: number) => String(value).padStart(2, '0')
  const clock = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return `${clock}.${String(Math.floor(timeNs % NS_PER_SECOND)).padStart(9, '0')}`
}

/** Nanoseconds since 1970 as the moment in UTC; 0, where the session's day is not known, as `unknown`. */
function formatEpoch(epochNs: string): string {
  if (epochNs === '0') return 'unknown'
  const seconds = BigInt(epochNs) / 1_000_000_000n
  // An epoch is a midnight: anything else is shown as it is.
  if (`${seconds}000000000` !== epochNs) return epochNs
  return new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z')
}

/** The enumeration of a field's values, by the schema's names of record and field; undefined for plain numbers and text. */
export function findValueNames(record: string, field: string): NamedValues | undefined {
  return VALUE_NAMES[`${record}.${field}`] ?? VALUE_NAMES[field]
}

function formatValue(record: string, field: string, value: number | string): string {
  const names = findValueNames(record, field)
  if (names !== undefined && typeof value === 'number') {
    const name = names[value]
    return name === undefined ? String(value) : name.charAt(0).toLowerCase() + name.slice(1)
  }
  return typeof value === 'string' && /[\s"]/.test(value) ? JSON.stringify(value) : String(value)
}

function formatField(record: string, field: Field, value: number | string, timeNs: number): string {
  if (field.name === 'reserved' || field.name === 'textBytes' || value === '') return ''
  if (record === 'sessionStart' && field.name === 'epoch') return `epoch=${formatEpoch(String(value))}`
  if (field.name === 'sourceTime') return value === timeNs ? '' : `lag=${timeNs - Number(value)}`
  const text = formatValue(record, field.name, value)
  return BARE_FIELDS.has(field.name) ? text : `${SHORT_NAMES[field.name] ?? field.name}=${text}`
}

/** The rules that a reject of the gate serves, as JSON text; empty for all else. */
function rulesBehind(views: RecordViews, at: number, type: number): string {
  if (type !== RecordType.Rejected || views.u32[(at + Rejected.Origin) >> 2]! !== RejectOrigin.Gate) return ''
  const rules = findControl(views.u32[(at + Rejected.Reason) >> 2]!)?.rules ?? []
  return rules.length === 0 ? '' : JSON.stringify(rules.join('; '))
}

/**
 * One line: sequence, time, record, instrument (`#`), source (`~`), then the fields as `name=value`. Enumerated values by name;
 * `serves` names the rules behind a reject of the gate;
 * `lag` is the record's time less the source's, in ns, left out when 0; the session's epoch as a date; control characters of log texts are escaped.
 */
export function formatRecord(views: RecordViews, at: number): string {
  const type = views.u16[(at + Header.Type) >> 1]!
  const schema = findSchema(type)
  const timeNs = views.f64[(at + Header.Time) >> 3]!
  const instrument = views.u32[(at + Header.Instrument) >> 2]!
  const source = views.u16[(at + Header.Source) >> 1]!
  const flags = views.u16[(at + Header.Flags) >> 1]!
  const columns = [
    String(views.f64[(at + Header.Sequence) >> 3]!).padStart(8),
    formatTime(timeNs).padStart(18),
    (schema?.name ?? `type${type}`).padEnd(14),
    (instrument === 0 ? '' : `#${instrument}`).padEnd(5),
    (source === 0 ? '' : `~${source}`).padEnd(3),
  ]
  const parts: string[] = []
  if (flags !== 0) parts.push(`flags=${flags}`)
  const fault = findCanonicalFault(views, at)
  if (schema === undefined || fault !== undefined)
    parts.push(`length=${views.u32[(at + Header.Length) >> 2]}`, `(${fault})`)
  else {
    for (const field of schema.fields) {
      const part = formatField(schema.name, field, readField(views, at, field), timeNs)
      if (part !== '') parts.push(part)
    }
    const rules = rulesBehind(views, at, type)
    if (rules !== '') parts.push(`serves=${rules}`)
  }
  return `${columns.join(' ')} ${parts.join(' ')}`.trimEnd()
}

/** The record as one JSON object without line breaks: `record`, the header's fields, the payload's fields by schema name. */
export function formatRecordJson(views: RecordViews, at: number): string {
  const type = views.u16[(at + Header.Type) >> 1]!
  const fault = findCanonicalFault(views, at)
  if (fault !== undefined) {
    const facts: Record<string, number | string | null> = { record: findSchema(type)?.name ?? `type${type}`, fault }
    const length = views.u32[(at + Header.Length) >> 2]!
    for (const field of HEADER_FIELDS.slice(0, 2)) facts[field.name] = views.f64[(at + field.offset) >> 3]!
    return JSON.stringify({ ...facts, length })
  }
  return JSON.stringify(decodeRecord(views, at))
}
