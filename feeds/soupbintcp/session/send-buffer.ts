import { writeU16 } from '../../itch50/wire-writes.ts'
import { SoupHeader } from '../layout.ts'

/**
 * Packets of one connection on their way out, of bounded size. What does not fit is refused and left to the caller: an order is
 * then not sent, a message of a log is sent later.
 */
export class SendBuffer {
  readonly bytes: Uint8Array
  /** What a socket is to send: from `start` up to `end`. */
  start = 0
  end = 0

  constructor(capacityBytes: number) {
    this.bytes = new Uint8Array(capacityBytes)
  }

  /** Bytes that wait to be sent. */
  get waitingBytes(): number {
    return this.end - this.start
  }

  /** The socket took so many bytes. */
  sent(length: number): void {
    this.start += length
    if (this.start === this.end) this.clear()
  }

  /** Forgets all, for a new connection. */
  clear(): void {
    this.start = 0
    this.end = 0
  }

  /** Room for a packet with so long a payload. @returns where its payload goes, or −1 when there is none */
  begin(type: number, payloadLength: number): number {
    const bytes = SoupHeader.Bytes + payloadLength
    if (this.bytes.length - this.end < bytes) {
      if (this.bytes.length - this.waitingBytes < bytes) return -1
      this.bytes.copyWithin(0, this.start, this.end)
      this.end -= this.start
      this.start = 0
    }
    const at = this.end
    writeU16(this.bytes, at, payloadLength + 1)
    this.bytes[at + SoupHeader.Type] = type
    this.end = at + bytes
    return at + SoupHeader.Bytes
  }

  /** Appends a packet with a copy of its payload. @returns false when there is no room */
  append(type: number, from: Uint8Array, fromAt: number, payloadLength: number): boolean {
    const at = this.begin(type, payloadLength)
    if (at < 0) return false
    for (let i = 0; i < payloadLength; i++) this.bytes[at + i] = from[fromAt + i]!
    return true
  }
}
