import { readU16 } from '../../itch50/wire.ts'
import { isSoupPacket, SOUP_BYTES_MAX, SOUP_LENGTH_BYTES, SoupHeader } from '../layout.ts'

/** What `next` found. */
export enum Received {
  /** Nothing whole. */
  None = 0,
  Packet = 1,
  /** The next bytes are no packet: nothing behind them can be trusted. */
  Broken = 2,
}

/**
 * Bytes of one connection on their way in, of bounded size: what a socket brings is written behind `end`, whole packets are
 * taken from the front, in place. As no packet is longer than half of it, there is always room for the rest of one.
 */
export class ReceiveBuffer {
  readonly bytes: Uint8Array
  /** Where the socket writes, and how much may be written there: after `makeRoom`. */
  end = 0
  /** Of the packet that `next` found: its type, and where its payload lies. */
  type = 0
  payloadAt = 0
  payloadLength = 0
  #start = 0
  readonly #packetBytesMax: number

  /** @param packetBytesMax the longest packet that is taken, with its length; a longer one is `Broken` */
  constructor(packetBytesMax = SOUP_BYTES_MAX) {
    this.#packetBytesMax = packetBytesMax
    this.bytes = new Uint8Array(2 * packetBytesMax)
  }

  /** Moves what is left to the front where that is needed. @returns how many bytes may be written behind `end` */
  makeRoom(): number {
    if (this.#start === this.end) {
      this.#start = 0
      this.end = 0
    } else if (this.bytes.length - this.end < this.#packetBytesMax) {
      this.bytes.copyWithin(0, this.#start, this.end)
      this.end -= this.#start
      this.#start = 0
    }
    return this.bytes.length - this.end
  }

  /** So many bytes were written behind `end`. */
  commit(length: number): void {
    this.end += length
  }

  /** Forgets all, for a new connection. */
  clear(): void {
    this.#start = 0
    this.end = 0
  }

  /** Takes the next packet; it stays in place until `makeRoom` is called. */
  next(): Received {
    const at = this.#start
    if (this.end - at < SoupHeader.Bytes) return Received.None
    const length = readU16(this.bytes, at)
    const type = this.bytes[at + SoupHeader.Type]!
    if (!isSoupPacket(type, length) || SOUP_LENGTH_BYTES + length > this.#packetBytesMax) return Received.Broken
    if (this.end - at < SOUP_LENGTH_BYTES + length) return Received.None
    this.type = type
    this.payloadAt = at + SoupHeader.Bytes
    this.payloadLength = length - 1
    this.#start = at + SOUP_LENGTH_BYTES + length
    return Received.Packet
  }
}
