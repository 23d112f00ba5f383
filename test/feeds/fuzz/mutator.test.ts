import { describe, expect, it } from 'vitest'
import { listAllFuzzTargets } from '../../../appliance/fuzz/targets.ts'
import { FieldKind, FieldList } from '../../../feeds/fuzz/field-list.ts'
import { Mutator } from '../../../feeds/fuzz/mutator.ts'

const SEED = Number(process.env.XK_FUZZ_SEED ?? 20_261_124)
const COUNT = 3000

/** Two headers of a count and a total, before blocks of a length, a type and a body. */
const seeds = [3, 5].map((body) => {
  const block = [body + 1, 0x41 + body, ...Array.from({ length: body }, () => 0xee)]
  return Uint8Array.from([2, 2 * block.length, ...block, ...block])
})

function findFields(input: Uint8Array, fields: FieldList): void {
  fields.partCount = fields.add(FieldKind.Count, 0, 1, false)
  fields.partTotal = fields.add(FieldKind.Length, 1, 1, false)
  for (let at = 2; at < input.length; at += 1 + input[at]!) {
    fields.add(FieldKind.Length, at, 1, false)
    fields.add(FieldKind.Code, at + 1, 1, false)
    fields.addPart(at, at + 1 + input[at]!)
  }
}

function mutate(): Buffer[] {
  const mutator = new Mutator(seeds, findFields, SEED, 3)
  return Array.from({ length: COUNT }, () => {
    mutator.next()
    return Buffer.from(mutator.bytes.subarray(0, mutator.length))
  })
}

/** Whether blocks of whole lengths fill what the header says, and are as many as it says. */
function isWellFramed(input: Buffer): boolean {
  let blocks = 0
  let at = 2
  for (; at < input.length; at += 1 + input[at]!) blocks++
  return input.length >= 2 && at === input.length && input[0] === blocks && input[1] === input.length - 2
}

describe(`mutations (seed ${SEED})`, () => {
  it('are the same for a seed, and begin with a seed as it is', () => {
    const first = mutate()
    expect(mutate()).toEqual(first)
    expect(seeds.some((seed) => first[0]!.equals(seed))).toBe(true)
    expect(new Set(first.map((input) => input.toString('hex'))).size).toBeGreaterThan(COUNT / 2)
  })

  it('leave out, double and mix messages with their counts put right', () => {
    const framed = mutate().filter(isWellFramed)
    const counts = new Set(framed.map((input) => input[0]))
    for (const blocks of [1, 2, 3, 4, 8]) expect(counts).toContain(blocks)
    const isMixed = (input: Buffer) => input.includes(0x44) && input.includes(0x46)
    expect(framed.some(isMixed)).toBe(true)
  })

  it('give fields the values that break parsers', () => {
    const inputs = mutate()
    for (const value of [0, 0xff, 0x7f, 0x80, 1, 3]) {
      expect(inputs.some((input) => input.length === seeds[0]!.length && input[0] === value && input[1] === 10)).toBe(
        true,
      )
    }
    // A type of the other seed.
    expect(inputs.some((input) => input.length === seeds[0]!.length && input[3] === 0x46 && input[2] === 4)).toBe(true)
  })

  it('know fields and messages of every target, and where they lie', () => {
    for (const { name, seeds: inputs, findFields: find } of listAllFuzzTargets([])) {
      let fields = 0
      for (const input of inputs) {
        const list = new FieldList()
        find!(input, list)
        fields += list.count
        for (let i = 0; i < list.count; i++)
          expect(list.at[i]! + list.bytes[i]!, name).toBeLessThanOrEqual(input.length)
        for (let i = 0; i < list.parts; i++) {
          expect(list.partEnd[i]!, name).toBeLessThanOrEqual(input.length)
          expect(list.partAt[i]!, name).toBeLessThan(list.partEnd[i]!)
        }
      }
      expect(fields, name).toBeGreaterThan(2)
    }
  })
})
