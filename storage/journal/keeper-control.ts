/** What the sink passes on. */
export interface JournalKeeperSetup {
  readonly path: string
  readonly segmentBytes: number
  readonly compresses: boolean
  /** The journal thread's, for its progress. */
  readonly staging: SharedArrayBuffer
  /** [KeeperWord]. */
  readonly control: SharedArrayBuffer
}

/** Words shared with the sink. */
export enum KeeperWord {
  /** 1 when the keeper shall end. */
  Stop = 0,
  /** 1 once it has. */
  Ended = 1,
  Words = 2,
}
