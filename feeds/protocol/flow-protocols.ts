import { FLOWS_MAX } from '../net/flow-table.ts'
import type { FeedShared } from './feed-shared.ts'
import { type DatagramProtocol, type PacketDecoder, type ProtocolReport, Sureness } from './protocol.ts'

const UNKNOWN = -1

/**
 * Which protocol each flow of datagrams carries, and the decoders: one for each protocol that occurs.
 *
 * A flow is taken for a protocol from the first datagram on that is Likely or Certain to be of it (the surest wins; among
 * equals the registry's order), and stays with it. Until then its datagrams are not decoded: a heartbeat alone tells too
 * little. When protocols are chosen by name, Possible is enough.
 */
export class FlowProtocols {
  readonly #protocols: readonly DatagramProtocol[]
  readonly #shared: FeedShared
  readonly #least: Sureness
  /** Index of the protocol by flow; −1 while unknown. */
  readonly #byFlow = new Int8Array(FLOWS_MAX + 1).fill(UNKNOWN)
  /** How sure the flow's protocol was when it was taken. */
  readonly #sureness = new Uint8Array(FLOWS_MAX + 1)
  readonly #decoders: (PacketDecoder | undefined)[]

  /** @param isChosen the protocols were named by the user: a flow need only be possible */
  constructor(protocols: readonly DatagramProtocol[], shared: FeedShared, isChosen = false) {
    this.#protocols = protocols
    this.#shared = shared
    this.#least = isChosen ? Sureness.Possible : Sureness.Likely
    this.#decoders = protocols.map(() => undefined)
  }

  /** The decoder for a datagram of a flow; undefined while the flow's protocol is unknown. */
  find(flow: number, bytes: Uint8Array, at: number, length: number, isCut: boolean): PacketDecoder | undefined {
    const index = this.#byFlow[flow]!
    return index === UNKNOWN ? this.#recognise(flow, bytes, at, length, isCut) : this.#decoders[index]
  }

  /** Name of the flow's protocol, and how sure; undefined while unknown. */
  describe(flow: number): { readonly name: string; readonly sureness: Sureness } | undefined {
    const index = this.#byFlow[flow]!
    return index === UNKNOWN ? undefined : { name: this.#protocols[index]!.name, sureness: this.#sureness[flow]! }
  }

  /** What the protocols that occurred have decoded, by name. */
  reports(): Map<string, ProtocolReport> {
    const reports = new Map<string, ProtocolReport>()
    this.#decoders.forEach((decoder, index) => {
      if (decoder !== undefined) reports.set(this.#protocols[index]!.name, decoder.report())
    })
    return reports
  }

  #recognise(flow: number, bytes: Uint8Array, at: number, length: number, isCut: boolean): PacketDecoder | undefined {
    let best = UNKNOWN
    let most = this.#least - 1
    for (let index = 0; index < this.#protocols.length; index++) {
      const sureness = this.#protocols[index]!.recognise(bytes, at, length, isCut)
      if (sureness <= most) continue
      most = sureness
      best = index
    }
    if (best === UNKNOWN) return undefined
    this.#byFlow[flow] = best
    this.#sureness[flow] = most
    let decoder = this.#decoders[best]
    if (decoder === undefined) {
      decoder = this.#protocols[best]!.open(this.#shared)
      this.#decoders[best] = decoder
    }
    return decoder
  }
}
