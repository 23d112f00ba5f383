import { LEFTOVER_BYTES_MAX } from '../net/tcp-streams.ts'
import type { FeedShared } from './feed-shared.ts'
import { FlowAssignments } from './flow-assignments.ts'
import { LeftOutFlows } from './left-out-flows.ts'
import { type ProtocolReport, type StreamDecoder, type StreamProtocol, Sureness } from './protocol.ts'

/** Bytes of a stream of no known protocol that are held at most to recognise it by. */
export const STREAM_RECOGNISE_BYTES_MAX = 4096

/**
 * Which protocol each TCP stream carries. As with datagrams, the first bytes that are Likely of a protocol decide; but bytes
 * that may be of one are held until more are there, and those that are of none are passed over, so that a stream that was taken
 * up in the middle of a message is recognised at a later segment.
 */
export class StreamProtocols {
  readonly assignments: FlowAssignments<StreamDecoder>
  /** Whether the bytes that `find` looked at last are of no protocol, however many follow. */
  isHopeless = false
  readonly leftOut: LeftOutFlows
  readonly #protocols: readonly StreamProtocol[]
  readonly #least: Sureness

  /**
   * @param isChosen the protocols were named by the user: a stream need only be possible
   * @param others those that were not
   * @throws RangeError for a protocol with messages that are longer than what the reassembly can hold
   */
  constructor(
    protocols: readonly StreamProtocol[],
    shared: FeedShared,
    isChosen = false,
    others: readonly StreamProtocol[] = [],
  ) {
    const tooLong = protocols.find(({ messageBytesMax }) => messageBytesMax > LEFTOVER_BYTES_MAX)
    if (tooLong !== undefined)
      throw new RangeError(`messages of ${tooLong.name} are longer than ${LEFTOVER_BYTES_MAX} bytes`)
    this.leftOut = new LeftOutFlows(others)
    this.assignments = new FlowAssignments(protocols, shared)
    this.#protocols = protocols
    this.#least = isChosen ? Sureness.Possible : Sureness.Likely
  }

  /** The decoder for a piece of a stream; undefined while its protocol is unknown. */
  find(flow: number, bytes: Uint8Array, at: number, length: number): StreamDecoder | undefined {
    return this.assignments.find(flow) ?? this.#recognise(flow, bytes, at, length)
  }

  /** What the protocols that occurred have decoded, by name. */
  reports(): Map<string, ProtocolReport> {
    return this.assignments.reports()
  }

  #recognise(flow: number, bytes: Uint8Array, at: number, length: number): StreamDecoder | undefined {
    let best = -1
    let most = Sureness.No
    let candidates = 0
    for (let index = 0; index < this.#protocols.length; index++) {
      const sureness = this.#protocols[index]!.recognise(bytes, at, length)
      if (sureness !== Sureness.No) candidates |= 1 << index
      if (sureness <= most) continue
      most = sureness
      best = index
    }
    this.assignments.noteCandidates(flow, candidates)
    if (most >= this.#least) return this.assignments.assign(flow, best, most)
    const isLeftOut = this.leftOut.take(flow, bytes, at, length, false)
    this.isHopeless = isLeftOut || most === Sureness.No || length >= STREAM_RECOGNISE_BYTES_MAX
    return undefined
  }
}
