import type { InstrumentTable } from '../protocol/instrument-table.ts'
import type { SessionEpoch } from '../protocol/session-epoch.ts'
import type { RecordBatch } from '../record-batch.ts'
import { DbnCounts, DbnReject } from './counts.ts'
import { DbnCursor } from './cursor.ts'
import { DbnDirectoryMessages } from './directory-messages.ts'
import { Flag, LENGTH_UNIT_BYTES, MboAt, MbpAt, RecordAt, RType } from './layout.ts'
import { DbnLevelMessages } from './level-messages.ts'
import { DbnOrderMessages } from './order-messages.ts'
import { DbnRareMessages } from './rare-messages.ts'
import { IS_RTYPE, LAYOUT_VERSION } from './record-lengths.ts'
import type { DbnState } from './state.ts'
import { dateOf } from './symbol-mappings.ts'

const NS_PER_SECOND = 1e9
const SECONDS_PER_DAY = 86_400
/** Times further from the session than this are damage, and would drag virtual time with them: twenty years. */
const TIME_NS_MAX = 20 * 366 * SECONDS_PER_DAY * NS_PER_SECOND

/** Slots of the decoder's times. */
enum TimeSlot {
  Event = 0,
  /** The day at hand, as a range of session time. */
  DayStart = 1,
  DayEnd = 2,
  Count = 3,
}

/** Where a record's other time lies, for the types in which it says when the record was true: samples of an interval. */
const SAMPLED_AT = new Uint8Array(256)
for (const type of [RType.Bbo1s, RType.Bbo1m, RType.Cbbo1s, RType.Cbbo1m]) SAMPLED_AT[type] = MbpAt.TsRecv

/**
 * Decodes DBN records in place into normalised records; docs/protocol-records-dbn.md says which record each becomes. What
 * is not as the layout says is counted in `counts` and gives no record; nothing throws.
 */
export class DbnDecoder {
  readonly counts = new DbnCounts()
  /** Level records of this file are trades only (schema tbbo). */
  isTradesOnly = false
  readonly #state: DbnState
  readonly #table: InstrumentTable
  readonly #epoch: SessionEpoch
  readonly #cursor = new DbnCursor()
  readonly #orders: DbnOrderMessages
  readonly #levels: DbnLevelMessages
  readonly #rare: DbnRareMessages
  readonly #directory: DbnDirectoryMessages
  readonly #timeNs = new Float64Array(TimeSlot.Count)
  /** The day at hand as YYYYMMDD. */
  #date = 0

  constructor(state: DbnState, table: InstrumentTable, epoch: SessionEpoch) {
    const cursor = this.#cursor
    this.#state = state
    this.#table = table
    this.#epoch = epoch
    this.#orders = new DbnOrderMessages(cursor, state.orders, state.events, state.isStale, this.counts)
    this.#levels = new DbnLevelMessages(cursor, state.levels, state.events, this.counts)
    this.#rare = new DbnRareMessages(cursor, this.counts)
    this.#directory = new DbnDirectoryMessages(cursor, state.instruments, this.counts)
  }

  /** Whether records of the last message did not fit: `resume` appends them before the next `decode`. */
  get isPending(): boolean {
    return this.#levels.isPending
  }

  resume(bytes: Uint8Array, batch: RecordBatch): number {
    this.#cursor.attach(bytes, batch)
    return this.#levels.resume()
  }

  /**
   * Decodes one record. The batch must have room (`batch.hasRoom()`).
   * @param at offset of its header; all of its `length` bytes, at least those of a header, lie within `bytes`
   * @returns how many records were appended
   */
  decode(bytes: Uint8Array, at: number, length: number, batch: RecordBatch): number {
    const cursor = this.#cursor
    const { counts } = this
    const type = bytes[at + RecordAt.Type]!
    const version = LAYOUT_VERSION[(type << 8) | (length / LENGTH_UNIT_BYTES)]!
    if (version === 0) {
      counts.reject(type, IS_RTYPE[type] === 1 ? DbnReject.WrongLength : DbnReject.UnknownType)
      return 0
    }
    counts.byType[type]!++
    cursor.attach(bytes, batch)
    cursor.at = at
    if (!this.#readTime(type)) {
      counts.reject(type, DbnReject.TimeOutOfRange)
      return 0
    }
    if (type === RType.Definition || type === RType.SymbolMapping) {
      const defined = this.#directory.decode(type, version, bytes, this.#date)
      this.#table.messages[cursor.instrument]!++
      return defined
    }
    const implied = type === RType.System || type === RType.Error ? this.#ofNone() : this.#findInstrument()
    if (implied < 0) {
      counts.reject(type, DbnReject.TooManyInstruments)
      return 0
    }
    this.#table.messages[cursor.instrument]!++
    return implied + this.#dispatch(type, version)
  }

  #dispatch(type: number, version: number): number {
    switch (type) {
      case RType.Mbo:
        return this.#orders.decode()
      case RType.Trade:
      case RType.Mbp1:
      case RType.Mbp10:
      case RType.Cmbp1:
      case RType.Cbbo1s:
      case RType.Cbbo1m:
      case RType.Tcbbo:
      case RType.Bbo1s:
      case RType.Bbo1m:
        return this.#levels.decode(type, this.isTradesOnly)
      default:
        return this.#rare.decode(type, version)
    }
  }

  #ofNone(): number {
    this.#cursor.instrument = 0
    return 0
  }

  /** Sets the cursor's instrument. @returns how many records were appended about it, −1 when all ids are taken */
  #findInstrument(): number {
    const cursor = this.#cursor
    const { instruments } = this.#state
    const publisher = cursor.readU16(RecordAt.Publisher)
    const venueId = cursor.readI32(RecordAt.Instrument)
    cursor.instrument = instruments.find(publisher, venueId)
    if (cursor.instrument !== 0) {
      return instruments.dependsOnDay ? instruments.recheck(publisher, venueId, this.#date, cursor, this.counts) : 0
    }
    return instruments.imply(publisher, venueId, this.#date, cursor, this.counts) === 0 ? -1 : 1
  }

  /**
   * Reads the record's times: that of the report, and that of its records. A snapshot's orders carry the times at which
   * they were entered, and a sample of an interval that of its last change: both were true when they were sent.
   */
  #readTime(type: number): boolean {
    const cursor = this.#cursor
    const timeNs = this.#timeNs
    const { view, at } = cursor
    const sentAt =
      type === RType.Mbo && (cursor.readU8(MboAt.Flags) & Flag.Snapshot) !== 0 ? MboAt.TsRecv : SAMPLED_AT[type]!
    const from = at + (sentAt === 0 ? RecordAt.TsEvent : sentAt)
    this.#epoch.wordsToSession(view.getInt32(from + 4, true), view.getInt32(from, true), cursor.sourceTimeNs, 0)
    const event = at + RecordAt.TsEvent
    this.#epoch.wordsToSession(view.getInt32(event + 4, true), view.getInt32(event, true), timeNs, TimeSlot.Event)
    if (!isNear(timeNs[TimeSlot.Event]!) || !isNear(cursor.sourceTimeNs[0]!)) return false
    if (this.counts.timeNs[0] === -1) this.counts.timeNs[0] = timeNs[TimeSlot.Event]!
    this.counts.timeNs[1] = timeNs[TimeSlot.Event]!
    const now = cursor.sourceTimeNs[0]!
    if (this.#date === 0 || now < timeNs[TimeSlot.DayStart]! || now >= timeNs[TimeSlot.DayEnd]!) this.#beginDay()
    return true
  }

  #beginDay(): void {
    const timeNs = this.#timeNs
    const seconds = this.#epoch.seconds + Math.floor(this.#cursor.sourceTimeNs[0]! / NS_PER_SECOND)
    const dayStart = Math.floor(seconds / SECONDS_PER_DAY) * SECONDS_PER_DAY
    this.#date = dateOf(dayStart)
    timeNs[TimeSlot.DayStart] = (dayStart - this.#epoch.seconds) * NS_PER_SECOND
    timeNs[TimeSlot.DayEnd] = timeNs[TimeSlot.DayStart]! + SECONDS_PER_DAY * NS_PER_SECOND
  }
}

function isNear(timeNs: number): boolean {
  return timeNs < TIME_NS_MAX && timeNs > -TIME_NS_MAX
}
