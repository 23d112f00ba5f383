import { REPORT_BYTES } from './regions.ts'

/** Leaves a kernel's closing facts in its region: a length, then JSON. @throws RangeError when they do not fit */
export function writeReport(buffer: ArrayBufferLike, byteOffset: number, report: unknown): void {
  const text = new TextEncoder().encode(JSON.stringify(report))
  if (text.length > REPORT_BYTES - 8) throw new RangeError(`a kernel's report of ${text.length} bytes does not fit`)
  new Uint8Array(buffer, byteOffset + 8, text.length).set(text)
  new Uint32Array(buffer, byteOffset, 1)[0] = text.length
}

/** Reads a kernel's closing facts; undefined when it has left none. */
export function readReport<T>(buffer: ArrayBufferLike, byteOffset: number): T | undefined {
  const length = new Uint32Array(buffer, byteOffset, 1)[0]!
  if (length === 0 || length > REPORT_BYTES - 8) return undefined
  return JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, byteOffset + 8, length).slice())) as T
}
