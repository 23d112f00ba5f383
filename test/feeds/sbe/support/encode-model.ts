import { type BodyModel, BYTES, type FieldModel, layOut, type SchemaModel } from './schema-model.ts'

/** What a body was written with: each value as the bytes it takes, so that no conversion is shared with the decoder. */
export interface WrittenBody {
  readonly values: ReadonlyMap<string, readonly (bigint | number)[]>
  readonly groups: ReadonlyMap<string, readonly WrittenBody[]>
  readonly data: ReadonlyMap<string, Buffer>
}

/** Writes messages of a model with values drawn from `next` (whole numbers from 0 to 2^32 − 1). */
export class ModelEncoder {
  readonly #model: SchemaModel
  readonly #version: number
  readonly #next: () => number

  constructor(model: SchemaModel, version: number, next: () => number) {
    this.#model = model
    this.#version = version
    this.#next = next
  }

  /** The message's block length, and its bytes behind the header. */
  message(): { blockLength: number; bytes: Buffer; written: WrittenBody } {
    const blockLength = this.#blockLength(this.#model.body.fields)
    const { bytes, written } = this.#body(this.#model.body, blockLength)
    return { blockLength, bytes, written }
  }

  /** What the fields of this version take, and some padding. */
  #blockLength(fields: readonly FieldModel[]): number {
    const present = fields.filter(({ since }) => since <= this.#version)
    return layOut(present).end + (this.#next() % 3)
  }

  #body(body: BodyModel, blockLength: number): { bytes: Buffer; written: WrittenBody } {
    const values = new Map<string, (bigint | number)[]>()
    const block = Buffer.alloc(blockLength, 0xa5)
    const { offsets } = layOut(body.fields)
    body.fields.forEach((field, index) => {
      if (field.since > this.#version) return
      const bytes = BYTES[field.primitive]
      const written = Array.from({ length: field.length }, (_, i) =>
        this.#value(block, offsets[index]! + i * bytes, field),
      )
      values.set(field.name, written)
    })
    const parts: Buffer[] = [block]
    const groups = new Map<string, WrittenBody[]>()
    for (const { name, since, body: inner } of body.groups) {
      if (since > this.#version) continue
      const entryBytes = this.#blockLength(inner.fields)
      const entries = Array.from({ length: this.#next() % 4 }, () => this.#body(inner, entryBytes))
      parts.push(this.#dimension(entryBytes, entries.length), ...entries.map(({ bytes }) => bytes))
      groups.set(
        name,
        entries.map(({ written }) => written),
      )
    }
    const data = new Map<string, Buffer>()
    for (const { name, since } of body.data) {
      if (since > this.#version) continue
      const text = Buffer.from(Array.from({ length: this.#next() % 6 }, () => this.#next() & 255))
      parts.push(this.#number(text.length, 2), text)
      data.set(name, text)
    }
    return { bytes: Buffer.concat(parts), written: { values, groups, data } }
  }

  #dimension(entryBytes: number, count: number): Buffer {
    const size = this.#model.countType === 'uint8' ? 1 : 2
    return Buffer.concat([this.#number(entryBytes, 2), Buffer.alloc(1), this.#number(count, size)])
  }

  #number(value: number, bytes: number): Buffer {
    const buffer = Buffer.alloc(bytes)
    if (this.#model.isLittle) buffer.writeUIntLE(value, 0, bytes)
    else buffer.writeUIntBE(value, 0, bytes)
    return buffer
  }

  #value(block: Buffer, at: number, { primitive }: FieldModel): bigint | number {
    const bytes = BYTES[primitive]
    const raw = Buffer.alloc(8)
    raw.writeUInt32LE(this.#next(), 0)
    raw.writeUInt32LE(this.#next(), 4)
    const written = raw.subarray(0, bytes)
    const ordered = this.#model.isLittle ? written : Buffer.from(written).reverse()
    ordered.copy(block, at)
    if (primitive === 'float') return written.readFloatLE(0)
    if (primitive === 'double') return written.readDoubleLE(0)
    const bits = raw.readBigUInt64LE(0)
    return primitive.startsWith('int') ? BigInt.asIntN(bytes * 8, bits) : BigInt.asUintN(bytes * 8, bits)
  }
}
