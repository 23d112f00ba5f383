import { CATALOGUE_VERSION } from './catalogue.ts'
import { RECORD_SCHEMAS, type RecordSchema } from './schema.ts'

const GROUPS: readonly (readonly [title: string, from: number, to: number])[] = [
  ['Session and control', 1, 15],
  ['Market data', 16, 47],
  ['Responses', 48, 63],
  ['Requests of strategies', 64, 127],
]

function renderRecord(schema: RecordSchema): string {
  const fields = schema.fields.map((field) => `\`${field.name}\` ${field.kind} @${field.offset}`).join(', ')
  return `| ${schema.type} | \`${schema.name}\` | ${schema.bytes} | ${fields} |`
}

/** The documentation page of the record catalogue, docs/record-catalogue.md, from the catalogue itself. */
export function renderRecordsPage(): string {
  const lines = [
    '# Record catalogue',
    '',
    `Version ${CATALOGUE_VERSION}. Written from \`kernels/records/catalogue.ts\`; a test keeps it current.`,
    '',
    'Everything that crosses a ring or lies in a journal is one of these records: little-endian, 8-byte aligned, the',
    'length a multiple of 8 that counts the header.',
    '',
    '```',
    ' 0        4      6      8            12       14      16           24           32',
    '┌────────┬──────┬──────┬────────────┬────────┬───────┬────────────┬────────────┬─────────',
    '│ length │ type │flags │ instrument │ source │ shard │  sequence  │    time    │ payload',
    '│ u32    │ u16  │ u16  │ u32        │ u16    │ u16   │  f64       │    f64     │',
    '└────────┴──────┴──────┴────────────┴────────┴───────┴────────────┴────────────┴─────────',
    '```',
    '',
    'Times are nanoseconds since the session’s epoch; the header’s never decreases along a ring, the source’s own stamp stays',
    'in `sourceTime`. Prices and quantities are whole numbers scaled by the instrument’s exponents. `u64` is two words, low',
    'first. A `log` record is followed by its text.',
  ]
  for (const [title, from, to] of GROUPS) {
    lines.push('', `## ${title}`, '', '| type | record | bytes | fields (kind @ byte offset) |', '|---|---|---|---|')
    const inGroup = RECORD_SCHEMAS.filter((schema) => schema.type >= from && schema.type <= to)
    lines.push(...inGroup.map(renderRecord))
  }
  return `${lines.join('\n')}\n`
}
