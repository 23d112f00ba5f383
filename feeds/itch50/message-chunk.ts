import { BLOCK_HEADER_BYTES } from '../moldudp64/layout.ts'
import { Common } from './layout.ts'

const CHUNK_BYTES = 4 * 1024 * 1024
/** Room that is always left for one unit of work: a generator's imbalance round of 8,192 symbols takes 426 kB. */
const RESERVE_BYTES = 1024 * 1024
const WORD = 0x1_0000_0000

/**
 * One chunk of framed messages in the making: the frame and header of each, big-endian fields, counts by type.
 * Bound: the chunk's bytes; policy: the caller drains while `isFull()`, and an overrun is a defect that throws.
 */
export class MessageChunk {
  readonly bytes = new Uint8Array(CHUNK_BYTES)
  usedBytes = 0
  /** Messages written since the chunk was made. */
  messages = 0
  /** The same by type byte. */
  readonly messagesByType = new Float64Array(256)
  private timeHigh = 0
  private timeLow = 0

  /** Whether the chunk should be drained before the next unit of work. */
  isFull(): boolean {
    return this.usedBytes > CHUNK_BYTES - RESERVE_BYTES
  }

  /** Empties the chunk; the counts go on. */
  reset(): void {
    this.usedBytes = 0
  }

  /** Stamp of the messages that follow, in nanoseconds since midnight. */
  setTime(timeNs: number): void {
    this.timeHigh = Math.floor(timeNs / WORD)
    this.timeLow = timeNs % WORD
  }

  /**
   * Writes frame and header, and returns the offset of the type byte.
   * @param locate the stock's code, 0 for a message of no stock
   */
  protected begin(type: number, length: number, locate: number): number {
    const bytes = this.bytes
    const at = this.usedBytes + BLOCK_HEADER_BYTES
    if (at + length > bytes.length) throw new RangeError('ITCH message chunk overrun')
    bytes[at - 2] = 0
    bytes[at - 1] = length
    bytes[at] = type
    this.putU16(at + Common.Locate, locate)
    this.putU16(at + Common.Tracking, 0)
    this.putU16(at + Common.Timestamp, this.timeHigh)
    this.putU32(at + Common.Timestamp + 2, this.timeLow)
    this.usedBytes = at + length
    this.messages++
    this.messagesByType[type]!++
    return at
  }

  protected putU16(at: number, value: number): void {
    this.bytes[at] = value >>> 8
    this.bytes[at + 1] = value
  }

  protected putU32(at: number, value: number): void {
    const bytes = this.bytes
    bytes[at] = value >>> 24
    bytes[at + 1] = value >>> 16
    bytes[at + 2] = value >>> 8
    bytes[at + 3] = value
  }

  /** @param value a whole number below 2^53 */
  protected putU64(at: number, value: number): void {
    this.putU32(at, Math.floor(value / WORD))
    this.putU32(at + 4, value % WORD)
  }

  /** Spaces fill up to `width`. */
  protected putText(at: number, text: string, width: number): void {
    for (let i = 0; i < width; i++) this.bytes[at + i] = i < text.length ? text.charCodeAt(i) : 0x20
  }
}
