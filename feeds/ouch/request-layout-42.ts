/**
 * What a client sends in OUCH 4.2, in unsequenced packets of SoupBinTCP.
 * Source: Nasdaq O*U*C*H version 4.2 specification, section 2 "Inbound Messages". Numbers are unsigned and big-endian; text is
 * ASCII, left-justified, padded with spaces; prices have 4 implied decimals. Offset 0 is the type.
 *
 *     type  message        from offset 1: name:bytes                                                          bytes
 *     O     enter order    token:14 side:1 shares:4 stock:8 price:4 timeInForce:4 firm:4 display:1
 *                          capacity:1 sweep:1 minimumShares:4 crossType:1 customerType:1                         49
 *     U     replace order  token:14 newToken:14 shares:4 price:4 timeInForce:4 display:1 sweep:1
 *                          minimumShares:4                                                                       47
 *     X     cancel order   token:14 shares:4 (that shall be left)                                                19
 *     M     modify order   token:14 side:1 shares:4                                                              20
 *     N     trade now      token:14                                                                              15
 */
import { OuchField, OuchText, TOKEN_BYTES } from './message.ts'
import { FieldKind, layoutOf, type OuchLayout } from './message-layout.ts'

export enum Request42 {
  EnterOrder = 0x4f,
  ReplaceOrder = 0x55,
  CancelOrder = 0x58,
  ModifyOrder = 0x4d,
  TradeNow = 0x4e,
}

export enum EnterOrder42At {
  Token = 1,
  Side = 15,
  Shares = 16,
  Stock = 20,
  Price = 28,
  TimeInForce = 32,
  Firm = 36,
  Display = 40,
  Capacity = 41,
  Sweep = 42,
  MinimumShares = 43,
  CrossType = 47,
  CustomerType = 48,
  Bytes = 49,
}

export enum ReplaceOrder42At {
  Token = 1,
  NewToken = 15,
  Shares = 29,
  Price = 33,
  TimeInForce = 37,
  Display = 41,
  Sweep = 42,
  MinimumShares = 43,
  Bytes = 47,
}

export enum CancelOrder42At {
  Token = 1,
  Shares = 15,
  Bytes = 19,
}

export enum ModifyOrder42At {
  Token = 1,
  Side = 15,
  Shares = 16,
  Bytes = 20,
}

export enum TradeNow42At {
  Token = 1,
  Bytes = 15,
}

const { U8, U32, Text } = FieldKind

/** Every message of a client, OUCH 4.2. In a replacement, `Token` is the new one and `PreviousToken` the order's. */
export const REQUESTS_42: readonly OuchLayout[] = [
  layoutOf({
    name: 'enterOrder',
    type: Request42.EnterOrder,
    bytes: EnterOrder42At.Bytes,
    fields: [
      [Text, EnterOrder42At.Token, OuchText.Token, TOKEN_BYTES],
      [U8, EnterOrder42At.Side, OuchField.Side],
      [U32, EnterOrder42At.Shares, OuchField.Shares],
      [Text, EnterOrder42At.Stock, OuchText.Symbol, 8],
      [U32, EnterOrder42At.Price, OuchField.Price],
      [U32, EnterOrder42At.TimeInForce, OuchField.TimeInForce],
      [Text, EnterOrder42At.Firm, OuchText.Firm, 4],
      [U8, EnterOrder42At.Display, OuchField.Display],
      [U8, EnterOrder42At.Capacity, OuchField.Capacity],
      [U8, EnterOrder42At.Sweep, OuchField.Sweep],
      [U32, EnterOrder42At.MinimumShares, OuchField.MinimumShares],
      [U8, EnterOrder42At.CrossType, OuchField.CrossType],
      [U8, EnterOrder42At.CustomerType, OuchField.CustomerType],
    ],
  }),
  layoutOf({
    name: 'replaceOrder',
    type: Request42.ReplaceOrder,
    bytes: ReplaceOrder42At.Bytes,
    fields: [
      [Text, ReplaceOrder42At.Token, OuchText.PreviousToken, TOKEN_BYTES],
      [Text, ReplaceOrder42At.NewToken, OuchText.Token, TOKEN_BYTES],
      [U32, ReplaceOrder42At.Shares, OuchField.Shares],
      [U32, ReplaceOrder42At.Price, OuchField.Price],
      [U32, ReplaceOrder42At.TimeInForce, OuchField.TimeInForce],
      [U8, ReplaceOrder42At.Display, OuchField.Display],
      [U8, ReplaceOrder42At.Sweep, OuchField.Sweep],
      [U32, ReplaceOrder42At.MinimumShares, OuchField.MinimumShares],
    ],
  }),
  layoutOf({
    name: 'cancelOrder',
    type: Request42.CancelOrder,
    bytes: CancelOrder42At.Bytes,
    fields: [
      [Text, CancelOrder42At.Token, OuchText.Token, TOKEN_BYTES],
      [U32, CancelOrder42At.Shares, OuchField.Shares],
    ],
  }),
  layoutOf({
    name: 'modifyOrder',
    type: Request42.ModifyOrder,
    bytes: ModifyOrder42At.Bytes,
    fields: [
      [Text, ModifyOrder42At.Token, OuchText.Token, TOKEN_BYTES],
      [U8, ModifyOrder42At.Side, OuchField.Side],
      [U32, ModifyOrder42At.Shares, OuchField.Shares],
    ],
  }),
  layoutOf({
    name: 'tradeNow',
    type: Request42.TradeNow,
    bytes: TradeNow42At.Bytes,
    fields: [[Text, TradeNow42At.Token, OuchText.Token, TOKEN_BYTES]],
  }),
]
