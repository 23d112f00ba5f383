import type { RecordBatch } from '../record-batch.ts'

const PRIME = 0x01000193

/** A digest of one more number. */
export function mix(digest: number, value: number): number {
  return Math.imul(digest ^ value, PRIME)
}

/** A digest of a batch's records, every byte of them. */
export function mixRecords(digest: number, { views, usedBytes }: RecordBatch): number {
  let mixed = digest
  const words = usedBytes >> 2
  for (let word = 0; word < words; word++) mixed = Math.imul(mixed ^ views.i32[word]!, PRIME)
  return mixed
}
