import { Instrument, SYMBOL_BYTES } from '../../kernels/records/catalogue.ts'
import { copyText } from '../itch50/wire.ts'
import type { RecordBatch } from '../record-batch.ts'
import { Mdp3Reject } from './counts.ts'
import type { DecodeContext } from './decode-context.ts'
import { MDInstrumentDefinitionFuture27 } from './generated/v9/md-instrument-definition-future-27.ts'
import { MDInstrumentDefinitionOption41 } from './generated/v9/md-instrument-definition-option-41.ts'
import { MDInstrumentDefinitionSpread29 } from './generated/v9/md-instrument-definition-spread-29.ts'
import { MDInstrumentDefinitionFixedIncome57 } from './generated/v13/md-instrument-definition-fixed-income-57.ts'
import { MDInstrumentDefinitionFuture54 } from './generated/v13/md-instrument-definition-future-54.ts'
import { MDInstrumentDefinitionFX63 } from './generated/v13/md-instrument-definition-fx-63.ts'
import { MDInstrumentDefinitionOption55 } from './generated/v13/md-instrument-definition-option-55.ts'
import { MDInstrumentDefinitionRepo58 } from './generated/v13/md-instrument-definition-repo-58.ts'
import { MDInstrumentDefinitionSpread56 } from './generated/v13/md-instrument-definition-spread-56.ts'
import { SecurityUpdateAction } from './generated/v13/types.ts'
import { hasLimits, readLimits } from './price-limits.ts'
import { Slot, UNKNOWN_TICK_SIZE } from './record-writer.ts'
import { BOOK_DEPTH_MAX, IMPLIED_DEPTH_MAX, NAME_WORDS } from './security-table.ts'
import { Template } from './templates.ts'
import { NO_STATE, tradingStateOf } from './trading-states.ts'

const WIRE_SYMBOL_BYTES = 20
const WIRE_CURRENCY_BYTES = 3
const CURRENCY_BYTES = Instrument.Bytes - Instrument.Currency
/** Third letter of GBX, the book of orders, and of GBI, the implied book. */
const LETTER_X = 0x58
const LETTER_I = 0x49

type DefinitionMessages =
  | MDInstrumentDefinitionFuture27
  | MDInstrumentDefinitionSpread29
  | MDInstrumentDefinitionOption41
  | MDInstrumentDefinitionFuture54
  | MDInstrumentDefinitionOption55
  | MDInstrumentDefinitionSpread56
  | MDInstrumentDefinitionFixedIncome57
  | MDInstrumentDefinitionRepo58
  | MDInstrumentDefinitionFX63

/**
 * Templates 27, 29, 41, 54 to 58 and 63: instruments. They are sent in a loop; one that says nothing new gives no record.
 */
export class DefinitionMessage {
  isDone = true
  readonly #context: DecodeContext
  readonly #messages = new Map<number, DefinitionMessages>([
    [Template.DefinitionFuture7, new MDInstrumentDefinitionFuture27()],
    [Template.DefinitionSpread7, new MDInstrumentDefinitionSpread29()],
    [Template.DefinitionOption7, new MDInstrumentDefinitionOption41()],
    [Template.DefinitionFuture, new MDInstrumentDefinitionFuture54()],
    [Template.DefinitionOption, new MDInstrumentDefinitionOption55()],
    [Template.DefinitionSpread, new MDInstrumentDefinitionSpread56()],
    [Template.DefinitionFixedIncome, new MDInstrumentDefinitionFixedIncome57()],
    [Template.DefinitionRepo, new MDInstrumentDefinitionRepo58()],
    [Template.DefinitionFx, new MDInstrumentDefinitionFX63()],
  ])
  #message: DefinitionMessages = this.#messages.get(Template.DefinitionFuture)!

  constructor(context: DecodeContext) {
    this.#context = context
  }

  begin(template: number, view: DataView, at: number, blockLength: number, version: number, end: number): boolean {
    this.#message = this.#messages.get(template)!
    if (!this.#message.wrap(view, at, blockLength, version, end)) return false
    this.isDone = !this.#isNews()
    return true
  }

  /** Decodes the message. */
  step(batch: RecordBatch): void {
    const context = this.#context
    const { securities, writer } = context
    const message = this.#message
    this.isDone = true
    const known = securities.find(message.securityID)
    const instrument = known === 0 ? securities.assign(message.securityID) : known
    if (instrument === 0) {
      context.reject(Mdp3Reject.TooManyInstruments)
      return
    }
    securities.messages[instrument]!++
    securities.definedHigh[instrument] = message.lastUpdateTimeHigh
    securities.definedLow[instrument] = message.lastUpdateTimeLow
    this.#noteNames(instrument)
    this.#noteDepths(instrument)
    this.#instrument(batch, instrument)
    if (hasLimits(message) && readLimits(context, message)) writer.priceLimits(batch, instrument)
    if (message.isMdSecurityTradingStatusNull) return
    const state = tradingStateOf(message.mdSecurityTradingStatus)
    if (state !== NO_STATE) writer.tradingStatus(batch, instrument, state, 0)
  }

  #isNews(): boolean {
    const { securities } = this.#context
    const message = this.#message
    // A deleted instrument keeps its id; nothing more will be heard of it.
    if (message.securityUpdateAction === SecurityUpdateAction.Delete) return false
    const known = securities.find(message.securityID)
    if (known === 0 || (securities.definedHigh[known] === 0 && securities.definedLow[known] === 0)) return true
    const isSame =
      securities.definedHigh[known] === message.lastUpdateTimeHigh &&
      securities.definedLow[known] === message.lastUpdateTimeLow
    return !isSame
  }

  #instrument(batch: RecordBatch, instrument: number): void {
    const context = this.#context
    const { writer } = context
    const message = this.#message
    const { minPriceIncrementMantissaHigh: high, minPriceIncrementMantissaLow: low } = message
    // Null where the tick varies with the price.
    const isNull = high === 0x7fffffff && low === -1
    if (isNull || !context.readPrice(high, low, Slot.TickSize)) writer.values[Slot.TickSize] = UNKNOWN_TICK_SIZE
    const to = writer.instrument(batch, instrument, message.securityID, false)
    const { view, symbolAt, currencyAt } = message
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
    const { u8 } = batch.views
    copyText(bytes, symbolAt, WIRE_SYMBOL_BYTES, u8, to + Instrument.Symbol, SYMBOL_BYTES)
    copyText(bytes, currencyAt, WIRE_CURRENCY_BYTES, u8, to + Instrument.Currency, CURRENCY_BYTES)
  }

  /** The group and the asset, by which a status names many instruments at once. */
  #noteNames(instrument: number): void {
    const { group, asset } = this.#context.securities
    const { view, securityGroupAt, assetAt } = this.#message
    const to = instrument * NAME_WORDS
    group[to] = view.getInt32(securityGroupAt, true)
    group[to + 1] = view.getUint16(securityGroupAt + 4, true)
    asset[to] = view.getInt32(assetAt, true)
    asset[to + 1] = view.getUint16(assetAt + 4, true)
  }

  #noteDepths(instrument: number): void {
    const { depth, impliedDepth, isDepthKnown } = this.#context.securities
    const feeds = this.#message.noMDFeedTypes
    while (feeds.next()) {
      const levels = feeds.marketDepth
      if (levels < 1) continue
      const letter = feeds.view.getUint8(feeds.mdFeedTypeAt + 2)
      if (letter === LETTER_X) {
        depth[instrument] = Math.min(levels, BOOK_DEPTH_MAX)
        isDepthKnown[instrument] = 1
      } else if (letter === LETTER_I) impliedDepth[instrument] = Math.min(levels, IMPLIED_DEPTH_MAX)
    }
  }
}
