import type { StateArchive } from '../../records/state-archive.ts'

/**
 * What the gate wants cancelled and the kernel has yet to send, oldest first. Bound: `capacity`; every wish is either one
 * open order, or all of a strategy's, and each is wished for once: so it holds as many as there can be.
 */
export class CancelWishes {
  count = 0
  readonly strategy: Int32Array
  /** 0 for all of the strategy, or all of it in `instrument`. */
  readonly orderId: Int32Array
  readonly instrument: Int32Array
  readonly reason: Int32Array
  /** Wishes beyond the capacity: a defect if ever above 0. */
  refused = 0

  constructor(capacity: number) {
    this.strategy = new Int32Array(capacity)
    this.orderId = new Int32Array(capacity)
    this.instrument = new Int32Array(capacity)
    this.reason = new Int32Array(capacity)
  }

  /** Takes a wish back that was seen to already. @returns whether there was one */
  forget(strategy: number, orderId: number): boolean {
    for (let i = 0; i < this.count; i++) {
      if (this.strategy[i] !== strategy || this.orderId[i] !== orderId) continue
      for (const column of [this.strategy, this.orderId, this.instrument, this.reason]) {
        column.copyWithin(i, i + 1, this.count)
      }
      this.count--
      return true
    }
    return false
  }

  /** Saves or restores the wishes. */
  archive(archive: StateArchive): void {
    this.count = archive.number(this.count)
    this.refused = archive.number(this.refused)
    for (const column of [this.strategy, this.orderId, this.instrument, this.reason]) {
      archive.array(column, 0, this.count)
    }
  }

  add(strategy: number, orderId: number, instrument: number, reason: number): void {
    const at = this.count
    if (at === this.strategy.length) {
      this.refused++
      return
    }
    this.strategy[at] = strategy
    this.orderId[at] = orderId
    this.instrument[at] = instrument
    this.reason[at] = reason
    this.count = at + 1
  }
}
