import type { FlowTable } from '../net/flow-table.ts'
import { FLOWS_MAX } from '../net/flow-table.ts'
import { MessageArbiter } from '../sequence/message-arbiter.ts'
import { SESSIONS_MAX, SessionCount, SessionTable } from '../sequence/session-table.ts'

/**
 * CME sends each feed of a channel twice: line A to ports 14xxx, line B to ports 15xxx, and to an address whose third byte is
 * one more (224.0.31.11:14320 and 224.0.32.11:15320). The reference captures show it; the configuration file that CME
 * publishes for its channels says the same of every channel of the futures feed.
 */
const LINE_B_PORT_MIN = 15_000
const LINE_B_PORT_END = 16_000
const LINE_PORT_DISTANCE = 1000
const LINE_ADDRESS_DISTANCE = 0x100

/**
 * Which session of sequence numbers a packet belongs to, and its number there. A session is a feed of a channel, named by
 * the address and port of its line A. Snapshot and definition feeds start over at 1 with every loop, the others each week:
 * a packet 1 that was sent later than any before starts over, and the numbers go on counting from where they were.
 */
export class Mdp3Channels {
  readonly arbiter: MessageArbiter
  readonly #flows: FlowTable
  readonly #byFlow = new Int16Array(FLOWS_MAX + 1).fill(-1)
  /** What is added to a session's numbers now, and was before it started over. */
  readonly #base = new Float64Array(SESSIONS_MAX)
  readonly #baseBefore = new Float64Array(SESSIONS_MAX)
  /** When the session's latest packet was sent, and when that which it started over with. */
  readonly #latest = new Float64Array(SESSIONS_MAX).fill(Number.NEGATIVE_INFINITY)
  readonly #restarted = new Float64Array(SESSIONS_MAX).fill(Number.NEGATIVE_INFINITY)

  /**
   * @param flows the source's, for the addresses of a flow
   * @param packetTime of the packet at hand, where lines are to be compared
   */
  constructor(flows: FlowTable, packetTime?: Float64Array) {
    this.#flows = flows
    this.arbiter = new MessageArbiter(new SessionTable(nameChannel), packetTime)
  }

  /** The session of a flow; −1 when there is no room for it. */
  find(flow: number): number {
    const known = this.#byFlow[flow]!
    if (known >= 0) return known
    let address = this.#flows.targetAddress(flow)
    let port = this.#flows.targetPort(flow)
    if (port >= LINE_B_PORT_MIN && port < LINE_B_PORT_END) {
      address = (address - LINE_ADDRESS_DISTANCE) | 0
      port -= LINE_PORT_DISTANCE
    }
    const session = this.arbiter.sessions.find(address, port, 0)
    this.#byFlow[flow] = session
    return session
  }

  /**
   * Sets the arbiter's sequence number to that of a packet within its session.
   * @param time `time[slot]` is when the packet was sent
   */
  number(session: number, packetSequence: number, time: Float64Array, slot: number): void {
    const { sessions, sequence } = this.arbiter
    const sentNs = time[slot]!
    const isStart = packetSequence === 1 && sessions.hasFirst[session] === 1 && sentNs > this.#latest[session]!
    if (isStart) {
      this.#baseBefore[session] = this.#base[session]!
      this.#base[session] = sessions.counts[session * SessionCount.Count + SessionCount.Expected]! - 1
      this.#restarted[session] = sentNs
    }
    if (sentNs > this.#latest[session]!) this.#latest[session] = sentNs
    // The slower line may still be where the session was before.
    const base = sentNs < this.#restarted[session]! ? this.#baseBefore[session]! : this.#base[session]!
    sequence[0] = packetSequence === 0 ? 0 : base + packetSequence
  }
}

function nameChannel(address: number, port: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}:${port}`
}
