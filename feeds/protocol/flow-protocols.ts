import type { RecordBatch } from '../record-batch.ts'
import type { FeedShared } from './feed-shared.ts'
import { FlowAssignments } from './flow-assignments.ts'
import { HEARTBEAT_BYTES_MAX, HeldHeartbeats } from './held-heartbeats.ts'
import { LeftOutFlows } from './left-out-flows.ts'
import { type DatagramProtocol, type PacketDecoder, type ProtocolReport, Sureness } from './protocol.ts'

/**
 * Which protocol each flow of datagrams carries.
 *
 * A flow is taken for a protocol from the first datagram on that is Likely or Certain to be of it (the surest wins; among
 * equals the registry's order), and stays with it. Until then its datagrams are not decoded: a heartbeat alone tells too
 * little, and is credited to its session once a message has told more. When protocols are chosen by name, Possible is enough.
 */
export class FlowProtocols {
  readonly assignments: FlowAssignments<PacketDecoder>
  /** Datagrams of flows whose protocol was not known when they came, without heartbeats that were credited later. */
  undecided = 0
  readonly leftOut: LeftOutFlows
  /** Datagrams of flows that are left out. */
  leftOutDatagrams = 0
  readonly #held = new HeldHeartbeats()
  readonly #protocols: readonly DatagramProtocol[]
  readonly #least: Sureness

  /**
   * @param isChosen the protocols were named by the user: a flow need only be possible
   * @param others those that were not
   */
  constructor(
    protocols: readonly DatagramProtocol[],
    shared: FeedShared,
    isChosen = false,
    others: readonly DatagramProtocol[] = [],
  ) {
    this.leftOut = new LeftOutFlows(others)
    this.assignments = new FlowAssignments(protocols, shared)
    this.#protocols = protocols
    this.#least = isChosen ? Sureness.Possible : Sureness.Likely
  }

  /**
   * The decoder for a datagram of a flow; undefined while the flow's protocol is unknown. A gap that the flow's heartbeats before
   * it reveal is appended to the batch.
   */
  find(
    flow: number,
    bytes: Uint8Array,
    at: number,
    length: number,
    isCut: boolean,
    batch: RecordBatch,
  ): PacketDecoder | undefined {
    const known = this.assignments.find(flow)
    if (known !== undefined) {
      const index = this.assignments.toConfirm(flow)
      if (index >= 0) this.assignments.confirm(flow, this.#protocols[index]!.recognise(bytes, at, length, isCut))
      return known
    }
    const decoder = this.#recognise(flow, bytes, at, length, isCut)
    if (decoder !== undefined) this.undecided -= this.#held.handOut(flow, decoder, batch)
    else if (this.leftOut.take(flow, bytes, at, length, isCut)) this.leftOutDatagrams++
    else this.undecided++
    return decoder
  }

  /** What the protocols that occurred have decoded, by name. */
  reports(): Map<string, ProtocolReport> {
    return this.assignments.reports()
  }

  #recognise(flow: number, bytes: Uint8Array, at: number, length: number, isCut: boolean): PacketDecoder | undefined {
    let best = -1
    let most: Sureness = Sureness.No
    let candidates = 0
    for (let index = 0; index < this.#protocols.length; index++) {
      const sureness = this.#protocols[index]!.recognise(bytes, at, length, isCut)
      if (sureness !== Sureness.No) candidates |= 1 << index
      if (sureness <= most) continue
      most = sureness
      best = index
    }
    this.assignments.noteCandidates(flow, candidates)
    if (most >= this.#least) return this.assignments.assign(flow, best, most)
    if (most === Sureness.Possible && !isCut && length <= HEARTBEAT_BYTES_MAX) this.#held.note(flow, bytes, at, length)
    return undefined
  }
}
