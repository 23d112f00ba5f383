import { Header } from '../../kernels/records/catalogue.ts'
import { findValueNames, formatRecordJson } from '../../kernels/records/dump.ts'
import { findSchema } from '../../kernels/records/schema.ts'
import { FileStorage } from '../../storage/journal/file-storage.ts'
import { JournalReader } from '../../storage/journal/reader.ts'
import type { JournalExpectation } from './scenario.ts'

/**
 * Counts the records of a journal, both streams, that each expectation means.
 * @throws JournalIoError, JournalCorruptError when the journal cannot be read
 */
export function countRecords(journalPath: string, expectations: readonly JournalExpectation[]): number[] {
  const counts = expectations.map(() => 0)
  const reader = new JournalReader(new FileStorage(journalPath))
  for (let at = reader.next(); at >= 0; at = reader.next()) {
    const name = findSchema(reader.views.u16[(at + Header.Type) >> 1]!)?.name
    if (!expectations.some(({ type }) => type === name)) continue
    const record = JSON.parse(formatRecordJson(reader.views, at)) as Record<string, string | number>
    for (const [index, { type, fields }] of expectations.entries()) {
      if (type === name && fields.every(([field, value]) => isValue(type, field, record[field], value)))
        counts[index]!++
    }
  }
  reader.close()
  return counts
}

/** Whether a field has a value: its number or text, or the name that the number has. */
function isValue(record: string, field: string, found: string | number | undefined, wanted: string): boolean {
  if (found === undefined) return false
  if (String(found) === wanted) return true
  const name = typeof found === 'number' ? findValueNames(record, field)?.[found] : undefined
  return name !== undefined && name.toLowerCase() === wanted.toLowerCase()
}
