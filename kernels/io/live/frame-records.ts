import { Clock, RecordType, SessionEnd } from '../../records/catalogue.ts'
import type { RecordViews } from '../../records/views.ts'
import { beginRecord } from '../../records/views.ts'

/** The last record of a session, without its sequence. @param inboundRecords it included @param marketRecords of all those */
export function writeSessionEnd(views: RecordViews, at: number, inboundRecords: number, marketRecords: number): void {
  beginRecord(views, at, SessionEnd.Bytes, RecordType.SessionEnd, 0)
  views.f64[(at + SessionEnd.InboundRecords) >> 3] = inboundRecords
  views.f64[(at + SessionEnd.MarketRecords) >> 3] = marketRecords
}

/** @param tick intervals since the session's epoch: a whole number */
export function writeClock(views: RecordViews, at: number, tick: number): void {
  beginRecord(views, at, Clock.Bytes, RecordType.Clock, 0)
  views.f64[(at + Clock.Tick) >> 3] = tick
}
