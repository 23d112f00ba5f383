import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { diffJournals } from '../../../appliance/diff/diff-journals.ts'
import { journalAt } from '../../../appliance/journal-at/journal-at.ts'
import { exportJournal } from '../../../appliance/journal-export/export-journal.ts'
import { parseMoment } from '../../../feeds/book-view/moment.ts'
import { Header, RecordType } from '../../../kernels/records/catalogue.ts'
import type { PlainRecord, PlainValue } from '../../../kernels/records/codec.ts'
import { type Field, RECORD_SCHEMAS, type RecordSchema } from '../../../kernels/records/schema.ts'
import { Catalogue } from '../../../storage/catalogue/catalogue.ts'
import { indexSession } from '../../../storage/catalogue/index-session.ts'
import { SESSION_TABLES } from '../../../storage/export/session-tables.ts'
import { FileStorage } from '../../../storage/journal/file-storage.ts'
import { JournalStream } from '../../../storage/journal/layout.ts'
import { SessionReader } from '../../../storage/session/session-reader.ts'
import { writeJournal } from '../support/write-journal.ts'

/*
 * Records that verify but make no sense: whatever stands in their fields, what is worked out of a journal neither throws nor
 * stops. A failure prints its seed.
 */

const root = mkdtempSync(join(tmpdir(), 'xk-any-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
let journals = 0
/** More on request: XK_ANY_RUNS=600. */
const RUNS = Number(process.env.XK_ANY_RUNS ?? 48)

/** Mostly the numbers that records have, so that orders and instruments meet; now and then any. */
const small = fc.integer({ min: 0, max: 4 })
const word = fc.oneof(
  { arbitrary: small, weight: 8 },
  { arbitrary: fc.integer({ min: 0, max: 0xffffffff }), weight: 1 },
)
const double = fc.oneof(
  { arbitrary: fc.integer({ min: -3, max: 1000 }), weight: 8 },
  { arbitrary: fc.double({ noNaN: true }), weight: 1 },
)

function arbitraryOf({ kind, name }: Field): fc.Arbitrary<PlainValue> {
  if (name === 'reserved') return fc.constant(0)
  if (kind === 'u32') return word
  if (kind === 'i32')
    return fc.oneof(fc.integer({ min: -6, max: 2 }), fc.integer({ min: -0x80000000, max: 0x7fffffff }))
  if (kind === 'f64') return double
  if (kind === 'u64') return fc.oneof(small, fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }))
  return kind === 'text' ? fc.constant('text') : fc.constantFrom('', 'AA', 'B')
}

function arbitraryRecord(schemas: readonly RecordSchema[]): fc.Arbitrary<PlainRecord> {
  return fc.constantFrom(...schemas).chain((schema) => {
    const fields = Object.fromEntries(
      schema.fields.filter(({ name }) => name !== 'textBytes').map((field) => [field.name, arbitraryOf(field)]),
    )
    const header = { instrument: word, source: fc.constantFrom(0, 1, 2, 65_535), flags: fc.constantFrom(0, 16, 255) }
    return fc.record({ record: fc.constant(schema.name), ...header, ...fields }) as fc.Arbitrary<PlainRecord>
  })
}

const isOutbound = ({ type }: RecordSchema) => type >= RecordType.NewOrder
const inbound = fc.array(arbitraryRecord(RECORD_SCHEMAS.filter((schema) => !isOutbound(schema))), { maxLength: 80 })
const outbound = fc.array(arbitraryRecord(RECORD_SCHEMAS.filter(isOutbound)), { maxLength: 40 })
const batch = fc.integer({ min: 1, max: 20 })

function write(told: readonly PlainRecord[], decided: readonly PlainRecord[], recordsPerBatch: number): string {
  return writeJournal(join(root, `j${journals++}`), { inbound: told, outbound: decided, recordsPerBatch })
}

describe('of any records', () => {
  test('the catalogue is made, twice the same', { timeout: 600_000 }, () => {
    const catalogue = Catalogue.open(join(root, 'catalogue.sqlite'))
    const marks = { note: () => {}, middleOf: () => undefined }
    fc.assert(
      fc.property(inbound, outbound, batch, (told, decided, recordsPerBatch) => {
        const storage = new FileStorage(write(told, decided, recordsPerBatch))
        for (let time = 0; time < 2; time++) {
          catalogue.putSession('any', (rows) => indexSession(rows, storage, { header: undefined, marks }))
        }
        expect(catalogue.sessions()).toEqual(['any'])
      }),
      { numRuns: RUNS },
    )
    catalogue.close()
  })

  test('moments, tables and comparisons are made', { timeout: 600_000 }, () => {
    const moment = parseMoment('TIME', '00:00:00.00003')
    fc.assert(
      fc.property(inbound, outbound, batch, (told, decided, recordsPerBatch) => {
        const path = write(told, decided, recordsPerBatch)
        const wishes = { orders: true, positions: true, depth: 3, path, moment }
        expect(journalAt(wishes, () => {}).inboundSequence).toBeLessThanOrEqual(told.length)
        const tables = { tables: SESSION_TABLES, isFolder: true, everyNs: 1e4, depth: 2, path }
        expect(exportJournal({ ...tables, out: `${path}-csv`, format: 'csv' }, () => {}).tables).toHaveLength(5)
        const same = diffJournals({ left: path, right: write(told, decided, 7), reach: 3, onProgress: () => {} })
        expect(same.isSame).toBe(true)
      }),
      { numRuns: RUNS / 6 },
    )
  })
})

test('records come in the order of their causes, however they were batched', () => {
  const causes = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 30 }).map((list) => list.sort((a, b) => a - b))
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), causes, batch, (clocks, decided, recordsPerBatch) => {
      const told = Array.from({ length: clocks }, () => ({ record: 'clock' }))
      const signals = decided.map((causeSequence) => ({ record: 'signal', causeSequence, name: 'x' }))
      const reader = new SessionReader(new FileStorage(write(told, signals, recordsPerBatch)))
      const order: string[] = []
      for (let at = reader.next(); at >= 0; at = reader.next()) {
        const sequence = reader.views.f64[(at + Header.Sequence) >> 3]!
        order.push(reader.stream === JournalStream.Inbound ? `in ${sequence}` : `out ${sequence}`)
      }
      reader.close()
      const expected = told.flatMap((_, index) => [
        `in ${index + 1}`,
        ...decided.flatMap((cause, at) => (cause === index + 1 ? [`out ${at + 1}`] : [])),
      ])
      const late = decided.flatMap((cause, at) => (cause > clocks ? [`out ${at + 1}`] : []))
      expect(order).toEqual([...expected, ...late])
    }),
    { numRuns: 60 },
  )
})
