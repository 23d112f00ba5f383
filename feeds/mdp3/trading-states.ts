import { TradingState } from '../../kernels/records/catalogue.ts'
import { HaltReason, SecurityTradingStatus } from './generated/v13/types.ts'

/** A status that changes nothing, or none at all: no record. */
export const NO_STATE = 255

const STATES = new Uint8Array(256).fill(TradingState.Unknown)
for (const [status, state] of [
  [SecurityTradingStatus.TradingHalt, TradingState.Halted],
  [SecurityTradingStatus.Close, TradingState.Closed],
  [SecurityTradingStatus.NewPriceIndication, TradingState.QuotationOnly],
  [SecurityTradingStatus.ReadyToTrade, TradingState.Trading],
  [SecurityTradingStatus.NotAvailableForTrading, TradingState.Closed],
  [SecurityTradingStatus.PreOpen, TradingState.PreOpen],
  [SecurityTradingStatus.PreCross, TradingState.PreOpen],
  [SecurityTradingStatus.Cross, TradingState.Auction],
  [SecurityTradingStatus.PostClose, TradingState.Closed],
  [SecurityTradingStatus.PrivateWorkup, TradingState.Trading],
  [SecurityTradingStatus.PublicWorkup, TradingState.Trading],
  [SecurityTradingStatus.NoChange, NO_STATE],
  [255, NO_STATE],
] as const) {
  STATES[status] = state
}

const REASONS = new Int32Array(256)
for (const [reason, text] of [
  [HaltReason.GroupSchedule, 'SCHD'],
  [HaltReason.SurveillanceIntervention, 'SURV'],
  [HaltReason.MarketEvent, 'MEVT'],
  [HaltReason.InstrumentActivation, 'ACTV'],
  [HaltReason.InstrumentExpiration, 'EXPY'],
  [HaltReason.RecoveryInProcess, 'RCVY'],
  [HaltReason.TradeDateRoll, 'ROLL'],
] as const) {
  REASONS[reason] = Buffer.from(text, 'latin1').readInt32LE(0)
}

/** The trading state of a SecurityTradingStatus (a byte), or NO_STATE. */
export function tradingStateOf(status: number): number {
  return STATES[status]!
}

/** The record's reason of a HaltReason (a byte): four characters as a little-endian word, 0 for none. */
export function reasonOf(haltReason: number): number {
  return REASONS[haltReason]!
}
