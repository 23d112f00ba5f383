import { FLOWS_MAX } from '../net/flow-table.ts'
import type { FeedShared } from '../protocol/feed-shared.ts'
import { Packet, type StreamDecoder, Sureness } from '../protocol/protocol.ts'
import type { RecordBatch } from '../record-batch.ts'
import { PitchPackets } from './packets.ts'
import { looksLikePitchStream, PitchProduct } from './recognise.ts'
import { UnitHeader } from './unit-layout.ts'
import { readU16 } from './unit-walker.ts'

/**
 * PITCH over TCP: what is said to spin servers and gap request proxies and what they answer, in blocks behind unit headers
 * as in datagrams. Whole blocks are used up; one that is not all there yet waits. After a hole, or a length that cannot be,
 * the next bytes that look like a whole block are where decoding goes on; what lies before counts as one bad block.
 */
export class PitchStream extends PitchPackets implements StreamDecoder {
  consumedBytes = 0
  /** By flow: where its next block begins is unknown. */
  readonly #isLost = new Uint8Array(FLOWS_MAX + 1)

  constructor(shared: FeedShared, product: PitchProduct) {
    super(shared, product, true)
  }

  override begin(
    bytes: Uint8Array,
    at: number,
    length: number,
    flow: number,
    isCut: boolean,
    batch: RecordBatch,
  ): Packet {
    const end = at + length
    let from = at
    if (this.#isLost[flow] === 1) {
      from = this.#findBlock(bytes, at, end, flow)
      if (from > at) this.blocks.bad++
    }
    let to = from
    while (this.#isLost[flow] === 0 && to + UnitHeader.Bytes <= end) {
      const blockBytes = readU16(bytes, to + UnitHeader.Length)
      if (blockBytes < UnitHeader.Bytes) {
        this.blocks.bad++
        this.skipHole(flow)
        // What lies before it is decoded first.
        if (to === from) {
          from = this.#findBlock(bytes, to + 1, end, flow)
          to = from
        }
      } else if (to + blockBytes > end) break
      else to += blockBytes
    }
    this.consumedBytes = to - at
    this.isDone = true
    return to > from ? super.begin(bytes, from, to - from, flow, isCut, batch) : Packet.Idle
  }

  skipHole(flow: number): void {
    this.#isLost[flow] = 1
    this.decoder.endSpin(flow)
  }

  /**
   * Where the first block of messages begins: if all of it is there, the flow is no longer lost; if not, it must be looked at
   * again with more behind it. `end` where there is none.
   */
  #findBlock(bytes: Uint8Array, at: number, end: number, flow: number): number {
    for (let from = at; from < end; from++) {
      for (const product of [PitchProduct.Securities, PitchProduct.Futures]) {
        const sureness = looksLikePitchStream(bytes, from, end - from, product)
        if (sureness >= Sureness.Likely) this.#isLost[flow] = 0
        if (sureness >= Sureness.Possible) return from
      }
    }
    return end
  }
}
