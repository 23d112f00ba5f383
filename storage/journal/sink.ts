import type { BatchBuffer } from './batch-buffer.ts'
import type { JournalIoError } from './errors.ts'

/**
 * Where the storage kernel puts batches: a writer called directly (one thread) or a helper thread that writes and syncs. Calls
 * never wait for the disk in the threaded form.
 */
export interface JournalSink {
  /** The largest payload of a batch. */
  readonly payloadBytesMax: number
  /** `JournalProgress` slots. */
  readonly progress: Float64Array
  /** The refusal that ended the journal; checked after a `trySubmit` that answered false. */
  readonly failure: JournalIoError | undefined
  /** Takes a batch over (its buffer may be reset then), or answers false: no room now, or the journal has failed. */
  trySubmit(batch: BatchBuffer): boolean
  /** Batches of this sink that are written so far, modulo 2^32. */
  writtenCount(): number
  /** Does what is due besides batches. @returns whether there was anything */
  poll(): boolean
  /** Makes everything durable and marks the journal closed; waits. @throws JournalIoError */
  close(): void
}
