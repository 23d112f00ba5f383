import { TradingState } from '../../kernels/records/catalogue.ts'
import type { StateArchive } from '../../kernels/records/state-archive.ts'

/** Whether an instrument's book can be believed. */
export enum BookState {
  Whole = 0,
  /** It was emptied; whole again with the first record that is no part of a snapshot. */
  Cleared = 1,
  /** Changes are missing; whole again when the feed says so. */
  Stale = 2,
}

/**
 * The trading state of every instrument, and whether its book is whole. One never heard of counts as trading, and its book
 * as whole: captures may begin in mid-session.
 */
export class TradingStates {
  private readonly states: Uint8Array
  /** `BookState` by instrument, as it was said of it alone. */
  private readonly books: Uint8Array
  /** By instrument: 1 since all were said to be stale, until all or it was said to be whole; at 0 for those to come. */
  private readonly staleWithAll: Uint8Array

  constructor(instrumentsMax: number) {
    this.states = new Uint8Array(instrumentsMax + 1)
    this.books = new Uint8Array(instrumentsMax + 1)
    this.staleWithAll = new Uint8Array(instrumentsMax + 1)
  }

  /** Saves or restores all. */
  archive(archive: StateArchive): void {
    archive.array(this.states)
    archive.array(this.books)
    archive.array(this.staleWithAll)
  }

  bookStateOf(instrument: number): BookState {
    return this.staleWithAll[instrument] === 1 ? BookState.Stale : this.books[instrument]!
  }

  /** What is said of one instrument: that it is whole takes back what was said of all. */
  setBookState(instrument: number, state: BookState): void {
    this.books[instrument] = state
    if (state === BookState.Whole) this.staleWithAll[instrument] = 0
  }

  /** What is said of all, for one of them; 0 for those to come. A book that lost changes of its own is not whole with the others. */
  setStaleWithAll(instrument: number, isStale: boolean): void {
    this.staleWithAll[instrument] = isStale ? 1 : 0
  }

  /** What was said of all holds for an instrument that is heard of only now. @returns whether its book is stale */
  admit(instrument: number): boolean {
    this.staleWithAll[instrument] = this.staleWithAll[0]!
    return this.staleWithAll[instrument] === 1
  }

  /** Whether the venue takes no orders. */
  isClosed(instrument: number): boolean {
    const state = this.states[instrument]!
    return state === TradingState.Halted || state === TradingState.Paused || state === TradingState.Closed
  }

  /** Whether orders are taken and none trades: those that do not rest are refused. */
  isGathering(instrument: number): boolean {
    const state = this.states[instrument]!
    return state === TradingState.QuotationOnly || state === TradingState.PreOpen || state === TradingState.Auction
  }

  /** Whether orders trade. */
  isMatching(instrument: number): boolean {
    const state = this.states[instrument]!
    const isTrading = state === TradingState.Unknown || state === TradingState.Trading
    return isTrading && this.bookStateOf(instrument) === BookState.Whole
  }

  /** @returns whether trading begins again with this change */
  change(instrument: number, state: TradingState): boolean {
    const wasMatching = this.isMatching(instrument)
    this.states[instrument] = state
    return !wasMatching && this.isMatching(instrument)
  }
}
