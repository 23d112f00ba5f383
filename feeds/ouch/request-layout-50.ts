/**
 * What a client sends in OUCH 5.0, in unsequenced packets of SoupBinTCP.
 * Source: Nasdaq OUCH 5.0 Order Entry Specification, revision 1.05, section 2 "Inbound Messages". Numbers are unsigned and
 * big-endian; text is ASCII, left-justified, padded with spaces; prices have 8 bytes and 4 implied decimals. Offset 0 is the
 * type. Behind the fields lies the appendage of `option-layout.ts`: its length, then options. Where it is marked `[ ]`, the
 * length may be missing.
 *
 *     type  message              from offset 1: name:bytes                                     bytes  appendage
 *     O     enter order          userRef:4 side:1 shares:4 symbol:8 price:8 timeInForce:1
 *                                display:1 capacity:1 sweep:1 crossType:1 clientId:14             45  length
 *     U     replace order        userRef:4 newUserRef:4 shares:4 price:8 timeInForce:1
 *                                display:1 sweep:1 clientId:14                                    38  length
 *     X     cancel order         userRef:4 shares:4 (that shall be left)                           9  [length]
 *     M     modify order         userRef:4 side:1 shares:4                                        10  [length]
 *     C     mass cancel          userRef:4 firm:4 symbol:8 (blank: all)                           17  length
 *     D     disable order entry  userRef:4 firm:4                                                  9  length
 *     E     enable order entry   userRef:4 firm:4                                                  9  length
 *     Q     account query                                                                          1  [length]
 */
import { OuchField, OuchText, TOKEN_BYTES } from './message.ts'
import { Appendage, FieldKind, layoutOf, type OuchLayout } from './message-layout.ts'
import { ENTERED_OPTIONS, OptionTag } from './option-layout.ts'

export enum Request50 {
  EnterOrder = 0x4f,
  ReplaceOrder = 0x55,
  CancelOrder = 0x58,
  ModifyOrder = 0x4d,
  MassCancel = 0x43,
  DisableEntry = 0x44,
  EnableEntry = 0x45,
  AccountQuery = 0x51,
}

export enum EnterOrder50At {
  UserRefNum = 1,
  Side = 5,
  Shares = 6,
  Symbol = 10,
  Price = 18,
  TimeInForce = 26,
  Display = 27,
  Capacity = 28,
  Sweep = 29,
  CrossType = 30,
  ClientId = 31,
  Bytes = 45,
}

export enum ReplaceOrder50At {
  UserRefNum = 1,
  NewUserRefNum = 5,
  Shares = 9,
  Price = 13,
  TimeInForce = 21,
  Display = 22,
  Sweep = 23,
  ClientId = 24,
  Bytes = 38,
}

export enum CancelOrder50At {
  UserRefNum = 1,
  Shares = 5,
  Bytes = 9,
}

export enum ModifyOrder50At {
  UserRefNum = 1,
  Side = 5,
  Shares = 6,
  Bytes = 10,
}

export enum MassCancel50At {
  UserRefNum = 1,
  Firm = 5,
  Symbol = 9,
  Bytes = 17,
}

/** Of the messages that disable and enable order entry. */
export enum EntrySwitch50At {
  UserRefNum = 1,
  Firm = 5,
  Bytes = 9,
}

const { U8, U32, U64, Text } = FieldKind
const INDEX_ONLY = [OptionTag.UserRefIndex]
const LOCATES = [OptionTag.SharesLocated, OptionTag.LocateBroker]

const SWITCH = {
  bytes: EntrySwitch50At.Bytes,
  fields: [
    [U32, EntrySwitch50At.UserRefNum, OuchField.UserRefNum],
    [Text, EntrySwitch50At.Firm, OuchText.Firm, 4],
  ],
  appendage: Appendage.Always,
  options: INDEX_ONLY,
} as const

/** Every message of a client, OUCH 5.0. In a replacement, `UserRefNum` is the new one. */
export const REQUESTS_50: readonly OuchLayout[] = [
  layoutOf({
    name: 'enterOrder',
    type: Request50.EnterOrder,
    bytes: EnterOrder50At.Bytes,
    fields: [
      [U32, EnterOrder50At.UserRefNum, OuchField.UserRefNum],
      [U8, EnterOrder50At.Side, OuchField.Side],
      [U32, EnterOrder50At.Shares, OuchField.Shares],
      [Text, EnterOrder50At.Symbol, OuchText.Symbol, 8],
      [U64, EnterOrder50At.Price, OuchField.Price],
      [U8, EnterOrder50At.TimeInForce, OuchField.TimeInForce],
      [U8, EnterOrder50At.Display, OuchField.Display],
      [U8, EnterOrder50At.Capacity, OuchField.Capacity],
      [U8, EnterOrder50At.Sweep, OuchField.Sweep],
      [U8, EnterOrder50At.CrossType, OuchField.CrossType],
      [Text, EnterOrder50At.ClientId, OuchText.Token, TOKEN_BYTES],
    ],
    appendage: Appendage.Always,
    options: ENTERED_OPTIONS,
  }),
  layoutOf({
    name: 'replaceOrder',
    type: Request50.ReplaceOrder,
    bytes: ReplaceOrder50At.Bytes,
    fields: [
      [U32, ReplaceOrder50At.UserRefNum, OuchField.OriginalUserRefNum],
      [U32, ReplaceOrder50At.NewUserRefNum, OuchField.UserRefNum],
      [U32, ReplaceOrder50At.Shares, OuchField.Shares],
      [U64, ReplaceOrder50At.Price, OuchField.Price],
      [U8, ReplaceOrder50At.TimeInForce, OuchField.TimeInForce],
      [U8, ReplaceOrder50At.Display, OuchField.Display],
      [U8, ReplaceOrder50At.Sweep, OuchField.Sweep],
      [Text, ReplaceOrder50At.ClientId, OuchText.Token, TOKEN_BYTES],
    ],
    appendage: Appendage.Always,
    options: [...ENTERED_OPTIONS.filter((tag) => tag !== OptionTag.Firm && tag !== OptionTag.GroupId), OptionTag.Side],
  }),
  layoutOf({
    name: 'cancelOrder',
    type: Request50.CancelOrder,
    bytes: CancelOrder50At.Bytes,
    fields: [
      [U32, CancelOrder50At.UserRefNum, OuchField.UserRefNum],
      [U32, CancelOrder50At.Shares, OuchField.Shares],
    ],
    appendage: Appendage.Optional,
    options: INDEX_ONLY,
  }),
  layoutOf({
    name: 'modifyOrder',
    type: Request50.ModifyOrder,
    bytes: ModifyOrder50At.Bytes,
    fields: [
      [U32, ModifyOrder50At.UserRefNum, OuchField.UserRefNum],
      [U8, ModifyOrder50At.Side, OuchField.Side],
      [U32, ModifyOrder50At.Shares, OuchField.Shares],
    ],
    appendage: Appendage.Optional,
    options: [...INDEX_ONLY, ...LOCATES],
  }),
  layoutOf({
    name: 'massCancel',
    type: Request50.MassCancel,
    bytes: MassCancel50At.Bytes,
    fields: [
      [U32, MassCancel50At.UserRefNum, OuchField.UserRefNum],
      [Text, MassCancel50At.Firm, OuchText.Firm, 4],
      [Text, MassCancel50At.Symbol, OuchText.Symbol, 8],
    ],
    appendage: Appendage.Always,
    options: [OptionTag.Side, OptionTag.GroupId, ...INDEX_ONLY],
  }),
  layoutOf({ name: 'disableEntry', type: Request50.DisableEntry, ...SWITCH }),
  layoutOf({ name: 'enableEntry', type: Request50.EnableEntry, ...SWITCH }),
  layoutOf({
    name: 'accountQuery',
    type: Request50.AccountQuery,
    bytes: 1,
    fields: [],
    appendage: Appendage.Optional,
    options: INDEX_ONLY,
  }),
]
