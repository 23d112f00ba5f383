import type { PositionResult } from '../run/types.ts'

/** All strategies' positions in one instrument. */
export interface InstrumentAccount {
  readonly symbol: string
  quantity: number
  markPrice: number | null
  tradedQuantity: number
  fills: number
  pnlRealised: number
  pnlUnrealised: number
}

/** Sums positions by instrument; those that won or lost the most come first, the symbol decides between equals. */
export function sumByInstrument(positions: readonly PositionResult[]): InstrumentAccount[] {
  const accounts = new Map<string, InstrumentAccount>()
  for (const position of positions) {
    const { symbol, markPrice } = position
    let account = accounts.get(symbol)
    if (account === undefined) {
      account = { symbol, quantity: 0, markPrice, tradedQuantity: 0, fills: 0, pnlRealised: 0, pnlUnrealised: 0 }
      accounts.set(symbol, account)
    }
    account.markPrice ??= markPrice
    account.quantity += position.quantity
    account.tradedQuantity += position.tradedQuantity
    account.fills += position.fills
    account.pnlRealised += position.pnlRealised
    account.pnlUnrealised += position.pnlUnrealised
  }
  const moved = (account: InstrumentAccount) => Math.abs(account.pnlRealised + account.pnlUnrealised)
  return [...accounts.values()].sort(
    (left, right) => moved(right) - moved(left) || (left.symbol < right.symbol ? -1 : 1),
  )
}
