import { FieldKind, type FieldList } from './field-list.ts'

/** A little-endian number of up to four bytes; bytes that are not there are zero. */
export function readLittle(input: Uint8Array, at: number, bytes: number): number {
  let value = 0
  for (let i = bytes - 1; i >= 0; i--) value = (value << 8) | (input[at + i] ?? 0)
  return value >>> 0
}

/** The same, big-endian. */
export function readBig(input: Uint8Array, at: number, bytes: number): number {
  let value = 0
  for (let i = 0; i < bytes; i++) value = (value << 8) | (input[at + i] ?? 0)
  return value >>> 0
}

/** Blocks to the end of the input, each a length that does not count itself, then a body that begins with its type. */
export function walkBlocks(
  input: Uint8Array,
  fields: FieldList,
  from: number,
  lengthBytes: number,
  isLittle: boolean,
): void {
  for (let at = from; at + lengthBytes < input.length; ) {
    const length = isLittle ? readLittle(input, at, lengthBytes) : readBig(input, at, lengthBytes)
    const end = Math.min(input.length, at + lengthBytes + length)
    fields.add(FieldKind.Length, at, lengthBytes, isLittle)
    if (length > 0) fields.add(FieldKind.Code, at + lengthBytes, 1, isLittle)
    fields.addPart(at, end)
    at = end
  }
}
