import { type ByteWindow, Need } from '../capture/byte-window.ts'
import { Damage, type DamageLog } from '../capture/damage.ts'
import { FeedRead, MESSAGES_PER_FILL_MAX } from '../capture/feed-read.ts'
import type { FeedShared } from '../protocol/feed-shared.ts'
import { EMPTY_REPORT, type FileDecoder, type ProtocolReport } from '../protocol/protocol.ts'
import type { RecordBatch } from '../record-batch.ts'
import { DBN_REJECT_NAMES, DbnReject, nameRecordTypes } from './counts.ts'
import { DbnDecoder } from './decoder.ts'
import { LENGTH_UNIT_BYTES, RecordAt } from './layout.ts'
import { MetadataReader } from './metadata.ts'
import { SCHEMA_TBBO } from './metadata-layout.ts'
import { isDbnMagic } from './recognise.ts'
import { stateOf } from './state.ts'

const MAGIC_BYTES = 4

/** Which part of the file comes next. */
enum Stage {
  Magic = 0,
  Metadata = 1,
  Records = 2,
}

/** A DBN file, or a fragment of one without metadata. */
export class DbnFileFeed implements FileDecoder {
  readonly #window: ByteWindow
  readonly #damage: DamageLog
  readonly #decoder: DbnDecoder
  readonly #metadata: MetadataReader
  #stage = Stage.Magic

  constructor(window: ByteWindow, shared: FeedShared, damage: DamageLog) {
    const state = stateOf(shared)
    this.#window = window
    this.#damage = damage
    this.#decoder = new DbnDecoder(state, shared.instruments, shared.epoch)
    this.#metadata = new MetadataReader(window, state.mappings)
  }

  fill(batch: RecordBatch): number {
    if (this.#stage !== Stage.Records) {
      const status = this.#begin()
      if (status !== Need.Ready) return this.#end(status, 0)
    }
    const window = this.#window
    const decoder = this.#decoder
    const { u8 } = window
    let records = decoder.isPending ? decoder.resume(u8, batch) : 0
    for (let messages = 0; messages < MESSAGES_PER_FILL_MAX && batch.hasRoom() && !decoder.isPending; messages++) {
      let status = window.need(RecordAt.Bytes)
      if (status !== Need.Ready) return this.#end(status, records)
      const length = u8[window.start + RecordAt.Length]! * LENGTH_UNIT_BYTES
      if (length < RecordAt.Bytes) return this.#stop(records)
      status = window.need(length)
      if (status !== Need.Ready) return this.#end(status, records)
      records += decoder.decode(u8, window.start, length, batch)
      window.start += length
    }
    return records > 0 ? records : FeedRead.NotYet
  }

  report(): ProtocolReport {
    const { counts } = this.#decoder
    const undecoded: Record<string, number> = {}
    for (let reason = 0; reason < DBN_REJECT_NAMES.length; reason++) {
      if (counts.rejected[reason] !== 0) undecoded[DBN_REJECT_NAMES[reason]!] = counts.rejected[reason]!
    }
    return {
      ...EMPTY_REPORT,
      messages: nameRecordTypes(counts.byType),
      rejected: nameRecordTypes(counts.rejectedByType),
      undecoded,
      firstMessageNs: counts.timeNs[0]!,
      lastMessageNs: counts.timeNs[1]!,
    }
  }

  /** Reads what comes before the records. */
  #begin(): Need {
    const window = this.#window
    if (this.#stage === Stage.Magic) {
      const status = window.need(MAGIC_BYTES)
      if (status !== Need.Ready) return status
      const hasMetadata = isDbnMagic(window.u8, window.start)
      this.#stage = hasMetadata ? Stage.Metadata : Stage.Records
      if (!hasMetadata) return Need.Ready
    }
    const status = this.#metadata.read()
    if (status !== Need.Ready) return status
    const { rejected } = this.#decoder.counts
    if (this.#metadata.isBad) rejected[DbnReject.BadMetadata]!++
    rejected[DbnReject.TooManyMappings]! += this.#metadata.refusedMappings
    this.#decoder.isTradesOnly = this.#metadata.schema === SCHEMA_TBBO
    this.#stage = Stage.Records
    return Need.Ready
  }

  /** A length that no record has: there are no marks to find the next one by. */
  #stop(records: number): number {
    if (records > 0) return records
    const window = this.#window
    this.#damage.note(Damage.CorruptLength, window.offset())
    return FeedRead.End
  }

  #end(status: Need, records: number): number {
    if (records > 0 || status === Need.NotYet) return records > 0 ? records : FeedRead.NotYet
    const window = this.#window
    if (window.end > window.start || this.#stage === Stage.Metadata) {
      this.#damage.note(Damage.TruncatedTail, window.offset())
      window.start = window.end
    }
    return FeedRead.End
  }
}
