import { CATALOGUE_VERSION, RecordType, SessionEnd, SessionStart } from '../records/catalogue.ts'
import { beginRecord, RecordViews } from '../records/views.ts'
import { writeText } from '../region/region.ts'
import type { SessionFacts } from './io-config.ts'

/** The session-start record of a session, at offset 0 of its own views. */
export function buildSessionStart(facts: SessionFacts): RecordViews {
  const views = new RecordViews(new ArrayBuffer(SessionStart.Bytes))
  beginRecord(views, 0, SessionStart.Bytes, RecordType.SessionStart, 0)
  const epochNs = BigInt(facts.epochSeconds) * 1_000_000_000n
  writePair(views, SessionStart.EpochLow, epochNs)
  writePair(views, SessionStart.SeedLow, BigInt(facts.seed))
  writePair(views, SessionStart.ConfigLow, BigInt(`0x${facts.configHash}`))
  views.u32[SessionStart.CatalogueVersion >> 2] = CATALOGUE_VERSION
  views.u32[SessionStart.StrategyCount >> 2] = facts.strategyCount
  writeText(views.u8.buffer, SessionStart.Venue, 16, facts.venue)
  return views
}

function writePair(views: RecordViews, at: number, value: bigint): void {
  views.u32[at >> 2] = Number(BigInt.asUintN(32, value))
  views.u32[(at >> 2) + 1] = Number(BigInt.asUintN(32, value >> 32n))
}

/** The last record of a session, without its sequence. @param inboundRecords it included @param marketRecords of all those */
export function writeSessionEnd(views: RecordViews, at: number, inboundRecords: number, marketRecords: number): void {
  beginRecord(views, at, SessionEnd.Bytes, RecordType.SessionEnd, 0)
  views.f64[(at + SessionEnd.InboundRecords) >> 3] = inboundRecords
  views.f64[(at + SessionEnd.MarketRecords) >> 3] = marketRecords
}
