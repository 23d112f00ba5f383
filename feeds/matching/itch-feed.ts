import type { ItchWriter } from '../generate/itch-writer.ts'
import {
  AuctionFact,
  EventDouble,
  EventWord,
  Liquidity,
  MatchEvent,
  type MatchListener,
  TradingState,
} from './engine-codes.ts'
import type { MatchingEngine } from './matching-engine.ts'
import { OrderCell, OrderCellShift, OrderFlag } from './order-cell.ts'

const WORD = 0x1_0000_0000
/** Letters of the trading action message by `TradingState`. Source: TotalView-ITCH 5.0, section 1.2.2. */
const STATE_LETTERS = ['', 'T', 'Q', 'H']
const CROSS_LETTERS = new Map<number, string>([
  [OrderFlag.OpeningCross, 'O'],
  [OrderFlag.ClosingCross, 'C'],
  [OrderFlag.HaltCross, 'H'],
])
const IS_CROSS = new Set<number>([Liquidity.OpeningCross, Liquidity.ClosingCross, Liquidity.HaltCross])
/** Upper ends of the price variation classes in percent, and their letters. Source: section 1.6 "NOII". */
const VARIATIONS: readonly (readonly [number, string])[] = [
  [1, 'L'],
  ...[2, 3, 4, 5, 6, 7, 8, 9, 10].map((end) => [end, `${end - 1}`] as const),
  [20, 'A'],
  [30, 'B'],
  [Number.POSITIVE_INFINITY, 'C'],
]

/**
 * What the engine does, as TotalView-ITCH 5.0. Decoded, it rebuilds the engine's displayed book: order by order, in the
 * same priority. Executions of hidden orders are P, those of displayed orders in a cross are C and not printed, the
 * cross itself is Q. Instrument n is the writer's symbol n − 1.
 */
export class ItchFeed implements MatchListener {
  /** Four letters that say why the next trading action comes. */
  reason = '    '
  /** Names of the accounts whose attributed orders carry them, four letters by account. */
  readonly participants: string[] = []
  private readonly engine: MatchingEngine
  private readonly writer: ItchWriter
  private readonly highOffset: number

  /** @param highOffset added to the upper 32 bits of every reference, for feeds with references beyond 2^53 */
  constructor(engine: MatchingEngine, writer: ItchWriter, highOffset = 0) {
    this.engine = engine
    this.writer = writer
    this.highOffset = highOffset
  }

  take(): void {
    const { engine, writer } = this
    const { event } = engine
    const symbol = event[EventWord.Instrument]! - 1
    const slot = event[EventWord.Slot]!
    const price = event[EventWord.Price]!
    const quantity = event[EventWord.Quantity]!
    switch (event[EventWord.Type]) {
      case MatchEvent.Displayed:
        this.displayed(slot, symbol, price, quantity)
        break
      case MatchEvent.Removed: {
        const reference = engine.eventDoubles[EventDouble.OldReference]!
        writer.orderDelete(symbol, this.high(reference), reference % WORD)
        break
      }
      case MatchEvent.Reduced: {
        const reference = engine.referenceOf(slot)
        writer.orderCancel(symbol, this.high(reference), reference % WORD, quantity)
        break
      }
      case MatchEvent.Moved: {
        const old = engine.eventDoubles[EventDouble.OldReference]!
        const now = engine.referenceOf(slot)
        writer.orderReplace(symbol, this.high(old), old % WORD, this.high(now), now % WORD, quantity, price)
        break
      }
      case MatchEvent.Executed:
        if (event[EventWord.IsResting] === 1) this.executed(slot, symbol, price, quantity)
        break
      case MatchEvent.StateChanged:
        this.stateChanged(symbol)
        break
      case MatchEvent.CrossPrinted:
        this.crossPrinted(symbol)
        break
      case MatchEvent.Imbalance:
        this.imbalance(symbol)
        break
      default:
    }
  }

  private high(reference: number): number {
    return Math.floor(reference / WORD) + this.highOffset
  }

  private displayed(slot: number, symbol: number, price: number, quantity: number): void {
    const { cells } = this.engine
    const at = slot << OrderCellShift.Words
    const reference = this.engine.referenceOf(slot)
    const isAttributed = (cells[at | OrderCell.Flags]! & OrderFlag.Attributed) !== 0
    const participant = isAttributed ? (this.participants[cells[at | OrderCell.Account]!] ?? '') : ''
    const isBuy = (cells[at | OrderCell.BookSide]! & 1) === 0
    this.writer.addOrder(symbol, this.high(reference), reference % WORD, isBuy, quantity, price, participant)
  }

  private executed(slot: number, symbol: number, price: number, quantity: number): void {
    const { event, eventDoubles } = this.engine
    const match = eventDoubles[EventDouble.Match]!
    const isCross = IS_CROSS.has(event[EventWord.Code]!)
    if (event[EventWord.IsDisplayed] === 0) {
      if (!isCross) this.writer.hiddenTrade(symbol, quantity, price, match)
      return
    }
    const reference = this.engine.referenceOf(slot)
    const high = this.high(reference)
    const low = reference % WORD
    if (isCross) this.writer.orderExecutedWithPrice(symbol, high, low, quantity, match, false, price)
    else this.writer.orderExecuted(symbol, high, low, quantity, match)
  }

  private stateChanged(symbol: number): void {
    const letter = STATE_LETTERS[this.engine.event[EventWord.Code]!]!
    if (letter !== '') this.writer.tradingAction(symbol, letter, this.reason)
    this.reason = '    '
  }

  private crossPrinted(symbol: number): void {
    const { event, auction, match } = this.engine
    const letter = CROSS_LETTERS.get(event[EventWord.Code]!)!
    this.writer.crossTrade(symbol, auction[AuctionFact.Paired]!, auction[AuctionFact.Price]!, match[0]!, letter)
  }

  private imbalance(symbol: number): void {
    const { event, auction } = this.engine
    const direction = auction[AuctionFact.Direction]!
    const near = auction[AuctionFact.Price]!
    const reference = auction[AuctionFact.ReferencePrice]!
    this.writer.imbalance(
      symbol,
      auction[AuctionFact.Paired]!,
      auction[AuctionFact.Imbalance]!,
      reference === 0 ? 'O' : direction === 0 ? 'N' : direction > 0 ? 'B' : 'S',
      auction[AuctionFact.FarPrice]!,
      near,
      reference,
      CROSS_LETTERS.get(event[EventWord.Code]!)!,
      varies(near, reference),
    )
  }
}

function varies(near: number, reference: number): string {
  if (near === 0 || reference === 0) return ' '
  const percent = (Math.abs(near - reference) * 100) / reference
  return VARIATIONS.find(([end]) => percent < end)![1]
}

if (TradingState.Halted !== STATE_LETTERS.length - 1) throw new Error('ITCH feed: a trading state has no letter')
