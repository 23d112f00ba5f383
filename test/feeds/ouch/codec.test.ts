import { describe, expect, it } from 'vitest'
import { OuchCodec } from '../../../feeds/ouch/codec.ts'
import {
  Display,
  OuchCancelReason,
  OuchSide,
  PriceType,
  TimeInForce42,
  TimeInForce50,
} from '../../../feeds/ouch/codes.ts'
import { OUCH_FAULT_NAMES, OuchFault } from '../../../feeds/ouch/faults.ts'
import { OuchField, OuchMessage, OuchText } from '../../../feeds/ouch/message.ts'
import { FieldKind, layoutOf } from '../../../feeds/ouch/message-layout.ts'
import { OptionTag } from '../../../feeds/ouch/option-layout.ts'
import { Request42 } from '../../../feeds/ouch/request-layout-42.ts'
import { Request50 } from '../../../feeds/ouch/request-layout-50.ts'
import { Response42 } from '../../../feeds/ouch/response-layout-42.ts'
import { Response50 } from '../../../feeds/ouch/response-layout-50.ts'
import { createOuchCodecs, OUCH_BYTES_MAX, OuchVersion } from '../../../feeds/ouch/versions.ts'

const v42 = createOuchCodecs(OuchVersion.V42)
const v50 = createOuchCodecs(OuchVersion.V50)
const message = new OuchMessage()

function decodeHex(codec: OuchCodec, hex: string): OuchFault {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex')
  return codec.decode(bytes, 0, bytes.length, message)
}

function lengthsOf(codec: OuchCodec): Record<string, number> {
  return Object.fromEntries(codec.layouts.map(({ type, bytes }) => [String.fromCharCode(type), bytes]))
}

describe('the messages', () => {
  it('have the lengths of the specifications', () => {
    expect(lengthsOf(v42.requests)).toEqual({ O: 49, U: 47, X: 19, M: 20, N: 15 })
    expect(lengthsOf(v42.responses)).toEqual({
      ...{ S: 10, A: 66, U: 80, C: 28, D: 37, E: 40, G: 45, B: 32, F: 41, J: 24, P: 23, I: 23, T: 36, M: 28, N: 23 },
    })
    expect(lengthsOf(v50.requests)).toEqual({ O: 45, U: 38, X: 9, M: 10, C: 17, D: 9, E: 9, Q: 1 })
    expect(lengthsOf(v50.responses)).toEqual({
      ...{ S: 10, A: 62, U: 66, C: 18, D: 32, E: 34, B: 36, F: 49, J: 29, P: 13, I: 13, T: 30, M: 18, R: 14 },
      ...{ X: 25, G: 17, K: 17, Q: 13 },
    })
  })

  it('of OUCH 4.2 are read field by field', () => {
    const token = Buffer.from('TOKEN000000001').toString('hex')
    const stock = Buffer.from('ZVZZT   ').toString('hex')
    const fault = decodeHex(
      v42.requests,
      `4f ${token} 42 000003e8 ${stock} 00019064 0001869e 4649524d 59 50 4e 00000064 4e 52`,
    )
    expect(fault).toBe(OuchFault.None)
    expect(message.type).toBe(Request42.EnterOrder)
    expect(message.getText(OuchText.Token, 14)).toBe('TOKEN000000001')
    expect(message.getText(OuchText.Firm, 4)).toBe('FIRM')
    const { Side, Shares, Price, TimeInForce, MinimumShares, CustomerType } = OuchField
    const read = [Side, Shares, Price, TimeInForce, MinimumShares, CustomerType].map((field) => message.numbers[field])
    expect(read).toEqual([OuchSide.Buy, 1000, 102_500, TimeInForce42.MarketHours, 100, 0x52])
  })

  it('of OUCH 5.0 carry options', () => {
    message.begin(Request50.EnterOrder)
    message.setText(OuchText.Symbol, 8, 'ZVZZT')
    const set: readonly [OuchField, number][] = [
      [OuchField.UserRefNum, 1],
      [OuchField.Side, OuchSide.SellShort],
      [OuchField.Shares, 300],
      [OuchField.Price, 102_500],
      [OuchField.TimeInForce, TimeInForce50.Day],
      [OuchField.Display, Display.Hidden],
      [OuchField.PriceType, PriceType.MidpointPeg],
      [OuchField.PegOffset, -50],
      [OuchField.GroupId, 7],
    ]
    for (const [field, value] of set) message.numbers[field] = value
    message.options = (1 << OptionTag.PriceType) | (1 << OptionTag.PegOffset) | (1 << OptionTag.GroupId)
    const bytes = new Uint8Array(OUCH_BYTES_MAX)
    const length = v50.requests.encode(message, bytes, 0)
    expect(Buffer.from(bytes.subarray(45, length)).toString('hex')).toBe('000d02064d0507ffffffce03180007')
    expect(v50.requests.decode(bytes, 0, length, message)).toBe(OuchFault.None)
    expect(message.numbers[OuchField.PegOffset]).toBe(-50)
    expect(message.has(OptionTag.GroupId)).toBe(true)
    expect(message.has(OptionTag.Firm)).toBe(false)
  })

  it('of an older revision may lack the last field', () => {
    const fields = `${'0000000000000001'} 00000007 0000000a 51 00000005 000000000001 9064 52`
    expect(decodeHex(v50.responses, `44 ${fields}`)).toBe(OuchFault.None)
    expect(message.numbers[OuchField.AiqStrategy]).toBe(0)
    expect(decodeHex(v50.responses, `44 ${fields} 4f`)).toBe(OuchFault.None)
    expect(message.numbers[OuchField.AiqStrategy]).toBe(0x4f)
    expect(message.numbers[OuchField.Reason]).toBe(OuchCancelReason.SelfMatch)
  })

  it('use the same letter for different things in each direction', () => {
    expect([Request50.MassCancel, Request42.TradeNow] as number[]).toEqual([Response50.Cancelled, Response42.TradeNow])
  })
})

describe('what is no message', () => {
  const cancel = '58 00000001 00000000'

  it('is refused with the reason', () => {
    const cases: readonly [string, OuchFault][] = [
      ['', OuchFault.Empty],
      ['7a', OuchFault.UnknownType],
      ['58 00000001', OuchFault.WrongLength],
      [`${cancel} 00`, OuchFault.WrongLength],
      [`${cancel} 0003 02 1c`, OuchFault.BadAppendage],
      [`${cancel} 0002 00 1c`, OuchFault.BadAppendage],
      [`${cancel} 0001 01`, OuchFault.BadAppendage],
      [`${cancel} 0004 03 1c 0101`, OuchFault.BadAppendage],
      [`${cancel} 0006 02 1c 01 02 1c 01`, OuchFault.OptionNotAllowed],
      [`${cancel} 0006 05 03 00000001`, OuchFault.OptionNotAllowed],
    ]
    for (const [hex, fault] of cases) expect(decodeHex(v50.requests, hex), hex).toBe(fault)
    expect(OUCH_FAULT_NAMES.length).toBe(OuchFault.Count)
  })

  it('is a message without the length of an appendage that must be there', () => {
    expect(decodeHex(v50.requests, '44 00000001 4649524d')).toBe(OuchFault.WrongLength)
    expect(decodeHex(v50.requests, '44 00000001 4649524d 0000')).toBe(OuchFault.None)
  })

  it('is one with a price that a double does not hold exactly', () => {
    const fields = '54 0000000000000001 00000007'
    expect(decodeHex(v50.responses, `${fields} 001fffffffffffff 59 0000000000000009`)).toBe(OuchFault.None)
    expect(decodeHex(v50.responses, `${fields} 0020000000000000 59 0000000000000009`)).toBe(OuchFault.NumberRange)
  })

  it('is not one with an option that nobody knows: it is passed over and counted', () => {
    const before = v50.requests.unknownOptions
    expect(decodeHex(v50.requests, `${cancel} 0006 02 c8 01 02 1c 05`)).toBe(OuchFault.None)
    expect(message.numbers[OuchField.UserRefIndex]).toBe(5)
    expect(v50.requests.unknownOptions).toBe(before + 1)
  })

  it('is not written', () => {
    message.begin(0x7a)
    expect(v50.requests.encode(message, new Uint8Array(OUCH_BYTES_MAX), 0)).toBe(-1)
  })
})

describe('a layout', () => {
  const parts = { name: 'x', type: 1, bytes: 6 }

  it('with a hole, an overlap or another length is refused', () => {
    expect(() => layoutOf({ ...parts, fields: [[FieldKind.U32, 2, 0]] })).toThrow('hole')
    expect(() => layoutOf({ ...parts, fields: [[FieldKind.U32, 1, 0]] })).toThrow('5 bytes, not 6')
  })

  it('has a type of its own', () => {
    const layout = layoutOf({ ...parts, bytes: 1, fields: [] })
    expect(() => new OuchCodec([layout, layout])).toThrow('the type of another')
  })
})
