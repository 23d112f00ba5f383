import { FLOWS_MAX } from '../net/flow-table.ts'
import type { FeedShared } from './feed-shared.ts'
import type { PacketDecoder, ProtocolReport, Sureness } from './protocol.ts'

const UNKNOWN = -1

/** What the flows of one carrier (datagrams or streams) are taken for, and the decoders: one for each protocol that occurs. */
export class FlowAssignments<Decoder extends PacketDecoder> {
  readonly #protocols: readonly { readonly name: string; open(shared: FeedShared): Decoder }[]
  readonly #shared: FeedShared
  /** Index of the protocol by flow; −1 while unknown. */
  readonly #byFlow = new Int8Array(FLOWS_MAX + 1).fill(UNKNOWN)
  /** How sure the flow's protocol was when it was taken. */
  readonly #sureness = new Uint8Array(FLOWS_MAX + 1)
  readonly #decoders: (Decoder | undefined)[]

  constructor(protocols: readonly { readonly name: string; open(shared: FeedShared): Decoder }[], shared: FeedShared) {
    this.#protocols = protocols
    this.#shared = shared
    this.#decoders = protocols.map(() => undefined)
  }

  /** The decoder of the flow's protocol; undefined while that is unknown. */
  find(flow: number): Decoder | undefined {
    const index = this.#byFlow[flow]!
    return index === UNKNOWN ? undefined : this.#decoders[index]
  }

  /** Takes the flow for the protocol of that index from now on. */
  assign(flow: number, index: number, sureness: Sureness): Decoder {
    this.#byFlow[flow] = index
    this.#sureness[flow] = sureness
    let decoder = this.#decoders[index]
    if (decoder === undefined) {
      decoder = this.#protocols[index]!.open(this.#shared)
      this.#decoders[index] = decoder
    }
    return decoder
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
}
