import type { FieldList } from './field-list.ts'
import type { Mutator } from './mutator.ts'
import { INPUT_BYTES_MAX } from './target.ts'

const COPIES_MAX = 6

/**
 * Leaves out a part (message, record, block) of the mutation at hand, doubles it, puts one of another input in its place, or cuts
 * it short. Seven times in eight the header's counts are put right, so that the rest is read.
 */
export function changePart(mutator: Mutator, fields: FieldList): void {
  const { random } = mutator
  const lengthBefore = mutator.length
  const part = random.below(fields.parts)
  const at = fields.partAt[part]!
  const end = fields.partEnd[part]!
  let more = 0
  switch (random.below(4)) {
    case 0:
      remove(mutator, at, end)
      more = -1
      break
    case 1: {
      const copies = 1 + random.below(COPIES_MAX)
      for (let i = 0; i < copies; i++) more += insert(mutator, end, mutator.bytes, at, end)
      break
    }
    case 2: {
      const other = mutator.pickSeed()
      if (other.fields.parts === 0) return
      const from = random.below(other.fields.parts)
      more = insert(mutator, at, other.bytes, other.fields.partAt[from]!, other.fields.partEnd[from]!)
      break
    }
    default:
      remove(mutator, end - random.below(end - at), end)
  }
  mutator.intactBytes = Math.min(at, mutator.length)
  if (random.below(8) !== 0) putRight(mutator, fields, more, mutator.length - lengthBefore)
}

function putRight(mutator: Mutator, fields: FieldList, parts: number, bytes: number): void {
  add(mutator, fields, fields.partCount, parts)
  add(mutator, fields, fields.partTotal, bytes)
}

function add(mutator: Mutator, fields: FieldList, index: number, more: number): void {
  if (index < 0 || fields.at[index]! + fields.bytes[index]! > mutator.intactBytes) return
  fields.write(mutator.bytes, index, fields.read(mutator.bytes, index) + more)
}

function remove(mutator: Mutator, at: number, end: number): void {
  mutator.bytes.copyWithin(at, end, mutator.length)
  mutator.length -= end - at
}

/** Puts bytes of `source` in before `at`; those of the mutation itself lie before it. @returns 1, or 0 when there is no room */
function insert(mutator: Mutator, at: number, source: Uint8Array, from: number, to: number): number {
  const count = to - from
  if (mutator.length + count > INPUT_BYTES_MAX) return 0
  mutator.bytes.copyWithin(at + count, at, mutator.length)
  if (source === mutator.bytes) mutator.bytes.copyWithin(at, from, to)
  else mutator.bytes.set(source.subarray(from, to), at)
  mutator.length += count
  return 1
}
