import type { RecordBatch } from '../record-batch.ts'
import { Mdp3Reject } from './counts.ts'
import type { DecodeContext } from './decode-context.ts'
import { MDIncrementalRefreshDailyStatistics33 } from './generated/v9/md-incremental-refresh-daily-statistics-33.ts'
import { MDIncrementalRefreshSessionStatistics35 } from './generated/v9/md-incremental-refresh-session-statistics-35.ts'
import { MDIncrementalRefreshDailyStatistics49 } from './generated/v13/md-incremental-refresh-daily-statistics-49.ts'
import { MDIncrementalRefreshSessionStatistics51 } from './generated/v13/md-incremental-refresh-session-statistics-51.ts'
import { MDIncrementalRefreshSessionStatisticsLongQty67 } from './generated/v13/md-incremental-refresh-session-statistics-long-qty-67.ts'
import { MDIncrementalRefreshVolume37 } from './generated/v13/md-incremental-refresh-volume-37.ts'
import { MDIncrementalRefreshVolumeLongQty66 } from './generated/v13/md-incremental-refresh-volume-long-qty-66.ts'
import { MDEntryType, MDUpdateAction } from './generated/v13/types.ts'
import { Slot } from './record-writer.ts'
import { isQuantityKind, statisticKindOf } from './statistic-kinds.ts'
import { Template } from './templates.ts'

type StatisticsMessages =
  | MDIncrementalRefreshDailyStatistics33
  | MDIncrementalRefreshDailyStatistics49
  | MDIncrementalRefreshSessionStatistics35
  | MDIncrementalRefreshSessionStatistics51
  | MDIncrementalRefreshSessionStatisticsLongQty67
  | MDIncrementalRefreshVolume37
  | MDIncrementalRefreshVolumeLongQty66

/** Templates 33, 35, 37, 49, 51, 66 and 67: statistics of the day and of the session, and traded volume. */
export class StatisticsMessage {
  isDone = true
  readonly #context: DecodeContext
  readonly #daily7 = new MDIncrementalRefreshDailyStatistics33()
  readonly #daily = new MDIncrementalRefreshDailyStatistics49()
  readonly #session7 = new MDIncrementalRefreshSessionStatistics35()
  readonly #session = new MDIncrementalRefreshSessionStatistics51()
  readonly #longSession = new MDIncrementalRefreshSessionStatisticsLongQty67()
  readonly #volume = new MDIncrementalRefreshVolume37()
  readonly #longVolume = new MDIncrementalRefreshVolumeLongQty66()
  #message: StatisticsMessages = this.#volume

  constructor(context: DecodeContext) {
    this.#context = context
  }

  begin(template: number, view: DataView, at: number, blockLength: number, version: number, end: number): boolean {
    this.#message = this.#messageOf(template)
    const message = this.#message
    if (!message.wrap(view, at, blockLength, version, end)) return false
    this.#context.noteEvent(message.transactTimeHigh, message.transactTimeLow, message.matchEventIndicator)
    this.isDone = this.#message.noMDEntries.count === 0
    return true
  }

  /** Decodes one entry. */
  step(batch: RecordBatch): void {
    const context = this.#context
    const entries = this.#message.noMDEntries
    entries.next()
    this.isDone = entries.index + 1 >= entries.count
    const instrument = context.admit(entries.securityID, entries.rptSeq, batch)
    if (instrument === 0) return
    // A statistic that is taken back has no value.
    if (entries.mdUpdateAction === MDUpdateAction.Delete) return
    const isVolume = !('mdEntryType' in entries)
    const entryType = isVolume ? MDEntryType.ElectronicVolume : entries.mdEntryType
    const detail = detailOf(entries)
    const isSession = 'openCloseSettlFlag' in entries
    const kind = statisticKindOf(entryType, isSession ? detail : 0)
    if (kind === 0) context.reject(Mdp3Reject.UnknownEntryType)
    else if (isQuantityKind(kind)) {
      if (this.#readQuantity(entries)) context.writer.statistic(batch, instrument, kind, detail, Slot.Quantity)
    } else if (this.#readPrice(entries)) context.writer.statistic(batch, instrument, kind, detail, Slot.Price)
  }

  #messageOf(template: number): StatisticsMessages {
    switch (template) {
      case Template.Volume:
        return this.#volume
      case Template.SessionStatistics7:
        return this.#session7
      case Template.SessionStatistics:
        return this.#session
      case Template.DailyStatistics7:
        return this.#daily7
      case Template.DailyStatistics:
        return this.#daily
      case Template.SessionStatisticsLongQuantity:
        return this.#longSession
      default:
        return this.#longVolume
    }
  }

  #readPrice(entries: StatisticsMessages['noMDEntries']): boolean {
    if (!('mdEntryPxMantissaHigh' in entries)) return false
    if ('isMdEntryPxMantissaNull' in entries && entries.isMdEntryPxMantissaNull) return false
    return this.#context.readPrice(entries.mdEntryPxMantissaHigh, entries.mdEntryPxMantissaLow, Slot.Price)
  }

  #readQuantity(entries: StatisticsMessages['noMDEntries']): boolean {
    const context = this.#context
    if ('isMdEntrySizeNull' in entries && entries.isMdEntrySizeNull) return false
    if ('mdEntrySizeHigh' in entries) {
      return context.readLongQuantity(entries.mdEntrySizeHigh, entries.mdEntrySizeLow, Slot.Quantity)
    }
    return context.readQuantity(entries.mdEntrySize, Slot.Quantity)
  }
}

/** OpenCloseSettlFlag of a session's statistics, SettlPriceType of a day's; 0 of a volume. */
function detailOf(entries: StatisticsMessages['noMDEntries']): number {
  if ('openCloseSettlFlag' in entries) return entries.isOpenCloseSettlFlagNull ? 0 : entries.openCloseSettlFlag
  return 'settlPriceType' in entries ? entries.settlPriceType : 0
}
