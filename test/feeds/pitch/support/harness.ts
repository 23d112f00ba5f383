import { PITCH } from '../../../../feeds/pitch/protocol.ts'
import { FeedShared } from '../../../../feeds/protocol/feed-shared.ts'
import type { PacketDecoder, ProtocolReport } from '../../../../feeds/protocol/protocol.ts'
import { RecordBatch } from '../../../../feeds/record-batch.ts'
import { decodeRecord, findCanonicalFault, type PlainRecord } from '../../../../kernels/records/codec.ts'

/** A decoder of datagrams with its batch: what each packet gives, as plain records, all checked for canonical form. */
export class PitchHarness {
  readonly shared: FeedShared
  readonly decoder: PacketDecoder
  readonly #batch = new RecordBatch(4096)

  constructor(shared = new FeedShared(), decoder: PacketDecoder = PITCH.open(shared)) {
    this.shared = shared
    this.decoder = decoder
  }

  /** Records of one packet; fails rather than hangs. */
  feed(bytes: Uint8Array, flow = 0, isCut = false): PlainRecord[] {
    const { decoder } = this
    const batch = this.#batch
    const records: PlainRecord[] = []
    batch.reset()
    decoder.begin(bytes, 0, bytes.length, flow, isCut, batch)
    let counted = this.#drain(records)
    for (let calls = 0; !decoder.isDone; calls++) {
      if (calls > 10_000) throw new Error('the packet does not come to an end')
      batch.reset()
      counted = decoder.next(batch)
      if (this.#drain(records) !== counted) throw new Error('the decoder miscounted its records')
    }
    return records
  }

  get report(): ProtocolReport {
    return this.decoder.report()
  }

  #drain(records: PlainRecord[]): number {
    const { views, usedBytes } = this.#batch
    let count = 0
    for (let at = 0; at < usedBytes; at += views.u32[at >> 2]!, count++) {
      const fault = findCanonicalFault(views, at)
      if (fault !== undefined) throw new Error(fault)
      records.push(decodeRecord(views, at))
    }
    return count
  }
}

/** Records without those that announce instruments. */
export function withoutInstruments(records: readonly PlainRecord[]): PlainRecord[] {
  return records.filter(({ record }) => record !== 'instrument')
}
