import {
  AddOrderAt,
  AttributedAt,
  BrokenTradeAt,
  CancelAt,
  CrossAt,
  DeleteAt,
  DirectoryAt,
  ExecutedAt,
  ImbalanceAt,
  Itch50Type,
  ReplaceAt,
  SystemEventAt,
  TradeAt,
  TradingActionAt,
  WithPriceAt,
} from '../itch50/layout.ts'
import { MessageChunk } from '../itch50/message-chunk.ts'

/**
 * Lengths of the messages of which the decoder reads no field, and the offsets of theirs. Source: as the rest of the
 * layout, Nasdaq TotalView-ITCH 5.0 specification (2023), sections 1.2.3, 1.2.4, 1.2.5 and 1.2.7.
 */
enum RegShoAt {
  Stock = 11,
  Action = 19,
  Bytes = 20,
}

enum ParticipantAt {
  Participant = 11,
  Stock = 15,
  Primary = 23,
  Mode = 24,
  State = 25,
  Bytes = 26,
}

enum BreakerLevelsAt {
  Level1 = 11,
  Level2 = 19,
  Level3 = 27,
  Bytes = 35,
}

enum CollarAt {
  Stock = 11,
  Reference = 19,
  Upper = 23,
  Lower = 27,
  Extension = 31,
  Bytes = 35,
}

const BUY = 0x42
const SELL = 0x53

/**
 * Writes TotalView-ITCH 5.0 messages, each behind its two-byte length (the framing of Nasdaq BinaryFILE and of MoldUDP64
 * blocks alike). Quantities, prices and references are whole numbers; a symbol is an index from 0.
 */
export class ItchWriter extends MessageChunk {
  private readonly tickers: Uint8Array

  /** @param tickers eight ASCII bytes per symbol, at symbol index × 8; locate code = symbol index + 1 */
  constructor(tickers: Uint8Array) {
    super()
    this.tickers = tickers
  }

  systemEvent(code: string): void {
    const at = this.begin(Itch50Type.SystemEvent, SystemEventAt.Bytes, 0)
    this.putText(at + SystemEventAt.Event, code, 1)
  }

  /** Stock directory; the fields that are not given are those of an ordinary common stock. */
  stockDirectory(symbol: number, category: string, roundLot: number, luldTier: string): void {
    const at = this.begin(Itch50Type.StockDirectory, DirectoryAt.Bytes, symbol + 1)
    this.putTicker(at + DirectoryAt.Stock, symbol)
    this.putText(at + DirectoryAt.Category, category, 1)
    this.putText(at + DirectoryAt.Financial, 'N', 1)
    this.putU32(at + DirectoryAt.RoundLot, roundLot)
    // Round lots only N, classification C, sub-type Z, authenticity P, short sale threshold N, IPO N.
    this.putText(at + DirectoryAt.RoundLotsOnly, 'NCZ PNN', 7)
    this.putText(at + DirectoryAt.LuldTier, luldTier, 1)
    this.putText(at + DirectoryAt.Etp, 'N', 1)
    this.putU32(at + DirectoryAt.EtpLeverage, 0)
    this.putText(at + DirectoryAt.Inverse, 'N', 1)
  }

  tradingAction(symbol: number, state: string, reason: string): void {
    const at = this.begin(Itch50Type.TradingAction, TradingActionAt.Bytes, symbol + 1)
    this.putTicker(at + TradingActionAt.Stock, symbol)
    this.putText(at + TradingActionAt.State, state, 1)
    this.putText(at + TradingActionAt.Reserved, ' ', 1)
    this.putText(at + TradingActionAt.Reason, reason, 4)
  }

  regSho(symbol: number, action: string): void {
    const at = this.begin(Itch50Type.RegSho, RegShoAt.Bytes, symbol + 1)
    this.putTicker(at + RegShoAt.Stock, symbol)
    this.putText(at + RegShoAt.Action, action, 1)
  }

  marketParticipantPosition(symbol: number, participant: string, isPrimary: boolean): void {
    const at = this.begin(Itch50Type.ParticipantPosition, ParticipantAt.Bytes, symbol + 1)
    this.putText(at + ParticipantAt.Participant, participant, 4)
    this.putTicker(at + ParticipantAt.Stock, symbol)
    this.putText(at + ParticipantAt.Primary, isPrimary ? 'Y' : 'N', 1)
    this.putText(at + ParticipantAt.Mode, 'N', 1)
    this.putText(at + ParticipantAt.State, 'A', 1)
  }

  /** @param levels three index levels with eight implied decimals, below 2^53 */
  mwcbLevels(levels: readonly [number, number, number]): void {
    const at = this.begin(Itch50Type.BreakerLevels, BreakerLevelsAt.Bytes, 0)
    this.putU64(at + BreakerLevelsAt.Level1, levels[0])
    this.putU64(at + BreakerLevelsAt.Level2, levels[1])
    this.putU64(at + BreakerLevelsAt.Level3, levels[2])
  }

  luldCollar(symbol: number, reference: number, upper: number, lower: number): void {
    const at = this.begin(Itch50Type.LuldCollar, CollarAt.Bytes, symbol + 1)
    this.putTicker(at + CollarAt.Stock, symbol)
    this.putU32(at + CollarAt.Reference, reference)
    this.putU32(at + CollarAt.Upper, upper)
    this.putU32(at + CollarAt.Lower, lower)
    this.putU32(at + CollarAt.Extension, 0)
  }

  /** @param participant four letters for an attributed add (F), or empty (A) */
  addOrder(
    symbol: number,
    high: number,
    low: number,
    isBuy: boolean,
    quantity: number,
    price: number,
    participant: string,
  ): void {
    const isAttributed = participant !== ''
    const length = isAttributed ? AttributedAt.Bytes : AddOrderAt.Bytes
    const at = this.begin(isAttributed ? Itch50Type.AddOrderAttributed : Itch50Type.AddOrder, length, symbol + 1)
    this.putU32(at + AddOrderAt.Reference, high)
    this.putU32(at + AddOrderAt.Reference + 4, low)
    this.bytes[at + AddOrderAt.Side] = isBuy ? BUY : SELL
    this.putU32(at + AddOrderAt.Shares, quantity)
    this.putTicker(at + AddOrderAt.Stock, symbol)
    this.putU32(at + AddOrderAt.Price, price)
    if (isAttributed) this.putText(at + AttributedAt.Attribution, participant, 4)
  }

  orderExecuted(symbol: number, high: number, low: number, quantity: number, match: number): void {
    const at = this.begin(Itch50Type.OrderExecuted, ExecutedAt.Bytes, symbol + 1)
    this.putU32(at + ExecutedAt.Reference, high)
    this.putU32(at + ExecutedAt.Reference + 4, low)
    this.putU32(at + ExecutedAt.Shares, quantity)
    this.putU64(at + ExecutedAt.Match, match)
  }

  orderExecutedWithPrice(
    symbol: number,
    high: number,
    low: number,
    quantity: number,
    match: number,
    isPrintable: boolean,
    price: number,
  ): void {
    const at = this.begin(Itch50Type.OrderExecutedWithPrice, WithPriceAt.Bytes, symbol + 1)
    this.putU32(at + ExecutedAt.Reference, high)
    this.putU32(at + ExecutedAt.Reference + 4, low)
    this.putU32(at + ExecutedAt.Shares, quantity)
    this.putU64(at + ExecutedAt.Match, match)
    this.putText(at + WithPriceAt.Printable, isPrintable ? 'Y' : 'N', 1)
    this.putU32(at + WithPriceAt.Price, price)
  }

  orderCancel(symbol: number, high: number, low: number, quantity: number): void {
    const at = this.begin(Itch50Type.OrderCancel, CancelAt.Bytes, symbol + 1)
    this.putU32(at + CancelAt.Reference, high)
    this.putU32(at + CancelAt.Reference + 4, low)
    this.putU32(at + CancelAt.Shares, quantity)
  }

  orderDelete(symbol: number, high: number, low: number): void {
    const at = this.begin(Itch50Type.OrderDelete, DeleteAt.Bytes, symbol + 1)
    this.putU32(at + DeleteAt.Reference, high)
    this.putU32(at + DeleteAt.Reference + 4, low)
  }

  orderReplace(
    symbol: number,
    high: number,
    low: number,
    newHigh: number,
    newLow: number,
    quantity: number,
    price: number,
  ): void {
    const at = this.begin(Itch50Type.OrderReplace, ReplaceAt.Bytes, symbol + 1)
    this.putU32(at + ReplaceAt.Reference, high)
    this.putU32(at + ReplaceAt.Reference + 4, low)
    this.putU32(at + ReplaceAt.NewReference, newHigh)
    this.putU32(at + ReplaceAt.NewReference + 4, newLow)
    this.putU32(at + ReplaceAt.Shares, quantity)
    this.putU32(at + ReplaceAt.Price, price)
  }

  /** An execution against a hidden order: reference 0 and side B, as the specification prescribes since 2014. */
  hiddenTrade(symbol: number, quantity: number, price: number, match: number): void {
    const at = this.begin(Itch50Type.Trade, TradeAt.Bytes, symbol + 1)
    this.putU64(at + TradeAt.Reference, 0)
    this.bytes[at + TradeAt.Side] = BUY
    this.putU32(at + TradeAt.Shares, quantity)
    this.putTicker(at + TradeAt.Stock, symbol)
    this.putU32(at + TradeAt.Price, price)
    this.putU64(at + TradeAt.Match, match)
  }

  crossTrade(symbol: number, quantity: number, price: number, match: number, crossType: string): void {
    const at = this.begin(Itch50Type.CrossTrade, CrossAt.Bytes, symbol + 1)
    this.putU64(at + CrossAt.Shares, quantity)
    this.putTicker(at + CrossAt.Stock, symbol)
    this.putU32(at + CrossAt.Price, price)
    this.putU64(at + CrossAt.Match, match)
    this.putText(at + CrossAt.CrossType, crossType, 1)
  }

  brokenTrade(symbol: number, match: number): void {
    const at = this.begin(Itch50Type.BrokenTrade, BrokenTradeAt.Bytes, symbol + 1)
    this.putU64(at + BrokenTradeAt.Match, match)
  }

  imbalance(
    symbol: number,
    paired: number,
    imbalance: number,
    direction: string,
    farPrice: number,
    nearPrice: number,
    referencePrice: number,
    crossType: string,
    variation: string,
  ): void {
    const at = this.begin(Itch50Type.Imbalance, ImbalanceAt.Bytes, symbol + 1)
    this.putU64(at + ImbalanceAt.Paired, paired)
    this.putU64(at + ImbalanceAt.Imbalance, imbalance)
    this.putText(at + ImbalanceAt.Direction, direction, 1)
    this.putTicker(at + ImbalanceAt.Stock, symbol)
    this.putU32(at + ImbalanceAt.Far, farPrice)
    this.putU32(at + ImbalanceAt.Near, nearPrice)
    this.putU32(at + ImbalanceAt.Reference, referencePrice)
    this.putText(at + ImbalanceAt.CrossType, crossType, 1)
    this.putText(at + ImbalanceAt.Variation, variation, 1)
  }

  private putTicker(at: number, symbol: number): void {
    for (let i = 0; i < 8; i++) this.bytes[at + i] = this.tickers[symbol * 8 + i]!
  }
}
