/** How a field lies on the wire. All numbers are big-endian; but for one kind, unsigned. */
export enum FieldKind {
  U8 = 0,
  U16 = 1,
  U32 = 2,
  /** A u64 that is a number below 2^53. */
  U64 = 3,
  /** A u64 kept as two words, in two slots. */
  Words = 4,
  Text = 5,
  /** Signed: two's complement. */
  I32 = 6,
}

/** One field: its kind, its offset in the message, its slot (`OuchField`, or `OuchText` of a text), the bytes of a text. */
export type FieldPlace = readonly [kind: FieldKind, at: number, slot: number, textBytes?: number]

/** Where the list of a layout's fields holds what. */
export enum Place {
  Kind = 0,
  At = 1,
  Slot = 2,
  TextBytes = 3,
  Numbers = 4,
}

/** Whether options may follow the fields of a message (OUCH 5.0). */
export enum Appendage {
  Never = 0,
  /** Their length may be left out where there are none. */
  Optional = 1,
  /** Their length is always there. */
  Always = 2,
}

/** One message: its type letter, its length without an appendage, its fields, the options that it may have. */
export interface OuchLayout {
  readonly name: string
  readonly type: number
  readonly bytes: number
  /** Length in an older revision that did not have the last field; the same as `bytes` where there is none. */
  readonly olderBytes: number
  readonly places: Int32Array
  readonly appendage: Appendage
  /** Bits of the options that the message may have, by `1 << OptionTag`. */
  readonly options: number
}

export interface OuchLayoutParts {
  readonly name: string
  readonly type: number
  readonly bytes: number
  readonly olderBytes?: number
  readonly fields: readonly FieldPlace[]
  readonly appendage?: Appendage
  readonly options?: readonly number[]
}

const WIDTHS: Readonly<Record<FieldKind, number>> = {
  [FieldKind.U8]: 1,
  [FieldKind.U16]: 2,
  [FieldKind.U32]: 4,
  [FieldKind.U64]: 8,
  [FieldKind.Words]: 8,
  [FieldKind.Text]: 0,
  [FieldKind.I32]: 4,
}

/**
 * Checks one message's layout and brings it into the form that the codec walks.
 * @throws Error when a field does not begin where the one before it ends, or the last one does not end with the message
 */
export function layoutOf(parts: OuchLayoutParts): OuchLayout {
  const places = new Int32Array(parts.fields.length * Place.Numbers)
  let end = 1
  parts.fields.forEach(([kind, at, slot, textBytes = 0], index) => {
    if (at !== end) throw new Error(`OUCH layout: ${parts.name} has a hole or an overlap at ${at}`)
    places.set([kind, at, slot, textBytes], index * Place.Numbers)
    end = at + WIDTHS[kind] + textBytes
  })
  if (end !== parts.bytes) throw new Error(`OUCH layout: ${parts.name} has ${end} bytes, not ${parts.bytes}`)
  const options = (parts.options ?? []).reduce((bits, tag) => bits | (1 << tag), 0)
  const { name, type, bytes, olderBytes = parts.bytes, appendage = Appendage.Never } = parts
  return { name, type, bytes, olderBytes, places, appendage, options }
}
