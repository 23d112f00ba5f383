/**
 * The memory between a reader thread and the thread that uses its bytes: a byte ring with one writer and one reader.
 *
 *     0                    64                128            1152
 *     ┌───────────────────┬─────────────────┬──────────────┬──────────────────────┐
 *     │ i32 control words │ f64 facts       │ error, UTF-8 │ ring, a power of two │
 *     └───────────────────┴─────────────────┴──────────────┴──────────────────────┘
 *
 * Positions count bytes modulo 2^32. Bound: the ring; policy: the thread waits for room.
 */
export enum ControlWord {
  /** Set by the user: number of the request, from 1. */
  Requested = 0,
  /** Set by the thread: number of the request that its bytes belong to. */
  Started = 1,
  /** Set by the thread before `Started`: position of the file's first byte. */
  StartAt = 2,
  /** Position behind the last byte written. */
  Written = 3,
  /** Position of the next byte to be used. */
  Read = 4,
  /** A `ReaderState`. */
  State = 5,
  /** Set by the user: the thread ends as soon as it sees it. */
  Stop = 6,
  ErrorBytes = 7,
  /** Set by the user before `Requested`: index of the file wanted. */
  File = 8,
}

export enum ReaderState {
  Running = 0,
  /** All of the file's bytes are written. */
  End = 1,
  /** The file ended early: the error text holds why, as JSON. */
  Failed = 2,
}

export enum FactSlot {
  /** Bytes of the stored file read so far. */
  ReadBytes = 0,
}

const FACTS_AT = 64
const ERROR_AT = 128
const ERROR_BYTES_MAX = 1024
const RING_AT = ERROR_AT + ERROR_BYTES_MAX

/** Bytes of the ring when nothing else is asked for: some milliseconds of reading. */
export const RING_BYTES = 1 << 22

const READ_BYTES_MIN = 1 << 18

export interface ReaderError {
  readonly code: string
  readonly what: string
  readonly where: string
}

/** Typed views over the shared memory. */
export class ReaderChannel {
  readonly buffer: SharedArrayBuffer
  readonly control: Int32Array
  readonly facts: Float64Array
  readonly ring: Uint8Array
  readonly mask: number
  /** Bytes that the user waits for while the file goes on: each read makes one view, which is garbage. */
  readonly readBytesMin: number
  readonly #errorText: Uint8Array

  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer
    this.control = new Int32Array(buffer, 0, FACTS_AT / 4)
    this.facts = new Float64Array(buffer, FACTS_AT, (ERROR_AT - FACTS_AT) / 8)
    this.#errorText = new Uint8Array(buffer, ERROR_AT, ERROR_BYTES_MAX)
    this.ring = new Uint8Array(buffer, RING_AT)
    this.mask = this.ring.length - 1
    this.readBytesMin = Math.min(READ_BYTES_MIN, Math.max(1, this.ring.length >> 2))
  }

  /** @throws RangeError when `ringBytes` is not a power of two */
  static create(ringBytes = RING_BYTES): ReaderChannel {
    if (ringBytes < 1 || (ringBytes & (ringBytes - 1)) !== 0) {
      throw new RangeError(`the reader's ring is a power of two of bytes, not ${ringBytes}`)
    }
    return new ReaderChannel(new SharedArrayBuffer(RING_AT + ringBytes))
  }

  setError(error: ReaderError): void {
    const text = Buffer.from(JSON.stringify(error), 'utf8')
    const cut = text.length > ERROR_BYTES_MAX ? Buffer.from(JSON.stringify({ ...error, where: '' }), 'utf8') : text
    this.#errorText.set(cut.subarray(0, ERROR_BYTES_MAX))
    this.control[ControlWord.ErrorBytes] = Math.min(cut.length, ERROR_BYTES_MAX)
  }

  error(): ReaderError {
    const text = Buffer.from(this.#errorText.subarray(0, this.control[ControlWord.ErrorBytes]!)).toString('utf8')
    return JSON.parse(text) as ReaderError
  }
}
