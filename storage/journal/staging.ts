/**
 * The memory shared by a storage kernel and its journal thread: one SharedArrayBuffer.
 *
 *     0          256         384       1024
 *     ┌──────────┬───────────┬─────────┬──────────────────────────────────────────────
 *     │ control  │ progress  │ refusal │ staged batches, 2^n bytes
 *     │ i32 × 64 │ f64 × 16  │ text    │ ┌─────────────┬─────────┬─────────────┬────
 *     └──────────┴───────────┴─────────┘ │ place of the│ records │ place of …  │
 *                                        │ batch header│         │             │
 *                                        └─────────────┴─────────┴─────────────┴────
 *
 * A batch is staged with the room for its header before it, so that the thread completes the header in place and writes both
 * with one call. Until then that room holds what the thread has to know (`StagedBatch`). A batch never wraps: `SKIP` in its
 * first word sends the thread to the beginning. Positions count 8-byte words modulo 2^32.
 */
import { RecordViews } from '../../kernels/records/views.ts'
import type { BatchBuffer } from './batch-buffer.ts'
import { JournalUsageError } from './errors.ts'
import { BATCH_PAYLOAD_BYTES_MAX, BatchHeader } from './layout.ts'
import { JournalProgress } from './progress.ts'

/** Indices of control words. */
export enum StagingWord {
  /** Counts wakes of the thread; it waits on this word. */
  Wake = 0,
  /** 1 while the thread waits. */
  Waiting = 1,
  Tail = 2,
  Head = 3,
  /** Batches written since the thread started, modulo 2^32. */
  Written = 4,
  /** A ThreadState; the kernel waits on this word when it closes. */
  State = 5,
  /** 1 when the thread shall close the journal and end. */
  Stop = 6,
  /** JournalOperation of the refusal. */
  RefusedOperation = 7,
  Words = 64,
}

export enum ThreadState {
  Running = 0,
  Closed = 1,
  Failed = 2,
}

/** Byte offsets within the room of a batch header while it is staged. */
export enum StagedBatch {
  PayloadBytes = 0,
  RecordCount = 4,
  Stream = 8,
  /** Offset of the last record from the batch's first byte. */
  LastAt = 12,
}

const PROGRESS_AT = StagingWord.Words * 4
const REFUSAL_AT = 384
const DATA_AT = 1024
const SKIP = 0xffffffff
/** Two of the longest batches, so that one can be staged while the other is being written. */
const CAPACITY_BYTES_MIN = 2 * (BATCH_PAYLOAD_BYTES_MAX + BatchHeader.Bytes)
export const STAGING_BYTES_DEFAULT = 16 * 1024 * 1024

if (PROGRESS_AT + JournalProgress.Slots * 8 > REFUSAL_AT)
  throw new Error('staging layout: progress overlaps the refusal')

/** The views that both sides have of the shared memory. */
export class Staging {
  readonly buffer: SharedArrayBuffer
  readonly control: Int32Array
  readonly progress: Float64Array
  readonly data: RecordViews
  readonly capacityWords: number
  readonly #refusal: Uint8Array

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer
    this.control = new Int32Array(buffer, 0, StagingWord.Words)
    this.progress = new Float64Array(buffer, PROGRESS_AT, JournalProgress.Slots)
    this.#refusal = new Uint8Array(buffer, REFUSAL_AT, DATA_AT - REFUSAL_AT)
    this.data = new RecordViews(buffer, DATA_AT)
    this.capacityWords = (buffer.byteLength - DATA_AT) >> 3
  }

  /** @param capacityBytes a power of two, at least 4 MiB */
  static create(capacityBytes: number = STAGING_BYTES_DEFAULT): Staging {
    const isPowerOfTwo = (capacityBytes & (capacityBytes - 1)) === 0
    if (!isPowerOfTwo || capacityBytes < CAPACITY_BYTES_MIN) {
      throw new JournalUsageError(`a staging ring of ${capacityBytes} bytes`)
    }
    return new Staging(new SharedArrayBuffer(DATA_AT + capacityBytes))
  }

  /** Leaves the reason of a failure: errno name, then where, as text. Published by the state word that follows. */
  writeRefusal(operation: number, errnoName: string, where: string): void {
    this.control[StagingWord.RefusedOperation] = operation
    const bytes = Buffer.from(`${errnoName}\n${where}`, 'utf8').subarray(0, this.#refusal.length - 1)
    this.#refusal.fill(0)
    this.#refusal.set(bytes)
  }

  /** @returns the errno name and where it happened */
  readRefusal(): [string, string] {
    const end = this.#refusal.indexOf(0)
    const text = Buffer.from(this.#refusal.slice(0, end)).toString('utf8')
    const at = text.indexOf('\n')
    return [text.slice(0, at), text.slice(at + 1)]
  }
}

/** The kernel's side: stages batches and wakes the thread. Never waits. */
export class StagingProducer {
  readonly #staging: Staging
  #tail = 0

  constructor(staging: Staging) {
    this.#staging = staging
  }

  /** Copies a batch in. @returns false while there is no room */
  tryStage(batch: BatchBuffer): boolean {
    const { control, data, capacityWords } = this.#staging
    const words = (BatchHeader.Bytes + batch.payloadBytes) >> 3
    const index = this.#tail & (capacityWords - 1)
    const toEnd = capacityWords - index
    const skipped = words > toEnd ? toEnd : 0
    const used = (this.#tail - Atomics.load(control, StagingWord.Head)) | 0
    if (used + skipped + words > capacityWords) return false
    if (skipped > 0) data.u32[index << 1] = SKIP
    const at = skipped > 0 ? 0 : index << 3
    data.u32[(at + StagedBatch.PayloadBytes) >> 2] = batch.payloadBytes
    data.u32[(at + StagedBatch.RecordCount) >> 2] = batch.recordCount
    data.u32[(at + StagedBatch.Stream) >> 2] = batch.stream
    data.u32[(at + StagedBatch.LastAt) >> 2] = batch.lastAt
    const source = batch.views.u8.subarray(BatchHeader.Bytes, BatchHeader.Bytes + batch.payloadBytes)
    data.u8.set(source, at + BatchHeader.Bytes)
    this.#tail = (this.#tail + skipped + words) | 0
    Atomics.store(control, StagingWord.Tail, this.#tail)
    if (Atomics.load(control, StagingWord.Waiting) === 1) this.wake()
    return true
  }

  /** Wakes the thread. */
  wake(): void {
    Atomics.add(this.#staging.control, StagingWord.Wake, 1)
    Atomics.notify(this.#staging.control, StagingWord.Wake)
  }
}

/** The thread's side. */
export class StagingConsumer {
  readonly #staging: Staging
  #head = 0

  constructor(staging: Staging) {
    this.#staging = staging
  }

  /** @returns the offset in `staging.data` of the next batch, or -1 while there is none */
  next(): number {
    const { control, data, capacityWords } = this.#staging
    if (Atomics.load(control, StagingWord.Tail) === this.#head) return -1
    const index = this.#head & (capacityWords - 1)
    if (data.u32[index << 1] !== SKIP) return index << 3
    this.#head = (this.#head + capacityWords - index) | 0
    return 0
  }

  /** Gives back the batch at `at`, whose payload has `payloadBytes` bytes. */
  release(payloadBytes: number): void {
    this.#head = (this.#head + ((BatchHeader.Bytes + payloadBytes) >> 3)) | 0
    Atomics.store(this.#staging.control, StagingWord.Head, this.#head)
  }

  /** Wakes so far, to be read before whatever the thread looks at before it waits. */
  wakes(): number {
    return Atomics.load(this.#staging.control, StagingWord.Wake)
  }

  /** Sleeps until something is staged, a stop is asked for, the time is over, or it was woken since `wakes` told `wake`. */
  wait(wake: number, timeoutMs: number): void {
    const { control } = this.#staging
    Atomics.store(control, StagingWord.Waiting, 1)
    const isIdle =
      Atomics.load(control, StagingWord.Tail) === this.#head && Atomics.load(control, StagingWord.Stop) === 0
    if (isIdle) Atomics.wait(control, StagingWord.Wake, wake, timeoutMs)
    Atomics.store(control, StagingWord.Waiting, 0)
  }
}
