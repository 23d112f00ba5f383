import { formatCount, formatNs } from '../cli/format.ts'
import { LINE_COLUMNS_MAX, wrapText } from '../cli/table.ts'
import type { StandbyFacts } from '../supervisor/standby-keeper.ts'

const TIMES_SHOWN = 8

const STANDINGS: Readonly<Record<StandbyFacts['standing'], string>> = {
  level: 'level with the strategy kernel',
  behind: 'behind the strategy kernel',
  unfit: 'UNFIT: it decided otherwise',
  lost: 'lost',
}

/** What became of a run's standbys, as pairs of a title and a text; none where there was none. */
export function describeStandby(standby: StandbyFacts | null): [string, string][] {
  if (standby === null) return []
  const { standing, started, compared, differences, fromJournal, takeovers, restartsNs } = standby
  const journal = fromJournal > 0 ? `, ${formatCount(fromJournal)} records read from the journal` : ''
  const count = started > 1 ? ` (${formatCount(started)} were started)` : ''
  const same = differences === 0 ? 'all the same' : `${formatCount(differences)} DIFFERED`
  const pairs: [string, string][] = [
    ['standby', `${STANDINGS[standing]}${count}; ${formatCount(compared)} decisions compared, ${same}${journal}`],
  ]
  if (takeovers.length > 0) {
    const times = takeovers.map(({ atRecord, takeoverNs }) => `${formatNs(takeoverNs)} at ${formatCount(atRecord)}`)
    pairs.push(['takeovers', `${formatCount(takeovers.length)}: ${shorten(times)}`])
  }
  if (restartsNs.length > 0) pairs.push(['restarts', `without it: ${shorten(restartsNs.map((ns) => formatNs(ns)))}`])
  return pairs
}

/** The same as lines of at most 100 columns. */
export function renderStandby(standby: StandbyFacts | null): string[] {
  return describeStandby(standby).flatMap(([title, text]) =>
    wrapText(text, LINE_COLUMNS_MAX, `  ${title.padEnd(9)}  `, ' '.repeat(13)),
  )
}

function shorten(texts: readonly string[]): string {
  const more = texts.length > TIMES_SHOWN ? [`and ${formatCount(texts.length - TIMES_SHOWN)} more`] : []
  return [...texts.slice(0, TIMES_SHOWN), ...more].join(', ')
}
