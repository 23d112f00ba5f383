import type { RecordBatch } from '../record-batch.ts'
import { type MessageArbiter, NumberedPacket } from '../sequence/message-arbiter.ts'
import { SessionCount } from '../sequence/session-table.ts'
import { MessageHeader, UnitHeader } from './unit-layout.ts'

/** A heartbeat that names message 1 after so many came tells that the unit began anew; after fewer it may be a late one. */
const RESTART_MESSAGES_MIN = 1000

/** What a block is. */
export enum UnitBlock {
  Data = 0,
  Heartbeat = 1,
  /** No header, or one that cannot be. */
  Bad = 2,
  /** Of a further unit when all sessions are taken. */
  TooManyUnits = 3,
}

/**
 * Walks blocks of messages behind sequenced unit headers: `begin` a block, then `next` hands out those of its messages that
 * are new, whichever line brings them.
 */
export class UnitWalker {
  /** The message that `next` found. */
  messageAt = 0
  messageLength = 0
  /** Session of the block's unit. */
  session = 0
  /** Where the block ends, as its header says; past the bytes at hand where it is cut. */
  blockEnd = 0
  /** Whether the block ended before the messages that it counts. */
  isShort = false
  readonly #arbiter: MessageArbiter
  #bytes: Uint8Array = new Uint8Array(0)
  #at = 0
  #end = 0
  #left = 0

  constructor(arbiter: MessageArbiter) {
    this.#arbiter = arbiter
  }

  /**
   * Begins the block at `at`, of which bytes up to `end` are there. A gap that it reveals is appended to the batch.
   * @param port tells units of the same number apart; negative for a flow that stands for itself
   */
  begin(bytes: Uint8Array, at: number, end: number, flow: number, port: number, batch: RecordBatch): UnitBlock {
    const length = end - at < UnitHeader.Bytes ? 0 : readU16(bytes, at + UnitHeader.Length)
    if (length < UnitHeader.Bytes) return UnitBlock.Bad
    const arbiter = this.#arbiter
    const { sessions } = arbiter
    const unit = bytes[at + UnitHeader.Unit]!
    const count = bytes[at + UnitHeader.Count]!
    let session = sessions.find(port, unit, 0)
    const sequence =
      (readU16(bytes, at + UnitHeader.Sequence) | (readU16(bytes, at + UnitHeader.Sequence + 2) << 16)) >>> 0
    if (session >= 0 && count === 0 && sequence === 1) {
      const messages = sessions.counts[session * SessionCount.Count + SessionCount.Expected]! - 1
      if (messages >= RESTART_MESSAGES_MIN) session = sessions.begin(port, unit, 0)
    }
    this.blockEnd = at + length
    if (session < 0) return UnitBlock.TooManyUnits
    arbiter.sequence[0] = sequence
    arbiter.begin(session, flow, count === 0 ? NumberedPacket.Heartbeat : NumberedPacket.Data, count, batch)
    this.session = session
    this.isShort = false
    this.#bytes = bytes
    this.#at = at + UnitHeader.Bytes
    this.#end = this.blockEnd < end ? this.blockEnd : end
    this.#left = count
    return count === 0 ? UnitBlock.Heartbeat : UnitBlock.Data
  }

  /** Finds the next new message. @returns false at the end of the block, or of what is there of it */
  next(): boolean {
    while (this.#left > 0) {
      const at = this.#at
      const length = at < this.#end ? this.#bytes[at]! : 0
      if (length < MessageHeader.Bytes || at + length > this.#end) {
        this.isShort = true
        break
      }
      this.#left--
      this.#at = at + length
      if (!this.#arbiter.take()) continue
      this.messageAt = at
      this.messageLength = length
      return true
    }
    this.#left = 0
    this.#arbiter.finish()
    return false
  }

  /** Type of the block's next message, 0 where there is none. */
  peekType(): number {
    return this.#left > 0 && this.#at + MessageHeader.Type < this.#end ? this.#bytes[this.#at + MessageHeader.Type]! : 0
  }

  /** Bytes of the block behind its last message, once `next` said no. */
  surplusBytes(): number {
    return this.isShort ? 0 : this.#end - this.#at
  }
}

/** A u16. */
export function readU16(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8)
}
