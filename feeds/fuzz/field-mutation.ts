import { FieldKind, type FieldList } from './field-list.ts'
import type { Mutator } from './mutator.ts'

/** Looks for a field that is still where it was, and of another input's for one of the same kind. */
const TRIES = 4

/** Gives one field of the mutation at hand another value. */
export function changeField(mutator: Mutator, fields: FieldList): void {
  const { random, bytes } = mutator
  for (let i = 0; i < TRIES; i++) {
    const index = random.below(fields.count)
    if (fields.at[index]! + fields.bytes[index]! > mutator.intactBytes) continue
    fields.write(bytes, index, chooseValue(mutator, fields, index))
    return
  }
}

function chooseValue(mutator: Mutator, fields: FieldList, index: number): number {
  const { random, bytes } = mutator
  const old = fields.read(bytes, index)
  const largest = 2 ** (8 * Math.min(4, fields.bytes[index]!)) - 1
  if (fields.kind[index] === FieldKind.Code && random.below(2) === 0) return findOther(mutator, FieldKind.Code, old)
  switch (random.below(8)) {
    case 0:
      return 0
    case 1:
      return -1
    case 2:
      return largest >>> 1
    case 3:
      return (largest >>> 1) + 1
    case 4:
      return old + random.below(9) - 4
    case 5:
      // Just to the end of the input, or a little beyond or before.
      return mutator.length - fields.at[index]! - fields.bytes[index]! + random.below(5) - 2
    case 6:
      return findOther(mutator, fields.kind[index]!, old)
    default:
      return random.nextInt32()
  }
}

/** The value of a field of the same kind, in any of the seeds; the one given where none was found. */
function findOther(mutator: Mutator, kind: number, otherwise: number): number {
  const { bytes, fields } = mutator.pickSeed()
  if (fields.count === 0) return otherwise
  for (let i = 0; i < TRIES; i++) {
    const index = mutator.random.below(fields.count)
    if (fields.kind[index] === kind) return fields.read(bytes, index)
  }
  return otherwise
}
