import { FLOWS_MAX } from '../net/flow-table.ts'
import type { RecordBatch } from '../record-batch.ts'
import type { PacketDecoder } from './protocol.ts'

/** The longest heartbeat that tells too little by itself: MoldUDP64's. No protocol fits a message into so few bytes. */
export const HEARTBEAT_BYTES_MAX = 20

/**
 * Heartbeats of flows whose protocol is not known yet. A heartbeat repeats, unchanged, until the next message: the latest one
 * of a flow, and how often it came, are all that its session needs to know once a message tells the protocol.
 * Bound: one for each flow; policy: another one takes its place, and those before stay undecoded.
 */
export class HeldHeartbeats {
  readonly #bytes = new Uint8Array((FLOWS_MAX + 1) * HEARTBEAT_BYTES_MAX)
  readonly #lengths = new Uint8Array(FLOWS_MAX + 1)
  readonly #counts = new Float64Array(FLOWS_MAX + 1)

  /** Notes a datagram of at most HEARTBEAT_BYTES_MAX bytes. */
  note(flow: number, bytes: Uint8Array, at: number, length: number): void {
    // The flows beyond the bound share a number: theirs are not of one session.
    if (flow === FLOWS_MAX) return
    if (!this.#isSame(flow, bytes, at, length)) {
      const to = flow * HEARTBEAT_BYTES_MAX
      for (let i = 0; i < length; i++) this.#bytes[to + i] = bytes[at + i]!
      this.#lengths[flow] = length
      this.#counts[flow] = 0
    }
    this.#counts[flow]!++
  }

  /**
   * Gives the flow's heartbeats to its decoder, now that it is known. They are alike, so that the first alone may reveal a gap.
   * @returns how many there were
   */
  handOut(flow: number, decoder: PacketDecoder, batch: RecordBatch): number {
    const count = this.#counts[flow]!
    this.#counts[flow] = 0
    const at = flow * HEARTBEAT_BYTES_MAX
    for (let i = 0; i < count; i++) decoder.begin(this.#bytes, at, this.#lengths[flow]!, flow, false, batch)
    return count
  }

  #isSame(flow: number, bytes: Uint8Array, at: number, length: number): boolean {
    if (this.#counts[flow] === 0 || this.#lengths[flow] !== length) return false
    const from = flow * HEARTBEAT_BYTES_MAX
    for (let i = 0; i < length; i++) if (this.#bytes[from + i] !== bytes[at + i]) return false
    return true
  }
}
