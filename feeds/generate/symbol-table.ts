import { drawPermutation, WeightedIndex, zipfWeights } from './distributions.ts'
import { RandomStream } from './random.ts'

const FIRST_LETTERS = 'JQXZ'
const CONSONANTS = 'BDFGHKLMNPRSTVWYZC'
const VOWELS = 'AEIOU'
const TICKER_KINDS = FIRST_LETTERS.length * CONSONANTS.length * VOWELS.length * CONSONANTS.length * VOWELS.length
/** Coprime to the number of kinds, so that a stride through them visits each once. */
const TICKER_STRIDE = 7_919

/** Price classes in dollars (from, to) and how many symbols of 16 fall in each. */
const PRICE_CLASSES = [
  { from: 6, to: 15, share: 4 },
  { from: 15, to: 45, share: 6 },
  { from: 45, to: 120, share: 4 },
  { from: 120, to: 380, share: 2 },
] as const
const SPREAD_TICKS_BY_CLASS = [
  [1, 1, 1, 2],
  [1, 1, 2, 2],
  [1, 2, 2, 3],
  [2, 3, 4, 5],
] as const

/** Price units of one tick: a cent in four decimals. */
export const TICK = 100

export enum SymbolState {
  Trading = 0,
  Halted = 1,
  Quoting = 2,
  /** Before the opening cross and after the closing cross: orders, but no trades. */
  Closed = 3,
}

/** What each symbol is and where its agents stand; arrays by symbol index, which is the locate code less one. */
export class SymbolTable {
  readonly count: number
  /** Eight ASCII bytes per symbol, ascending. */
  readonly tickers: Uint8Array
  readonly startPrice: Float64Array
  readonly spreadTicks: Int32Array
  /** Usual shares of one order, in hundreds. */
  readonly usualLots: Int32Array
  readonly makers: Int32Array
  readonly state: Uint8Array
  /** Value that the agents believe in, in price units; moves before the quotes do. */
  readonly fairValue: Float64Array
  /** Slow value that the fair value returns to. */
  readonly anchorValue: Float64Array
  readonly trend: Float64Array
  /** Symbol index by activity rank. */
  readonly byRank: Int32Array
  private readonly rankDraw: WeightedIndex

  constructor(count: number, seed: number) {
    const random = new RandomStream(seed, 2)
    this.count = count
    this.tickers = buildTickers(count)
    this.startPrice = new Float64Array(count)
    this.spreadTicks = new Int32Array(count)
    this.usualLots = new Int32Array(count)
    this.makers = new Int32Array(count)
    this.state = new Uint8Array(count).fill(SymbolState.Closed)
    this.fairValue = new Float64Array(count)
    this.anchorValue = new Float64Array(count)
    this.trend = new Float64Array(count)
    this.byRank = drawPermutation(random, count)
    this.rankDraw = new WeightedIndex(zipfWeights(count))
    for (let rank = 0; rank < count; rank++) this.drawSymbol(this.byRank[rank]!, rank, random)
  }

  /** A symbol, the busier the likelier. */
  drawActive(random: RandomStream): number {
    return this.byRank[this.rankDraw.draw(random)]!
  }

  private drawSymbol(symbol: number, rank: number, random: RandomStream): void {
    let left = random.below(16)
    let index = 0
    while (left >= PRICE_CLASSES[index]!.share) left -= PRICE_CLASSES[index++]!.share
    const range = PRICE_CLASSES[index]!
    const cents = range.from * 100 + random.below((range.to - range.from) * 100)
    this.startPrice[symbol] = cents * TICK
    this.fairValue[symbol] = cents * TICK
    this.anchorValue[symbol] = cents * TICK
    this.spreadTicks[symbol] = SPREAD_TICKS_BY_CLASS[index]![random.bits(2)]!
    this.usualLots[symbol] = index === 0 ? 3 : index === 3 ? 1 : 2
    this.makers[symbol] = rank * 4 < this.count ? 3 : rank * 2 < this.count ? 2 : 1
  }
}

/** Invented five-letter tickers in the order of their locate codes: alphabetical, as on a real day. */
function buildTickers(count: number): Uint8Array {
  const names: string[] = []
  for (let i = 0; i < count; i++) {
    let code = (i * TICKER_STRIDE) % TICKER_KINDS
    let name = ''
    for (const letters of [VOWELS, CONSONANTS, VOWELS, CONSONANTS, FIRST_LETTERS]) {
      name = letters.charAt(code % letters.length) + name
      code = Math.floor(code / letters.length)
    }
    names.push(name)
  }
  names.sort()
  const tickers = new Uint8Array(count * 8).fill(0x20)
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < 5; j++) tickers[i * 8 + j] = names[i]!.charCodeAt(j)
  }
  return tickers
}
