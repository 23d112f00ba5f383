import type { MessageArbiter } from './message-arbiter.ts'

/** Bytes of the length before each message, in both transports. */
const BLOCK_HEADER_BYTES = 2

/**
 * Walks the message blocks of a packet (a u16 length, then the message, one behind the other), and hands out those that the
 * arbiter finds new: the part that MoldUDP64 and IEX-TP share. A walker of either begins the packet with the arbiter first.
 */
export class BlockWalker {
  readonly arbiter: MessageArbiter
  /** The message that `next` found. */
  messageAt = 0
  messageLength = 0
  /** Whether the packet held less than its header said. */
  isShort = false
  /** Offsets of the next block and of the packet's end, and how many blocks are left. */
  protected at = 0
  protected end = 0
  protected left = 0
  protected bytes: Uint8Array = new Uint8Array(0)
  private readonly isLittleEndian: boolean

  /** @param isLittleEndian of the blocks' lengths */
  constructor(arbiter: MessageArbiter, isLittleEndian: boolean) {
    this.arbiter = arbiter
    this.isLittleEndian = isLittleEndian
  }

  /** Moves to the packet's next new message. @returns false when there is none */
  next(): boolean {
    const { bytes } = this
    while (this.left > 0) {
      const at = this.at + BLOCK_HEADER_BYTES
      if (at > this.end) return this.finishShort()
      const first = bytes[this.at]!
      const second = bytes[this.at + 1]!
      const length = this.isLittleEndian ? first | (second << 8) : (first << 8) | second
      if (at + length > this.end) return this.finishShort()
      this.at = at + length
      this.left--
      this.messageAt = at
      this.messageLength = length
      const isNew = this.arbiter.take()
      if (this.left === 0) this.arbiter.finish()
      if (isNew) return true
    }
    return false
  }

  /** Bytes behind the last message, once `next` has returned false. */
  surplusBytes(): number {
    return this.isShort ? 0 : this.end - this.at
  }

  private finishShort(): boolean {
    this.isShort = true
    this.left = 0
    this.arbiter.finish()
    return false
  }
}
