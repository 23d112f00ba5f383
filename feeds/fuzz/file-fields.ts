import { LENGTH_UNIT_BYTES, RecordAt } from '../dbn/layout.ts'
import { MetadataAt, PRELUDE_BYTES, SYMBOL_LISTS } from '../dbn/metadata-layout.ts'
import { TextAt } from '../pitch/text-layout.ts'
import { FieldKind, type FieldList, type FindFields } from './field-list.ts'
import { readLittle, walkBlocks } from './walk-fields.ts'

const LINE_FEED = 0x0a
const SEQUENCED = 0x53
const DBN_MAGIC = [0x44, 0x42, 0x4e]

/** Where a file protocol of the registry keeps its fields. */
export function fieldsOfFile(protocol: string): FindFields {
  if (protocol === 'dbn') return findDbnFields
  return protocol === 'pitch' ? findTextFields : findRawFields
}

function findRawFields(input: Uint8Array, fields: FieldList): void {
  walkBlocks(input, fields, 0, 2, false)
}

function findTextFields(input: Uint8Array, fields: FieldList): void {
  for (let at = 0; at < input.length; ) {
    const feed = input.indexOf(LINE_FEED, at)
    const end = feed < 0 ? input.length : feed + 1
    const type = at + TextAt.Type + (input[at] === SEQUENCED ? 1 : 0)
    if (type < end) fields.add(FieldKind.Code, type, 1, false)
    fields.addPart(at, end)
    at = end
  }
}

function findDbnFields(input: Uint8Array, fields: FieldList): void {
  let at = DBN_MAGIC.every((letter, i) => input[i] === letter) ? findMetadataFields(input, fields) : 0
  while (at + RecordAt.Bytes <= input.length) {
    fields.add(FieldKind.Length, at + RecordAt.Length, 1, true)
    fields.add(FieldKind.Code, at + RecordAt.Type, 1, true)
    fields.add(FieldKind.Number, at + RecordAt.Instrument, 4, true)
    fields.add(FieldKind.Number, at + RecordAt.TsEvent, 8, true)
    const length = Math.max(RecordAt.Bytes, input[at]! * LENGTH_UNIT_BYTES)
    fields.addPart(at, Math.min(input.length, at + length))
    at += length
  }
}

/** @returns where the records begin */
function findMetadataFields(input: Uint8Array, fields: FieldList): number {
  const end = Math.min(input.length, PRELUDE_BYTES + readLittle(input, MetadataAt.Length, 4))
  if (end < MetadataAt.Lists) return end
  fields.add(FieldKind.Code, MetadataAt.Version, 1, true)
  fields.add(FieldKind.Length, MetadataAt.Length, 4, true)
  fields.add(FieldKind.Code, MetadataAt.Schema, 2, true)
  fields.add(FieldKind.Code, MetadataAt.StypeOut, 1, true)
  fields.add(FieldKind.Length, MetadataAt.SymbolBytes, 2, true)
  fields.add(FieldKind.Length, MetadataAt.SchemaDefinition, 4, true)
  const symbolBytes = readLittle(input, MetadataAt.SymbolBytes, 2)
  let at: number = MetadataAt.Lists
  for (let list = 0; list < SYMBOL_LISTS && at + 4 <= end; list++) {
    fields.add(FieldKind.Count, at, 4, true)
    at += 4 + readLittle(input, at, 4) * symbolBytes
  }
  if (at + 4 <= end) fields.add(FieldKind.Count, at, 4, true)
  // The first mapping's intervals.
  const intervals = at + 4 + symbolBytes
  if (intervals + 4 <= end) fields.add(FieldKind.Count, intervals, 4, true)
  return end
}
