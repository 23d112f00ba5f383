import type { OuchCodec } from '../ouch/codec.ts'
import { OuchFault } from '../ouch/faults.ts'
import { OuchField, OuchMessage } from '../ouch/message.ts'
import { Appendage, Place } from '../ouch/message-layout.ts'
import { OPTION_BYTES, OptionTag } from '../ouch/option-layout.ts'
import { createOuchCodecs, OUCH_BYTES_MAX, OuchVersion } from '../ouch/versions.ts'
import { FieldKind, type FieldList, type FindFields } from './field-list.ts'
import { type PoisonedBuffer, poisonedBufferOf } from './poisoned-buffer.ts'
import { mix } from './record-digest.ts'
import { FuzzFault, type FuzzSubject, type FuzzTarget } from './target.ts'

/** Values that a made message's fields count up from. */
const FIRST_VALUE = 0x41
const TEXT = 'ABC123'

/** One direction of OUCH: what is read can be written, and is then read as the same. */
export function ouchTargets(): FuzzTarget[] {
  const versions = [
    ['ouch42', OuchVersion.V42],
    ['ouch50', OuchVersion.V50],
  ] as const
  return versions.flatMap(([name, version]) =>
    (['requests', 'responses'] as const).map((direction) => {
      const open = (poison: number) => new OuchSubject(createOuchCodecs(version)[direction], poison)
      const codec = createOuchCodecs(version)[direction]
      return { name: `${name}-${direction}`, seeds: makeMessages(codec), findFields: fieldsOf(codec), open }
    }),
  )
}

/** A message of every layout, without options and with all that it may have. */
export function makeMessages(codec: OuchCodec): Uint8Array[] {
  return codec.layouts.flatMap(({ type, options }) => {
    const message = new OuchMessage()
    message.begin(type)
    for (let field = 0; field < OuchField.Count; field++) message.numbers[field] = FIRST_VALUE + field
    message.setText(0, TEXT.length, TEXT)
    const bytes = new Uint8Array(OUCH_BYTES_MAX)
    const plain = bytes.slice(0, codec.encode(message, bytes, 0))
    message.options = options
    const full = bytes.slice(0, codec.encode(message, bytes, 0))
    return options === 0 ? [plain] : [plain, full]
  })
}

function fieldsOf(codec: OuchCodec): FindFields {
  return (input: Uint8Array, fields: FieldList) => {
    const layout = input.length === 0 ? undefined : codec.layoutOf(input[0]!)
    if (layout === undefined || layout.bytes > input.length) return
    fields.add(FieldKind.Code, 0, 1, false)
    const { places } = layout
    for (let i = 0; i < places.length; i += Place.Numbers) {
      const at = places[i + Place.At]!
      const next = i + Place.Numbers < places.length ? places[i + Place.Numbers + Place.At]! : layout.bytes
      fields.add(next - at === 1 ? FieldKind.Code : FieldKind.Number, at, Math.min(8, next - at), false)
    }
    if (layout.appendage !== Appendage.Never) findOptions(input, layout.bytes, fields)
  }
}

/** The appendage: its length, then options, each with a length and a tag. */
function findOptions(input: Uint8Array, from: number, fields: FieldList): void {
  if (from + 2 > input.length) return
  fields.partTotal = fields.add(FieldKind.Length, from, 2, false)
  for (let at = from + 2; at + 2 <= input.length; ) {
    const tag = input[at + 1]!
    const end = at + 1 + input[at]!
    if (end > input.length || end < at + 2) return
    fields.add(FieldKind.Length, at, 1, false)
    fields.add(FieldKind.Code, at + 1, 1, false)
    if (tag < OptionTag.End && (OPTION_BYTES[tag] ?? 0) > 0)
      fields.add(FieldKind.Number, at + 2, Math.min(8, end - at - 2), false)
    fields.addPart(at, end)
    at = end
  }
}

class OuchSubject implements FuzzSubject {
  readonly #codec: OuchCodec
  readonly #buffer: PoisonedBuffer
  readonly #message = new OuchMessage()
  readonly #again = new OuchMessage()
  readonly #written = new Uint8Array(OUCH_BYTES_MAX)
  readonly #faults = new Float64Array(OuchFault.Count)

  constructor(codec: OuchCodec, poison: number) {
    this.#codec = codec
    this.#buffer = poisonedBufferOf(poison)
  }

  take(bytes: Uint8Array, length: number): number {
    const codec = this.#codec
    const buffer = this.#buffer
    buffer.place(bytes, length)
    const fault = codec.decode(buffer.bytes, buffer.at, length, this.#message)
    if (!(fault >= 0 && fault < OuchFault.Count)) throw new FuzzFault(`decode said ${fault}`)
    this.#faults[fault]!++
    if (fault !== OuchFault.None) return fault
    const written = codec.encode(this.#message, this.#written, 0)
    if (!(written > 0 && written <= OUCH_BYTES_MAX))
      throw new FuzzFault(`what was read was written as ${written} bytes`)
    if (codec.decode(this.#written, 0, written, this.#again) !== OuchFault.None) {
      throw new FuzzFault('what was read and written is not read again')
    }
    return this.#compare()
  }

  report(): unknown {
    return { faults: [...this.#faults], unknownOptions: this.#codec.unknownOptions }
  }

  /** @returns a digest of the message */
  #compare(): number {
    const { numbers, text, type, options } = this.#message
    const again = this.#again
    let digest = mix(type, options)
    if (again.type !== type || again.options !== options) throw new FuzzFault('a message came back as another')
    for (let i = 0; i < numbers.length; i++) {
      if (numbers[i] !== again.numbers[i]) throw new FuzzFault(`field ${OuchField[i]} came back as another`)
      digest = mix(mix(digest, numbers[i]! / 4294967296), numbers[i]! % 4294967296)
    }
    for (let i = 0; i < text.length; i++) {
      if (text[i] !== again.text[i]) throw new FuzzFault(`text ${i} came back as another`)
      digest = mix(digest, text[i]!)
    }
    return digest
  }
}
