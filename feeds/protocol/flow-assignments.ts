import { FLOWS_MAX } from '../net/flow-table.ts'
import type { FeedShared } from './feed-shared.ts'
import { type PacketDecoder, type ProtocolReport, Sureness } from './protocol.ts'

const UNKNOWN = -1
/** Datagrams of a flow that are looked at after it was taken for a protocol, until one makes it certain. */
const CONFIRMING_LOOKS_MAX = 64

/** What the flows of one carrier (datagrams or streams) are taken for, and the decoders: one for each protocol that occurs. */
export class FlowAssignments<Decoder extends PacketDecoder> {
  readonly #protocols: readonly { readonly name: string; open(shared: FeedShared): Decoder }[]
  readonly #shared: FeedShared
  /** Index of the protocol by flow; −1 while unknown. */
  readonly #byFlow = new Int8Array(FLOWS_MAX + 1).fill(UNKNOWN)
  /** How sure the flow's protocol is: the best of the datagrams looked at. */
  readonly #sureness = new Uint8Array(FLOWS_MAX + 1)
  readonly #looksLeft = new Uint8Array(FLOWS_MAX + 1)
  /** By flow, one bit a protocol: what the latest bytes of an unknown flow may be of. */
  readonly #candidates = new Int32Array(FLOWS_MAX + 1)
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
    this.#looksLeft[flow] = sureness === Sureness.Certain ? 0 : CONFIRMING_LOOKS_MAX
    let decoder = this.#decoders[index]
    if (decoder === undefined) {
      decoder = this.#protocols[index]!.open(this.#shared)
      this.#decoders[index] = decoder
    }
    return decoder
  }

  /** Index of the protocol of a flow whose next datagram may make it surer; −1 where nothing is to be gained. */
  toConfirm(flow: number): number {
    return this.#looksLeft[flow] === 0 ? UNKNOWN : this.#byFlow[flow]!
  }

  /** How sure a further datagram of the flow is: one that began with a heartbeat or the like may become certain. */
  confirm(flow: number, sureness: Sureness): void {
    if (sureness > this.#sureness[flow]!) this.#sureness[flow] = sureness
    this.#looksLeft[flow] = sureness === Sureness.Certain ? 0 : this.#looksLeft[flow]! - 1
  }

  /** Notes what an unknown flow may be of: one bit a protocol, by index. */
  noteCandidates(flow: number, bits: number): void {
    this.#candidates[flow] = bits
  }

  /** Names of the protocols that a flow may be of while it is taken for none; one of them may be chosen. */
  candidates(flow: number): string[] {
    if (this.#byFlow[flow] !== UNKNOWN) return []
    return this.#protocols.filter((_, index) => ((this.#candidates[flow]! >>> index) & 1) === 1).map(({ name }) => name)
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
