import { Header, NewOrder, RecordType } from '../../kernels/records/catalogue.ts'
import { decodeRecord, findCanonicalFault, type PlainRecord } from '../../kernels/records/codec.ts'
import { formatRecord } from '../../kernels/records/dump.ts'
import type { RecordViews } from '../../kernels/records/views.ts'

/** A record as people and scripts are shown it. */
export interface ShownRecord {
  readonly sequence: number
  readonly type: number
  /** Strategy of an outbound record or a response, line of a market record. */
  readonly source: number
  /** Inbound sequence that an outbound record answers. */
  readonly causeSequence: number
  /** The line that `xk journal dump` prints. */
  readonly text: string
  /** Field by field; null where the bytes are not as the catalogue wants them. */
  readonly fields: PlainRecord | null
}

/** Takes a record out of its views, which are about to change. */
export function showRecord(views: RecordViews, at: number): ShownRecord {
  const isWhole = findCanonicalFault(views, at) === undefined
  return {
    sequence: views.f64[(at + Header.Sequence) >> 3]!,
    type: views.u16[(at + Header.Type) >> 1]!,
    source: views.u16[(at + Header.Source) >> 1]!,
    causeSequence: isRequest(views, at) ? views.f64[(at + NewOrder.CauseSequence) >> 3]! : 0,
    text: formatRecord(views, at).trim(),
    fields: isWhole ? decodeRecord(views, at) : null,
  }
}

function isRequest(views: RecordViews, at: number): boolean {
  return views.u16[(at + Header.Type) >> 1]! >= RecordType.NewOrder
}

/** A field of which two records say different things; null where one of them has no such field. */
export interface FieldDifference {
  readonly field: string
  readonly left: string | null
  readonly right: string | null
}

/** The fields in which two records differ, in the order of the catalogue. */
export function compareFields(left: ShownRecord | null, right: ShownRecord | null): FieldDifference[] {
  const one = left?.fields ?? {}
  const other = right?.fields ?? {}
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])]
  const textOf = (record: object, name: string) => {
    const value = (record as Record<string, unknown>)[name]
    return value === undefined ? null : String(value)
  }
  return names
    .map((field) => ({ field, left: textOf(one, field), right: textOf(other, field) }))
    .filter((difference) => difference.left !== difference.right)
}

/** Whether two records are the same bytes. */
export function areSameBytes(left: RecordViews, leftAt: number, right: RecordViews, rightAt: number): boolean {
  const words = left.u32[leftAt >> 2]! >> 2
  for (let i = 0; i < words; i++) if (left.i32[(leftAt >> 2) + i] !== right.i32[(rightAt >> 2) + i]) return false
  return true
}
