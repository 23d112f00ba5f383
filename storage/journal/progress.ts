/** Slots of a journal's progress: doubles, so that sequences and byte counts need no second word; written by the writer alone. */
export enum JournalProgress {
  /** Batches that write(2) took; they survive the death of the process. */
  WrittenBatches = 0,
  /** Batches behind the last successful fdatasync(2); they survive power loss. */
  DurableBatches = 1,
  /** Bytes of batches since this writer opened the journal. */
  WrittenBytes = 2,
  DurableBytes = 3,
  /** Last sequences of the two streams, 0 for none. */
  WrittenInbound = 4,
  WrittenOutbound = 5,
  DurableInbound = 6,
  DurableOutbound = 7,
  /** Records in the whole journal. */
  InboundRecords = 8,
  OutboundRecords = 9,
  /** Segment being written, from 1. */
  SegmentNumber = 10,
  /** Calls of fdatasync since this writer opened the journal. */
  Syncs = 11,
  Slots = 16,
}

/** Publishes as durable what was written at a moment. @param then the progress of that moment */
export function publishDurable(progress: Float64Array, then: Float64Array): void {
  progress[JournalProgress.DurableInbound] = then[JournalProgress.WrittenInbound]!
  progress[JournalProgress.DurableOutbound] = then[JournalProgress.WrittenOutbound]!
  progress[JournalProgress.DurableBytes] = then[JournalProgress.WrittenBytes]!
  progress[JournalProgress.DurableBatches] = then[JournalProgress.WrittenBatches]!
}
