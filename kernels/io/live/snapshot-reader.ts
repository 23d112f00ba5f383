import { readSnapshotEnd } from '../../../feeds/glimpse/end-of-snapshot.ts'
import { SessionEvent } from '../../../feeds/soupbintcp/session/session-counts.ts'
import { type LinkOptions, SessionLink } from '../entry/session-link.ts'

const NEXT = 0

/** What `next` found. */
export enum SnapshotStep {
  /** Nothing just now. */
  None = 0,
  /** A message lies at `messageAt`, `messageLength` of `bytes`. */
  Message = 1,
  /** The snapshot is whole: the feed goes on at `nextSequence`. */
  End = 2,
  /** It broke off; what was read of it is of no use, and another one begins. */
  Broken = 3,
}

/** Reads snapshots by GLIMPSE, one at a time, each over a connection of its own. */
export class SnapshotReader {
  /** Snapshots that were read whole, and that broke off. */
  done = 0
  broken = 0
  messageAt = 0
  messageLength = 0
  readonly #options: LinkOptions
  readonly #numbers = new Float64Array(1)
  #link: SessionLink | undefined
  #hasMessages = false

  constructor(options: LinkOptions) {
    this.#options = options
  }

  get bytes(): Uint8Array {
    return this.#link!.session.receive.bytes
  }

  get nextSequence(): number {
    return this.#numbers[NEXT]!
  }

  /** Begins a snapshot. */
  begin(): void {
    this.#link?.close()
    this.#link = new SessionLink(this.#options)
    this.#hasMessages = false
  }

  /** Moves on. @param nowNs [0]: now */
  next(nowNs: Float64Array): SnapshotStep {
    const link = this.#link
    if (link === undefined) return SnapshotStep.None
    link.nowNs[0] = nowNs[0]!
    const event = this.#take(link)
    if (event === SessionEvent.Message) return this.#takeMessage(link)
    if (event === SessionEvent.Failed || event === SessionEvent.Ended || event === SessionEvent.LoginRejected) {
      return this.#break()
    }
    const failures = link.failures
    const connects = link.connects
    if (link.tick() === SessionEvent.Failed) return this.#break()
    const wasLost = connects > 0 && link.lastEnd !== '' && link.failures === failures
    return wasLost && this.#hasMessages ? this.#break() : SnapshotStep.None
  }

  close(): void {
    this.#link?.close()
    this.#link = undefined
  }

  #take(link: SessionLink): SessionEvent {
    const event = link.session.next()
    if (event !== SessionEvent.None) return event
    return link.receive() > 0 ? link.session.next() : SessionEvent.None
  }

  #takeMessage(link: SessionLink): SnapshotStep {
    const { session } = link
    this.#hasMessages = true
    this.messageAt = session.messageAt
    this.messageLength = session.messageLength
    if (!readSnapshotEnd(session.receive.bytes, this.messageAt, this.messageLength, this.#numbers, NEXT)) {
      return SnapshotStep.Message
    }
    this.done++
    this.close()
    return SnapshotStep.End
  }

  #break(): SnapshotStep {
    this.broken++
    this.close()
    return SnapshotStep.Broken
  }
}
