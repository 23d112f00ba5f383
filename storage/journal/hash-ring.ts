/**
 * What a scan hands to its hashing threads: one SharedArrayBuffer, one producer, one or two consumers that each see everything.
 *
 *     0            256
 *     ┌────────────┬───────────────────────────────────────────────────────────
 *     │ control    │ entries, 2^n bytes
 *     │ i32 × 64   │ ┌──────┬───────┬─────────┬────────────────────┬──────┬────
 *     └────────────┘ │ kind │ bytes │ records │ bytes of a segment │ kind │ …
 *                    │ u32  │ u32   │ u32, 0  │ padded to 8        │      │
 *                    └──────┴───────┴─────────┴────────────────────┴──────┴────
 *
 * An entry never wraps: `Skip` in its first word sends the consumers to the beginning. Positions count 8-byte words modulo 2^32.
 * Bound: the ring; policy: the scan waits for the slower consumer.
 */
import { RecordViews } from '../../kernels/records/views.ts'
import { JournalUsageError } from './errors.ts'
import { BATCH_PAYLOAD_BYTES_MAX, BatchHeader } from './layout.ts'

/** Indices of control words. */
export enum HashWord {
  Tail = 0,
  /** One for each consumer (`HashRole`). */
  Head = 1,
  /** A HashState for each consumer. */
  State = 3,
  Words = 64,
}

/** The consumers: who hashes what. */
export enum HashRole {
  Seals = 0,
  Streams = 1,
}

export enum HashState {
  Running = 0,
  Done = 1,
  Failed = 2,
}

/** What an entry is; `Sealed` and the streams combine. */
export enum HashKind {
  Skip = 0,
  /** The header block of a segment. */
  Begin = 1,
  /** Tell the hash of the segment so far. */
  Ask = 2,
  End = 3,
  Batch = 4,
  /** Added to `Batch`: for the seals, and for the digest of the inbound or outbound stream. */
  Sealed = 8,
  Inbound = 16,
  Outbound = 32,
}

/** Byte offsets within an entry. */
export enum HashEntry {
  Kind = 0,
  Bytes = 4,
  Records = 8,
  Data = 16,
}

const DATA_AT = HashWord.Words * 4
/** Several of the longest batches, and small enough for the third-level cache. */
const CAPACITY_BYTES = 4 * 1024 * 1024
const CAPACITY_WORDS = CAPACITY_BYTES / 8
/** A thread that has not moved by then never will. */
const STUCK_MS = 30_000

if (2 * (HashEntry.Data + BatchHeader.Bytes + BATCH_PAYLOAD_BYTES_MAX) > CAPACITY_BYTES) {
  throw new Error('hash ring: two of the longest batches do not fit')
}

/** Memory for one scan. */
export function createHashRing(): SharedArrayBuffer {
  return new SharedArrayBuffer(DATA_AT + CAPACITY_BYTES)
}

function refuse(what: string): never {
  throw new JournalUsageError(`hashing a journal: ${what}`)
}

/** The scan's side. */
export class HashProducer {
  readonly #control: Int32Array
  readonly #data: RecordViews
  readonly #roles: readonly HashRole[]
  #tail = 0

  /** @param roles the consumers that there are */
  constructor(ring: SharedArrayBuffer, roles: readonly HashRole[]) {
    this.#roles = roles
    this.#control = new Int32Array(ring, 0, HashWord.Words)
    this.#data = new RecordViews(ring, DATA_AT)
  }

  /** Copies an entry in; waits for room. @throws JournalUsageError when a consumer has ended */
  put(kind: number, records: number, source: Uint8Array, at: number, bytes: number): void {
    const data = this.#data
    const words = (HashEntry.Data + bytes + 7) >> 3
    const index = this.#tail & (CAPACITY_WORDS - 1)
    const skipped = words > CAPACITY_WORDS - index ? CAPACITY_WORDS - index : 0
    for (let i = 0; i < this.#roles.length; i++) this.#awaitRoom(this.#roles[i]!, skipped + words)
    if (skipped > 0) data.u32[index << 1] = HashKind.Skip
    const entryAt = skipped > 0 ? 0 : index << 3
    data.u32[(entryAt + HashEntry.Kind) >> 2] = kind
    data.u32[(entryAt + HashEntry.Bytes) >> 2] = bytes
    data.u32[(entryAt + HashEntry.Records) >> 2] = records
    data.u8.set(source.subarray(at, at + bytes), entryAt + HashEntry.Data)
    this.#tail = (this.#tail + skipped + words) | 0
    Atomics.store(this.#control, HashWord.Tail, this.#tail)
    Atomics.notify(this.#control, HashWord.Tail)
  }

  /** Waits until all consumers have come to their end. @throws JournalUsageError when one failed */
  awaitEnd(): void {
    for (const role of this.#roles) {
      while (Atomics.load(this.#control, HashWord.State + role) === HashState.Running) {
        const head = Atomics.load(this.#control, HashWord.Head + role)
        if (head !== this.#tail) this.#awaitMove(role, head)
        else Atomics.wait(this.#control, HashWord.State + role, HashState.Running, STUCK_MS)
      }
      if (Atomics.load(this.#control, HashWord.State + role) !== HashState.Done) refuse('a thread gave up')
    }
  }

  #awaitRoom(role: HashRole, words: number): void {
    for (;;) {
      const head = Atomics.load(this.#control, HashWord.Head + role)
      if (((this.#tail - head) | 0) + words <= CAPACITY_WORDS) return
      this.#awaitMove(role, head)
    }
  }

  #awaitMove(role: HashRole, head: number): void {
    if (Atomics.load(this.#control, HashWord.State + role) !== HashState.Running) refuse('a thread gave up')
    const woken = Atomics.wait(this.#control, HashWord.Head + role, head, STUCK_MS)
    if (woken === 'timed-out') refuse(`a thread has not moved for ${STUCK_MS / 1000} s`)
  }
}

/** A hashing thread's side. */
export class HashConsumer {
  readonly data: RecordViews
  readonly #control: Int32Array
  readonly #role: HashRole
  #head = 0

  constructor(ring: SharedArrayBuffer, role: HashRole) {
    this.#control = new Int32Array(ring, 0, HashWord.Words)
    this.data = new RecordViews(ring, DATA_AT)
    this.#role = role
  }

  /** Waits for the next entry. @returns its offset in `data` */
  next(): number {
    for (;;) {
      const tail = Atomics.load(this.#control, HashWord.Tail)
      if (tail === this.#head) {
        Atomics.wait(this.#control, HashWord.Tail, tail)
        continue
      }
      const index = this.#head & (CAPACITY_WORDS - 1)
      if (this.data.u32[index << 1] !== HashKind.Skip) return index << 3
      this.#head = (this.#head + CAPACITY_WORDS - index) | 0
    }
  }

  /** Gives the entry at `at` back. */
  release(at: number): void {
    const bytes = this.data.u32[(at + HashEntry.Bytes) >> 2]!
    this.#head = (this.#head + ((HashEntry.Data + bytes + 7) >> 3)) | 0
    Atomics.store(this.#control, HashWord.Head + this.#role, this.#head)
    Atomics.notify(this.#control, HashWord.Head + this.#role)
  }

  /** Says how it ended; the producer may be waiting for either word. */
  end(state: HashState.Done | HashState.Failed): void {
    Atomics.store(this.#control, HashWord.State + this.#role, state)
    Atomics.notify(this.#control, HashWord.State + this.#role)
    Atomics.notify(this.#control, HashWord.Head + this.#role)
  }
}
