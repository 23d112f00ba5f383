import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'
import { readConfig } from '../config/read-config.ts'
import { planCores } from '../core-plan/core-plan.ts'
import { readTopology } from '../core-plan/topology.ts'
import { rerun } from '../run/rerun.ts'
import type { Venue } from '../venue/venue.ts'
import { describeVenue } from '../venue/venue-facts.ts'
import { listVenueOrders } from '../venue/venue-orders.ts'
import type { WireLog } from '../venue/wire-log.ts'
import type { ApplianceEnd } from './appliance-session.ts'
import { countRecords } from './check-journal.ts'
import { compareLives } from './compare-lives.ts'
import type { Scenario } from './scenario.ts'
import type { SheetRow } from './sheet.ts'

const SEEN_MAX = 600

/** Judges a session that is over: what holds of every one, then what the scenario expects of journal and report. */
export async function judgeSession(
  scenario: Scenario,
  venue: Venue,
  wire: WireLog,
  end: ApplianceEnd,
): Promise<SheetRow[]> {
  const { result } = end
  // Stopped by SIGINT, in order.
  if (result === undefined || ![ExitCode.Ok, ExitCode.Interrupted].includes(end.exitCode ?? -1)) {
    const seen = `exit code ${end.exitCode} ${end.errors.slice(0, SEEN_MAX)}`
    return [expected('the appliance ends in order', seen, false)]
  }
  const facts = describeVenue(venue)
  const open = [...listVenueOrders(venue.exchange)].filter(({ stage }) => stage === 'Live').length
  const rows = [
    expected('the appliance ends in order', 'it does', true),
    expected('no order is left open', `${open} open`, open === 0),
    expected('shares and cash are conserved', facts.breaks.join('; ') || 'sums of zero', facts.breaks.length === 0),
    expected('all of the wire was written down', `${wire.lost} events lost`, wire.lost === 0),
  ]
  try {
    rows.push(judgeLives(result.journal, venue), await judgeRerun(result.journal))
    rows.push(...judgeJournal(scenario, result.journal))
  } catch (error) {
    if (!(error instanceof XkError)) throw error
    rows.push(expected('the journal can be read', error.message, false))
  }
  for (const { line, text, path, value } of scenario.report) {
    const seen = valueAtPath(result, path)
    rows.push({ line, kind: 'expected', text: `report: ${text}`, seen, isPassed: seen === value })
  }
  return rows
}

function expected(text: string, seen: string, isPassed: boolean): SheetRow {
  return { line: 0, kind: 'expected', text, seen, isPassed }
}

function judgeLives(journalPath: string, venue: Venue): SheetRow {
  const account = describeVenue(venue).positions[0]!
  const { orders, fills, breaks, breaksMore } = compareLives(journalPath, listVenueOrders(venue.exchange), account)
  const more = breaksMore === 0 ? '' : `; ${breaksMore} more`
  const seen = breaks.length === 0 ? `${orders} orders, ${fills} fills` : `${breaks.join('; ')}${more}`
  return expected('orders, fills and cash of the journal are the venue’s', seen, breaks.length === 0)
}

/** What was decided is decided again from the journal. */
async function judgeRerun(journalPath: string): Promise<SheetRow> {
  const config = { ...readConfig(undefined, [], process.cwd()), layout: 'inline' as const }
  const plan = planCores(readTopology(), { cores: config.cores, scheduling: config.scheduling })
  const { isSame, outbound, firstDifference } = await rerun({
    journalPath,
    config,
    plan,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onWarning: () => undefined,
  })
  const seen = isSame ? `${outbound.records} records` : `record ${firstDifference?.outboundSequence} differs`
  return expected('a rerun of the journal decides the same', seen, isSame)
}

function judgeJournal(scenario: Scenario, journalPath: string): SheetRow[] {
  const counts = countRecords(journalPath, scenario.journal)
  return scenario.journal.map(({ line, text, least, most }, index) => {
    const count = counts[index]!
    const isPassed = count >= least && count <= most
    return { line, kind: 'expected', text: `journal: ${text}`, seen: `${count}`, isPassed }
  })
}

/** The value at a dotted path; what is not there counts as nothing: counters of zero are left out. */
function valueAtPath(root: unknown, path: string): string {
  let value = root
  for (const key of path.split('.')) value = (value as Record<string, unknown> | null | undefined)?.[key]
  return value === undefined || value === null ? '0' : String(value)
}
