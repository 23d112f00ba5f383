import { MessageChunk } from './message-chunk.ts'

/**
 * Writes TotalView-ITCH 5.0 messages, each behind its two-byte length, into one chunk buffer.
 * Source: Nasdaq TotalView-ITCH 5.0 specification, "Message Formats"; the framing is that of Nasdaq BinaryFILE
 * (a big-endian u16 length, then the message), which is also how MoldUDP64 frames a message block.
 *
 *      0        2      3            5              7                 13
 *     ┌────────┬──────┬────────────┬──────────────┬─────────────────┬───────────────
 *     │ length │ type │ locate u16 │ tracking u16 │ timestamp 6 B   │ payload …
 *     └────────┴──────┴────────────┴──────────────┴─────────────────┴───────────────
 *
 * Offsets in this file count from the message's type byte, as the specification does. All integers are big-endian;
 * prices are u32 with four implied decimals; text is left-justified and padded with spaces.
 */

/** Length of each message the generator sends, by its type, without the two bytes of framing. */
export const MESSAGE_BYTES = {
  systemEvent: 12,
  stockDirectory: 39,
  tradingAction: 25,
  regSho: 20,
  marketParticipantPosition: 26,
  mwcbLevels: 35,
  luldCollar: 35,
  addOrder: 36,
  addOrderAttributed: 40,
  orderExecuted: 31,
  orderExecutedWithPrice: 36,
  orderCancel: 23,
  orderDelete: 19,
  orderReplace: 35,
  trade: 44,
  crossTrade: 40,
  brokenTrade: 19,
  imbalance: 50,
} as const

const BUY = 0x42
const SELL = 0x53

/** Quantities, prices and references are whole numbers; a symbol is an index from 0. */
export class ItchWriter extends MessageChunk {
  systemEvent(code: string): void {
    const at = this.begin(0x53, MESSAGE_BYTES.systemEvent, -1)
    this.putText(at + 11, code, 1)
  }

  /** Stock directory; the fields that are not given are those of an ordinary common stock. */
  stockDirectory(symbol: number, category: string, roundLot: number, luldTier: string): void {
    const at = this.begin(0x52, MESSAGE_BYTES.stockDirectory, symbol)
    this.putTicker(at + 11, symbol)
    this.putText(at + 19, category, 1)
    this.putText(at + 20, 'N', 1)
    this.putU32(at + 21, roundLot)
    // Round lots only N, classification C, sub-type Z, authenticity P, short sale threshold N, IPO N.
    this.putText(at + 25, 'NCZ PNN', 7)
    this.putText(at + 32, luldTier, 1)
    this.putText(at + 33, 'N', 1)
    this.putU32(at + 34, 0)
    this.putText(at + 38, 'N', 1)
  }

  tradingAction(symbol: number, state: string, reason: string): void {
    const at = this.begin(0x48, MESSAGE_BYTES.tradingAction, symbol)
    this.putTicker(at + 11, symbol)
    this.putText(at + 19, state, 1)
    this.putText(at + 20, ' ', 1)
    this.putText(at + 21, reason, 4)
  }

  regSho(symbol: number, action: string): void {
    const at = this.begin(0x59, MESSAGE_BYTES.regSho, symbol)
    this.putTicker(at + 11, symbol)
    this.putText(at + 19, action, 1)
  }

  marketParticipantPosition(symbol: number, participant: string, isPrimary: boolean): void {
    const at = this.begin(0x4c, MESSAGE_BYTES.marketParticipantPosition, symbol)
    this.putText(at + 11, participant, 4)
    this.putTicker(at + 15, symbol)
    this.putText(at + 23, isPrimary ? 'Y' : 'N', 1)
    this.putText(at + 24, 'N', 1)
    this.putText(at + 25, 'A', 1)
  }

  /** @param levels three index levels with eight implied decimals, below 2^53 */
  mwcbLevels(levels: readonly [number, number, number]): void {
    const at = this.begin(0x56, MESSAGE_BYTES.mwcbLevels, -1)
    this.putU64(at + 11, levels[0])
    this.putU64(at + 19, levels[1])
    this.putU64(at + 27, levels[2])
  }

  luldCollar(symbol: number, reference: number, upper: number, lower: number): void {
    const at = this.begin(0x4a, MESSAGE_BYTES.luldCollar, symbol)
    this.putTicker(at + 11, symbol)
    this.putU32(at + 19, reference)
    this.putU32(at + 23, upper)
    this.putU32(at + 27, lower)
    this.putU32(at + 31, 0)
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
    const length = isAttributed ? MESSAGE_BYTES.addOrderAttributed : MESSAGE_BYTES.addOrder
    const at = this.begin(isAttributed ? 0x46 : 0x41, length, symbol)
    this.putU32(at + 11, high)
    this.putU32(at + 15, low)
    this.bytes[at + 19] = isBuy ? BUY : SELL
    this.putU32(at + 20, quantity)
    this.putTicker(at + 24, symbol)
    this.putU32(at + 32, price)
    if (isAttributed) this.putText(at + 36, participant, 4)
  }

  orderExecuted(symbol: number, high: number, low: number, quantity: number, match: number): void {
    const at = this.begin(0x45, MESSAGE_BYTES.orderExecuted, symbol)
    this.putU32(at + 11, high)
    this.putU32(at + 15, low)
    this.putU32(at + 19, quantity)
    this.putU64(at + 23, match)
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
    const at = this.begin(0x43, MESSAGE_BYTES.orderExecutedWithPrice, symbol)
    this.putU32(at + 11, high)
    this.putU32(at + 15, low)
    this.putU32(at + 19, quantity)
    this.putU64(at + 23, match)
    this.putText(at + 31, isPrintable ? 'Y' : 'N', 1)
    this.putU32(at + 32, price)
  }

  orderCancel(symbol: number, high: number, low: number, quantity: number): void {
    const at = this.begin(0x58, MESSAGE_BYTES.orderCancel, symbol)
    this.putU32(at + 11, high)
    this.putU32(at + 15, low)
    this.putU32(at + 19, quantity)
  }

  orderDelete(symbol: number, high: number, low: number): void {
    const at = this.begin(0x44, MESSAGE_BYTES.orderDelete, symbol)
    this.putU32(at + 11, high)
    this.putU32(at + 15, low)
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
    const at = this.begin(0x55, MESSAGE_BYTES.orderReplace, symbol)
    this.putU32(at + 11, high)
    this.putU32(at + 15, low)
    this.putU32(at + 19, newHigh)
    this.putU32(at + 23, newLow)
    this.putU32(at + 27, quantity)
    this.putU32(at + 31, price)
  }

  /** An execution against a hidden order: reference 0 and side B, as the specification prescribes since 2014. */
  hiddenTrade(symbol: number, quantity: number, price: number, match: number): void {
    const at = this.begin(0x50, MESSAGE_BYTES.trade, symbol)
    this.putU64(at + 11, 0)
    this.bytes[at + 19] = BUY
    this.putU32(at + 20, quantity)
    this.putTicker(at + 24, symbol)
    this.putU32(at + 32, price)
    this.putU64(at + 36, match)
  }

  crossTrade(symbol: number, quantity: number, price: number, match: number, crossType: string): void {
    const at = this.begin(0x51, MESSAGE_BYTES.crossTrade, symbol)
    this.putU64(at + 11, quantity)
    this.putTicker(at + 19, symbol)
    this.putU32(at + 27, price)
    this.putU64(at + 31, match)
    this.putText(at + 39, crossType, 1)
  }

  brokenTrade(symbol: number, match: number): void {
    const at = this.begin(0x42, MESSAGE_BYTES.brokenTrade, symbol)
    this.putU64(at + 11, match)
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
    const at = this.begin(0x49, MESSAGE_BYTES.imbalance, symbol)
    this.putU64(at + 11, paired)
    this.putU64(at + 19, imbalance)
    this.putText(at + 27, direction, 1)
    this.putTicker(at + 28, symbol)
    this.putU32(at + 36, farPrice)
    this.putU32(at + 40, nearPrice)
    this.putU32(at + 44, referencePrice)
    this.putText(at + 48, crossType, 1)
    this.putText(at + 49, variation, 1)
  }
}
