import { expect, test } from 'vitest'
import { renderRecordsPage } from '../../kernels/records/render-page.ts'
import { findSchema, RECORD_SCHEMAS } from '../../kernels/records/schema.ts'

test('every record type has a schema whose fields fill it', () => {
  expect(RECORD_SCHEMAS.length).toBeGreaterThan(30)
  for (const schema of RECORD_SCHEMAS) expect(schema.bytes % 8).toBe(0)
})

test('a u64 is named without its words', () => {
  expect(findSchema(16)?.fields[0]).toEqual({ name: 'reference', offset: 32, kind: 'u64' })
})

test('the page of the catalogue is the catalogue', async () => {
  await expect(renderRecordsPage()).toMatchFileSnapshot('../../docs/record-catalogue.md')
})
