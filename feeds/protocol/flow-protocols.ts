import type { FeedShared } from './feed-shared.ts'
import { FlowAssignments } from './flow-assignments.ts'
import { type DatagramProtocol, type PacketDecoder, type ProtocolReport, Sureness } from './protocol.ts'

/**
 * Which protocol each flow of datagrams carries.
 *
 * A flow is taken for a protocol from the first datagram on that is Likely or Certain to be of it (the surest wins; among
 * equals the registry's order), and stays with it. Until then its datagrams are not decoded: a heartbeat alone tells too
 * little. When protocols are chosen by name, Possible is enough.
 */
export class FlowProtocols {
  readonly assignments: FlowAssignments<PacketDecoder>
  readonly #protocols: readonly DatagramProtocol[]
  readonly #least: Sureness

  /** @param isChosen the protocols were named by the user: a flow need only be possible */
  constructor(protocols: readonly DatagramProtocol[], shared: FeedShared, isChosen = false) {
    this.assignments = new FlowAssignments(protocols, shared)
    this.#protocols = protocols
    this.#least = isChosen ? Sureness.Possible : Sureness.Likely
  }

  /** The decoder for a datagram of a flow; undefined while the flow's protocol is unknown. */
  find(flow: number, bytes: Uint8Array, at: number, length: number, isCut: boolean): PacketDecoder | undefined {
    const decoder = this.assignments.find(flow)
    if (decoder === undefined) return this.#recognise(flow, bytes, at, length, isCut)
    const index = this.assignments.toConfirm(flow)
    if (index >= 0) this.assignments.confirm(flow, this.#protocols[index]!.recognise(bytes, at, length, isCut))
    return decoder
  }

  /** What the protocols that occurred have decoded, by name. */
  reports(): Map<string, ProtocolReport> {
    return this.assignments.reports()
  }

  #recognise(flow: number, bytes: Uint8Array, at: number, length: number, isCut: boolean): PacketDecoder | undefined {
    let best = -1
    let most = this.#least - 1
    let candidates = 0
    for (let index = 0; index < this.#protocols.length; index++) {
      const sureness = this.#protocols[index]!.recognise(bytes, at, length, isCut)
      if (sureness !== Sureness.No) candidates |= 1 << index
      if (sureness <= most) continue
      most = sureness
      best = index
    }
    this.assignments.noteCandidates(flow, candidates)
    return best < 0 ? undefined : this.assignments.assign(flow, best, most)
  }
}
