import { Filled, Header, OpeningPosition, Side } from '../../kernels/records/catalogue.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { PositionAccount } from './position-account.ts'

const WORD = 4294967296

/** The positions of every strategy in every instrument, from the inbound records of a session. */
export class PositionLedger {
  readonly #accounts = new Map<number, PositionAccount>()

  /** Takes a Filled record. */
  noteFill(views: RecordViews, at: number): void {
    const quantity = views.f64[(at + Filled.Quantity) >> 3]!
    const isBuy = views.u32[(at + Filled.Side) >> 2]! === Side.Buy
    this.#accountOf(views, at).fill(isBuy ? quantity : -quantity, views.f64[(at + Filled.Price) >> 3]!)
  }

  /** Takes an OpeningPosition record. */
  noteOpening(views: RecordViews, at: number): void {
    const quantity = views.f64[(at + OpeningPosition.Quantity) >> 3]!
    this.#accountOf(views, at).open(quantity, views.f64[(at + OpeningPosition.AveragePrice) >> 3]!)
  }

  /** All that ever traded or were opened with, by strategy, then by instrument. */
  all(): PositionAccount[] {
    return [...this.#accounts.values()].sort((a, b) => a.strategy - b.strategy || a.instrument - b.instrument)
  }

  #accountOf(views: RecordViews, at: number): PositionAccount {
    const strategy = views.u16[(at + Header.Source) >> 1]!
    const instrument = views.u32[(at + Header.Instrument) >> 2]!
    const key = strategy * WORD + instrument
    let account = this.#accounts.get(key)
    if (account === undefined) {
      account = new PositionAccount(strategy, instrument)
      this.#accounts.set(key, account)
    }
    return account
  }
}
