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
  /** `BookState` by instrument. */
  private readonly books: Uint8Array

  constructor(instrumentsMax: number) {
    this.states = new Uint8Array(instrumentsMax + 1)
    this.books = new Uint8Array(instrumentsMax + 1)
  }

  /** Saves or restores both. */
  archive(archive: StateArchive): void {
    archive.array(this.states)
    archive.array(this.books)
  }

  bookStateOf(instrument: number): BookState {
    return this.books[instrument]!
  }

  setBookState(instrument: number, state: BookState): void {
    this.books[instrument] = state
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
    return isTrading && this.books[instrument] === BookState.Whole
  }

  /** @returns whether trading begins again with this change */
  change(instrument: number, state: TradingState): boolean {
    const wasMatching = this.isMatching(instrument)
    this.states[instrument] = state
    return !wasMatching && this.isMatching(instrument)
  }
}
