import { Header } from './catalogue.ts'
import { findSchema } from './schema.ts'
import type { RecordViews } from './views.ts'

/** @returns the byte offset, within the records, of the first word in which they differ; -1 when they are the same */
export function findDifference(left: RecordViews, leftAt: number, right: RecordViews, rightAt: number): number {
  const words = left.u32[(leftAt + Header.Length) >> 2]! >> 2
  for (let i = 0; i < words; i++) {
    if (left.i32[(leftAt >> 2) + i] !== right.i32[(rightAt >> 2) + i]) return i * 4
  }
  return -1
}

/**
 * The difference of a record that was published and one that should be the same, in words.
 * @param offset as `findDifference` found it
 */
export function describeDifference(
  published: RecordViews,
  publishedAt: number,
  now: RecordViews,
  nowAt: number,
  offset: number,
): string {
  const type = now.u16[(nowAt + Header.Type) >> 1]!
  const schema = findSchema(type)
  const field = schema?.fields.findLast((candidate) => candidate.offset <= offset)
  const name = offset < Header.Bytes ? 'header' : (field?.name ?? 'payload')
  const was = published.u32[(publishedAt + offset) >> 2]!
  const is = now.u32[(nowAt + offset) >> 2]!
  return `${schema?.name ?? `type ${type}`}, ${name} at byte ${offset}: published ${was}, now ${is}`
}
