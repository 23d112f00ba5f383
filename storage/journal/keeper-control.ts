import { SEAL_DIGEST_BYTES } from './layout.ts'

/** What the sink passes on. */
export interface JournalKeeperSetup {
  readonly path: string
  readonly segmentBytes: number
  readonly compresses: boolean
  /** The journal thread's, for its progress. */
  readonly staging: SharedArrayBuffer
  /** From `createKeeperControl`. */
  readonly control: SharedArrayBuffer
}

/** Words shared by the keeper, the journal thread and the sink; the answer to the last ask lies behind them. */
export enum KeeperWord {
  /** 1 when the keeper shall end. */
  Stop = 0,
  /** 1 once it has, and once it was given up. */
  Ended = 1,
  /** 1 once it can be asked. */
  Ready = 2,
  /** Counts reasons to look; the keeper waits on this word. */
  Wake = 3,
  /** The segment that is being written, and its bytes so far. Between segments the bytes are 0. */
  Segment = 4,
  EndBytes = 5,
  /** Counts asks for the hash of the segment up to `EndBytes`, and answers. */
  Asked = 6,
  Answered = 7,
  Words = 8,
}

/** Memory for the words and the answer. */
export function createKeeperControl(): SharedArrayBuffer {
  return new SharedArrayBuffer(KeeperWord.Words * 4 + SEAL_DIGEST_BYTES)
}

/** Where the SHA-256 of an answer lies. */
export function viewSealDigest(control: SharedArrayBuffer): Uint8Array {
  return new Uint8Array(control, KeeperWord.Words * 4, SEAL_DIGEST_BYTES)
}
