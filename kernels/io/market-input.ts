import type { FeedFacts } from '../../feeds/capture/feed-facts.ts'
import type { RecordBatch } from '../../feeds/record-batch.ts'

/** What the I/O kernel reports of the market data that it read. */
export type MarketInputFacts = Pick<
  FeedFacts,
  'bytes' | 'packets' | 'messages' | 'firstTimeNs' | 'lastTimeNs' | 'missing' | 'undecoded'
>

/** Where a replay's market records come from. */
export interface MarketInput {
  /** [0] how much is read, from 0 to 1. */
  readonly progress: Float64Array
  /**
   * Appends records while the batch has room.
   * @returns how many were appended; 0 at the end; −1 when there are none yet
   */
  fill(batch: RecordBatch): number
  facts(): MarketInputFacts
  close(): void
}
