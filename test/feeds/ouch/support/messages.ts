import fc from 'fast-check'
import { OuchField, OuchMessage, type OuchText } from '../../../../feeds/ouch/message.ts'
import { FieldKind, type OuchLayout, Place } from '../../../../feeds/ouch/message-layout.ts'
import { OPTION_BYTES, OPTION_KIND, OPTION_SLOT, OptionTag } from '../../../../feeds/ouch/option-layout.ts'

const NUMBERS: Readonly<Record<number, fc.Arbitrary<number>>> = {
  [FieldKind.U8]: fc.nat(255),
  [FieldKind.U16]: fc.nat(0xffff),
  [FieldKind.U32]: fc.integer({ min: 0, max: 0xffffffff }),
  [FieldKind.I32]: fc.integer({ min: -0x80000000, max: 0x7fffffff }),
  [FieldKind.U64]: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
}

type Setting = readonly [kind: number, slot: number, textBytes: number]

function settingOf([kind, slot, textBytes]: Setting): fc.Arbitrary<(message: OuchMessage) => void> {
  if (kind === FieldKind.Text) {
    return fc.string({ minLength: textBytes, maxLength: textBytes }).map((text) => (message: OuchMessage) => {
      message.setText(slot as OuchText, textBytes, text)
    })
  }
  const words = fc.tuple(NUMBERS[FieldKind.U32]!, NUMBERS[FieldKind.U32]!)
  if (kind === FieldKind.Words)
    return words.map((pair) => (message: OuchMessage) => void message.numbers.set(pair, slot))
  return NUMBERS[kind]!.map((value) => (message: OuchMessage) => {
    message.numbers[slot] = value
  })
}

/** Any message of a layout: its fields, and some of the options that it may have. */
export function anyMessage(layout: OuchLayout): fc.Arbitrary<OuchMessage> {
  const { places } = layout
  const fields: Setting[] = []
  for (let i = 0; i < places.length; i += Place.Numbers)
    fields.push([places[i + Place.Kind]!, places[i + Place.Slot]!, places[i + Place.TextBytes]!])
  const tags = Array.from({ length: OptionTag.End }, (_, tag) => tag).filter(
    (tag) => (layout.options & (1 << tag)) !== 0,
  )
  return fc.subarray(tags).chain((chosen) => {
    const options = chosen.map((tag): Setting => [OPTION_KIND[tag]!, OPTION_SLOT[tag]!, OPTION_BYTES[tag]!])
    // A field and an option may share a slot: the options are set last, as they are read.
    return fc.tuple(...[...fields, ...options].map(settingOf)).map((settings) => {
      const message = new OuchMessage()
      message.begin(layout.type)
      message.options = chosen.reduce((bits, tag) => bits | (1 << tag), 0)
      for (const set of settings) set(message)
      return message
    })
  })
}

/** A message with each field set to something that it may well have. */
export function plainMessage(layout: OuchLayout): OuchMessage {
  const message = new OuchMessage()
  message.begin(layout.type)
  message.setText(0, 14, 'ABC123')
  message.setText(14, 14, 'ABC122')
  message.setText(28, 8, 'ZVZZT')
  message.setText(36, 4, 'FIRM')
  const set: readonly [OuchField, number][] = [
    [OuchField.Timestamp, 34_200_000_000_001],
    [OuchField.Side, 0x42],
    [OuchField.Shares, 100],
    [OuchField.Price, 102_500],
    [OuchField.TimeInForce, 99_998],
    [OuchField.Display, 0x59],
    [OuchField.Capacity, 0x50],
    [OuchField.Sweep, 0x4e],
    [OuchField.CrossType, 0x4e],
    [OuchField.CustomerType, 0x4e],
    [OuchField.OrderState, 0x4c],
    [OuchField.BboWeight, 0x30],
    [OuchField.ReferenceLow, 77],
    [OuchField.MatchLow, 88],
    [OuchField.Reason, 0x53],
    [OuchField.Liquidity, 0x52],
    [OuchField.Event, 0x53],
    [OuchField.PreventedShares, 5],
    [OuchField.ReferencePrice, 102_400],
    [OuchField.ReferencePriceType, 0x49],
  ]
  for (const [field, value] of set) message.numbers[field] = value
  return message
}
