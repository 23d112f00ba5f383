import type { RecordBatch } from '../record-batch.ts'

/** Return values of `fill` that are not a number of records. */
export enum FeedRead {
  End = 0,
  /** No records yet: the source has none at hand, or many messages in a row had no record. Call again. */
  NotYet = -1,
}

/** Messages (or frames) looked at in one `fill`, so that a long run without records does not hold the caller up. */
export const MESSAGES_PER_FILL_MAX = 1 << 16

/** One capture file, of whatever kind, as records. */
export interface CaptureFeed {
  /**
   * Appends records while the batch has room, and goes on where it stopped at the next call.
   * @returns how many records were appended; or a `FeedRead`
   */
  fill(batch: RecordBatch): number
}
