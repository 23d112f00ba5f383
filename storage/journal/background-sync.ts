import type { SegmentFile } from './segment-storage.ts'

/** Makes a file durable while its writer goes on; one sync at a time. */
export interface BackgroundSync {
  /** Begins. What was written to the file before this call is durable when it is over. @returns false where that cannot be done */
  begin(file: SegmentFile): boolean
  /** Whether the sync that was begun is over. */
  isOver(): boolean
  /** Waits until it is. @throws what `SegmentFile.sync` throws */
  end(): void
}

/** Words shared by the journal thread and its sync thread; the errno name of a refusal lies behind them. */
export enum SyncWord {
  /** Counts reasons for the sync thread to look; it waits on this word. */
  Wake = 0,
  /** Counts syncs begun, and those that are over; the journal thread waits on the latter. */
  Asked = 1,
  Answered = 2,
  /** Of the file to sync: descriptors are the process's, so any thread may use them. */
  Descriptor = 3,
  /** 1 once the thread can be asked; 0 again when it ends. */
  Ready = 4,
  Stop = 5,
  /** Length of the errno name of the last sync; 0 when it succeeded. */
  RefusedBytes = 6,
  Words = 8,
}

const ERRNO_BYTES_MAX = 32

/** Memory for the words and an errno name. */
export function createSyncControl(): SharedArrayBuffer {
  return new SharedArrayBuffer(SyncWord.Words * 4 + ERRNO_BYTES_MAX)
}

/** Leaves the errno name of a refusal, or none; published by the count that follows. */
export function writeSyncResult(control: SharedArrayBuffer, errnoName: string): void {
  const text = new Uint8Array(control, SyncWord.Words * 4)
  const bytes = Buffer.from(errnoName, 'latin1').subarray(0, ERRNO_BYTES_MAX)
  text.set(bytes)
  new Int32Array(control, 0, SyncWord.Words)[SyncWord.RefusedBytes] = bytes.length
}

/** Counts a reason for the sync thread to look. */
export function wakeSyncThread(words: Int32Array): void {
  Atomics.add(words, SyncWord.Wake, 1)
  Atomics.notify(words, SyncWord.Wake)
}

/** The journal thread's side of a sync thread. A thread that never became ready is not asked. */
export class ThreadSync implements BackgroundSync {
  readonly #words: Int32Array
  readonly #text: Uint8Array

  constructor(control: SharedArrayBuffer) {
    this.#words = new Int32Array(control, 0, SyncWord.Words)
    this.#text = new Uint8Array(control, SyncWord.Words * 4)
  }

  begin(file: SegmentFile): boolean {
    const words = this.#words
    if (file.descriptor === undefined || Atomics.load(words, SyncWord.Ready) === 0) return false
    words[SyncWord.Descriptor] = file.descriptor
    Atomics.add(words, SyncWord.Asked, 1)
    wakeSyncThread(words)
    return true
  }

  isOver(): boolean {
    return Atomics.load(this.#words, SyncWord.Answered) === this.#words[SyncWord.Asked]
  }

  end(): void {
    for (;;) {
      const answered = Atomics.load(this.#words, SyncWord.Answered)
      if (answered === this.#words[SyncWord.Asked]) break
      Atomics.wait(this.#words, SyncWord.Answered, answered)
    }
    const code = Buffer.from(this.#text.slice(0, this.#words[SyncWord.RefusedBytes])).toString('latin1')
    if (code !== '') throw Object.assign(new Error(`${code}: fdatasync`), { code })
  }
}
