import { SEND_STAMPS_MAX, SendStampFact } from '../../host/tcp-connection.ts'
import { StampSource } from '../../host/udp-socket.ts'
import type { Histogram } from '../../region/histogram.ts'
import type { ByteStream } from './byte-stream.ts'

/** Orders that wait for their stamps at once; policy: the oldest counts as not stamped. */
const WAITING_MAX = 4096
/** Looks in vain after which a socket is not looked at before it has sent again: one that stamps does so at once. */
const LOOKS_MAX = 1024
const ELAPSED = 0

/** What became of the orders that left. */
export enum SendStampCount {
  Stamped = 0,
  /** The socket gave no stamp, or the connection ended before. */
  NotStamped = 1,
  /** No packet caused it whose arrival the kernel had stamped: an answer of the venue, a timer, a held packet, a snapshot. */
  OtherCause = 2,
  Count = 3,
}

export const SEND_STAMP_COUNT_NAMES = ['stamped', 'notStamped', 'otherCause'] as const

/**
 * How long it takes from the kernel's stamp on the packet that caused an order to its stamp on the order, as that is handed to
 * the device: both by the same clock. Stamps are taken in the gateway's step, never waited for.
 */
export class SendStamps {
  /** By `SendStampCount`. */
  readonly counts = new Float64Array(SendStampCount.Count)
  /** Whose the latest stamp was. */
  source: StampSource = StampSource.None
  readonly #hop: Histogram
  readonly #epochSeconds: number
  /** By place in the circle: offset behind the order's last byte, and when its cause arrived. */
  readonly #ends = new Uint32Array(WAITING_MAX)
  readonly #causeNs = new Float64Array(WAITING_MAX)
  readonly #elapsed = new Float64Array(1)
  #first = 0
  #count = 0
  #looksLeft = 0

  /** @param epochSeconds from which arrivals are counted */
  constructor(hop: Histogram, epochSeconds: number) {
    this.#hop = hop
    this.#epochSeconds = epochSeconds
  }

  /** An order has been handed to the socket. @param end bytes of the connection up to its end @param causeNs at `index`: when its cause arrived, 0 for unknown */
  noteOrder(end: number, causeNs: Float64Array, index: number): void {
    if (causeNs[index] === 0) {
      this.counts[SendStampCount.OtherCause]!++
      return
    }
    if (this.#count === WAITING_MAX) this.#pass(SendStampCount.NotStamped)
    const at = (this.#first + this.#count) & (WAITING_MAX - 1)
    this.#ends[at] = end
    this.#causeNs[at] = causeNs[index]!
    this.#count++
  }

  /** Bytes were sent: there will be a stamp. */
  noteSend(): void {
    this.#looksLeft = LOOKS_MAX
  }

  /** Takes what stamps there are, so many as one call gives. @returns how many */
  take(stream: ByteStream): number {
    if (this.#looksLeft === 0 || stream.takeSendStamps === undefined || stream.sendStamps === undefined) return 0
    const taken = stream.takeSendStamps()
    for (let i = 0; i < taken; i++) this.#takeStamp(stream.sendStamps, i * SendStampFact.Words)
    // All of them, whoever waits: what is not taken lies in the room of what is received.
    if (taken < SEND_STAMPS_MAX) this.#looksLeft = taken > 0 && this.#count === 0 ? 0 : this.#looksLeft - 1
    return taken
  }

  /** The connection has ended: what waits is never told. */
  forget(): void {
    while (this.#count > 0) this.#pass(SendStampCount.NotStamped)
    this.#looksLeft = 0
  }

  #takeStamp(facts: Uint32Array, at: number): void {
    this.source = facts[at + SendStampFact.StampSource]!
    const end = (facts[at + SendStampFact.LastByte]! + 1) | 0
    const seconds = facts[at + SendStampFact.StampSeconds]! - this.#epochSeconds
    const nanos = facts[at + SendStampFact.StampNanos]!
    while (this.#count > 0 && ((end - this.#ends[this.#first]!) | 0) >= 0) {
      this.#elapsed[ELAPSED] = seconds * 1e9 + nanos - this.#causeNs[this.#first]!
      this.#hop.recordFrom(this.#elapsed, ELAPSED)
      this.#pass(SendStampCount.Stamped)
    }
  }

  #pass(count: SendStampCount): void {
    this.counts[count]!++
    this.#first = (this.#first + 1) & (WAITING_MAX - 1)
    this.#count--
  }
}
