/**
 * The three positions of each stream as sequence numbers, and the journal's health: what the storage kernel publishes.
 * *Captured*: taken off the ring (what is newer lies in the ring, which survives the death of any process as well).
 * *Written*: in the journal, survives the death of the process. *Durable*: survives power loss.
 */
export enum StoragePosition {
  CapturedInbound = 0,
  CapturedOutbound = 1,
  WrittenInbound = 2,
  WrittenOutbound = 3,
  DurableInbound = 4,
  DurableOutbound = 5,
  /** Bytes of batches since the kernel started. */
  WrittenBytes = 6,
  DurableBytes = 7,
  /** Batches in the whole journal. */
  WrittenBatches = 8,
  DurableBatches = 9,
  SegmentNumber = 10,
  Syncs = 11,
  /** A StorageState. */
  State = 12,
  /** Records met again after a restart, already in the journal. */
  SkippedRecords = 13,
  Slots = 16,
}

/** What a stalled storage kernel fails to do. */
export type StorageStall = 'turn' | 'write' | 'sync'

export enum StorageState {
  Running = 0,
  /** The system refused a write or a sync: final. Nothing is taken off the rings any more. */
  Failed = 1,
  Closed = 2,
}
