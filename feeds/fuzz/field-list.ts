/** What a field of an input says: which wrong values are worth trying follows from it. */
export enum FieldKind {
  /** Bytes of something. */
  Length = 0,
  /** How many of something follow. */
  Count = 1,
  /** A type, template, version or flag: the values that other inputs have there are worth trying, too. */
  Code = 2,
  /** A sequence number, an id, a time. */
  Number = 3,
}

/** More are not noted: an input of so many has enough of each kind. */
const FIELDS_MAX = 256
const PARTS_MAX = 128

/**
 * Where the fields and the parts (messages, records, blocks) of an input lie, as far as it is well formed. Bound: 256 fields and
 * 128 parts; policy: further ones are left out.
 */
export class FieldList {
  count = 0
  readonly at = new Int32Array(FIELDS_MAX)
  readonly bytes = new Uint8Array(FIELDS_MAX)
  readonly kind = new Uint8Array(FIELDS_MAX)
  readonly isLittle = new Uint8Array(FIELDS_MAX)
  parts = 0
  /** First byte of each part, and the one behind its last. */
  readonly partAt = new Int32Array(PARTS_MAX)
  readonly partEnd = new Int32Array(PARTS_MAX)
  /** The field that counts the parts, and the one that holds the bytes of all; −1 where there is none. */
  partCount = -1
  partTotal = -1

  reset(): void {
    this.count = 0
    this.parts = 0
    this.partCount = -1
    this.partTotal = -1
  }

  /** @returns index of the field */
  add(kind: FieldKind, at: number, bytes: number, isLittle: boolean): number {
    if (this.count === FIELDS_MAX) return FIELDS_MAX - 1
    const index = this.count++
    this.at[index] = at
    this.bytes[index] = bytes
    this.kind[index] = kind
    this.isLittle[index] = isLittle ? 1 : 0
    return index
  }

  addPart(at: number, end: number): void {
    if (this.parts === PARTS_MAX) return
    this.partAt[this.parts] = at
    this.partEnd[this.parts] = end
    this.parts++
  }

  /** A field's value, of at most four bytes: of wider fields, the low ones. */
  read(bytes: Uint8Array, index: number): number {
    const at = this.at[index]!
    const width = this.bytes[index]!
    const isLittle = this.isLittle[index] === 1
    let value = 0
    for (let i = 0; i < Math.min(4, width); i++) {
      const from = isLittle ? at + Math.min(4, width) - 1 - i : at + Math.max(0, width - 4) + i
      value = (value << 8) | bytes[from]!
    }
    return value >>> 0
  }

  /** Writes a value of at most 32 bits; what a wider field has above them becomes zero, or ones for −1. */
  write(bytes: Uint8Array, index: number, value: number): void {
    const at = this.at[index]!
    const width = this.bytes[index]!
    const above = value < 0 ? 0xff : 0
    for (let i = 0; i < width; i++) {
      const to = this.isLittle[index] === 1 ? at + i : at + width - 1 - i
      bytes[to] = i < 4 ? value >> (8 * i) : above
    }
  }
}

/** Finds the fields and parts of a well-formed input; of another one, those before its damage. Reads within the input only. */
export type FindFields = (input: Uint8Array, fields: FieldList) => void
