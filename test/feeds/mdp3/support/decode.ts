import { MDP3 } from '../../../../feeds/mdp3/protocol.ts'
import { FeedShared } from '../../../../feeds/protocol/feed-shared.ts'
import { Packet, type ProtocolReport } from '../../../../feeds/protocol/protocol.ts'
import { RecordBatch } from '../../../../feeds/record-batch.ts'
import { Header } from '../../../../kernels/records/catalogue.ts'
import { decodeRecord, findCanonicalFault } from '../../../../kernels/records/codec.ts'

/** A record, with what most tests look at apart. */
export interface DecodedRecord {
  readonly name: string
  readonly flags: number
  readonly instrument: number
  readonly fields: Readonly<Record<string, unknown>>
}

/** Packets through the room's decoder, one after the other, drained into plain records. */
export class TestDecoder {
  readonly shared: FeedShared
  readonly #decoder
  readonly #batch: RecordBatch

  constructor(options: { instrumentsMax?: number; batchBytes?: number } = {}) {
    this.shared = new FeedShared({ instrumentsMax: options.instrumentsMax ?? 64 })
    this.#decoder = MDP3.open(this.shared)
    this.#batch = new RecordBatch(options.batchBytes ?? 4096)
  }

  /** @returns the packet's records; fails on a record that is not canonical, and rather than hang */
  feed(packet: Buffer, isCut = false): DecodedRecord[] {
    const records: DecodedRecord[] = []
    const batch = this.#batch
    batch.reset()
    const begun = this.#decoder.begin(packet, 0, packet.length, 0, isCut, batch)
    this.#take(records, begun === Packet.Messages ? 0 : -1)
    for (let calls = 0; begun === Packet.Messages && !this.#decoder.isDone; calls++) {
      if (calls > 10_000) throw new Error('the packet does not come to an end')
      batch.reset()
      const appended = this.#decoder.next(batch)
      this.#take(records, appended)
    }
    return records
  }

  report(): ProtocolReport {
    return this.#decoder.report()
  }

  #take(records: DecodedRecord[], appended: number): void {
    const { views, usedBytes } = this.#batch
    let count = 0
    for (let at = 0; at < usedBytes; at += views.u32[(at + Header.Length) >> 2]!, count++) {
      const fault = findCanonicalFault(views, at)
      if (fault !== undefined) throw new Error(fault)
      const { record, flags, instrument, ...fields } = decodeRecord(views, at)
      records.push({ name: record, flags: Number(flags), instrument: Number(instrument), fields })
    }
    if (appended > 0 && count !== appended) throw new Error(`next said ${appended} records and appended ${count}`)
  }
}
