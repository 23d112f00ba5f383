import { RECORD_SCHEMAS } from './schema.ts'

/** Byte offset of `SourceTime` by record type; 0 where the record carries none. */
export const SOURCE_TIME_AT = new Int32Array(256)
for (const schema of RECORD_SCHEMAS) {
  const field = schema.fields.find((candidate) => candidate.name === 'sourceTime')
  if (field !== undefined) SOURCE_TIME_AT[schema.type] = field.offset
}
