/** Records whose length and every word follow from their sequence, so that a reader needs no second source to check them. */
import { Header, RecordType } from '../../../kernels/records/catalogue.ts'
import { beginRecord, type RecordViews } from '../../../kernels/records/views.ts'

const LENGTHS = 61

function mix(sequence: number): number {
  const mixed = Math.imul(sequence ^ (sequence >>> 16), 0x45d9f3b)
  return mixed ^ (mixed >>> 15)
}

/** From 32 to 512 bytes. */
export function lengthOf(sequence: number): number {
  return Header.Bytes + ((mix(sequence) >>> 3) % LENGTHS) * 8
}

/** Whether a batch ends with this record: every eighth on average. */
export function endsBatch(sequence: number): boolean {
  return (mix(sequence) & 7) === 0
}

/** Writes the record of a sequence: the first half of its payload as doubles, the second as words. */
export function writeRecord(views: RecordViews, at: number, sequence: number): void {
  const bytes = lengthOf(sequence)
  beginRecord(views, at, bytes, RecordType.Log, mix(sequence) >>> 1)
  views.f64[(at + Header.Sequence) >> 3] = sequence
  views.f64[(at + Header.Time) >> 3] = sequence * 0.5
  const { f64, i32 } = views
  const base = at >> 3
  const middle = middleOf(bytes)
  const end = bytes >> 3
  const hash = mix(sequence)
  let i = Header.Bytes >> 3
  for (; i < middle; i++) f64[base + i] = sequence + i * 0.25
  for (; i < end; i++) {
    i32[(base + i) << 1] = hash ^ i
    i32[((base + i) << 1) + 1] = hash + i
  }
}

function middleOf(bytes: number): number {
  return (Header.Bytes + ((bytes - Header.Bytes) >> 1)) >> 3
}

/** Whether every word of the record at `at` is what its sequence says. */
export function isWhole(views: RecordViews, at: number, sequence: number): boolean {
  const { f64, i32 } = views
  const bytes = lengthOf(sequence)
  const hash = mix(sequence)
  const isHeader =
    i32[(at + Header.Length) >> 2] === bytes &&
    i32[(at + Header.Instrument) >> 2] === hash >>> 1 &&
    f64[(at + Header.Sequence) >> 3] === sequence &&
    f64[(at + Header.Time) >> 3] === sequence * 0.5
  if (!isHeader) return false
  const base = at >> 3
  const middle = middleOf(bytes)
  const end = bytes >> 3
  let i = Header.Bytes >> 3
  for (; i < middle; i++) if (f64[base + i] !== sequence + i * 0.25) return false
  for (; i < end; i++) {
    if (i32[(base + i) << 1] !== (hash ^ i) || i32[((base + i) << 1) + 1] !== ((hash + i) | 0)) return false
  }
  return true
}
