import { basename, join } from 'node:path'
import { stringify } from 'yaml'
import type { DayFacts } from '../../kernels/io/day-records.ts'
import type { SessionHeader } from '../../storage/catalogue/session-facts.ts'
import { replaceFile } from '../../storage/journal/durable-file.ts'
import { END_OF_DAY_NAME } from '../../storage/journal/retention.ts'
import type { PositionResult } from '../run/types.ts'
import { END_OF_DAY } from './start-of-day.ts'

export interface EndOfDay {
  readonly journalPath: string
  readonly journalId: string
  readonly header: SessionHeader
  /** All that traded or were opened. */
  readonly positions: readonly PositionResult[]
  /** What the session began with: positions of instruments that it never saw are carried over. */
  readonly day: DayFacts | undefined
  readonly fills: number
}

/**
 * Writes what a session leaves beside its journal: closing positions, fills and profit. The file can open the next session as it is.
 * Money is in units of the currency.
 * @returns its path
 */
export function writeEndOfDay(end: EndOfDay): string {
  const path = join(end.journalPath, END_OF_DAY_NAME)
  const { header, positions } = end
  const sum = (pick: (position: PositionResult) => number) =>
    positions.reduce((total, position) => total + pick(position), 0)
  const facts = {
    kind: END_OF_DAY,
    session: basename(end.journalPath),
    journal: end.journalId,
    ...(header.date !== null && { date: header.date }),
    config: header.configHash,
    code: header.codeHash,
    fills: end.fills,
    pnl: { realised: sum(({ pnlRealised }) => pnlRealised), unrealised: sum(({ pnlUnrealised }) => pnlUnrealised) },
    positions: [...positions.filter(({ quantity }) => quantity !== 0), ...carriedOver(end)],
    flat: positions
      .filter(({ quantity }) => quantity === 0)
      .map(({ strategy, symbol, ...rest }) => {
        const { pnlRealised, fills, tradedQuantity } = rest
        return { strategy, symbol, pnlRealised, fills, tradedQuantity }
      }),
  }
  const head = `# What session ${facts.session} left. It can open the next one: xk run … --start-of-day ${END_OF_DAY_NAME}\n`
  // The next session may begin with it at once.
  replaceFile(path, head + stringify(facts, { lineWidth: 0, collectionStyle: 'any' }))
  return path
}

/** Opening positions whose instrument the session never announced. */
function carriedOver({ day, positions, header }: EndOfDay) {
  const known = new Set(positions.map(({ strategy, symbol }) => `${strategy}\0${symbol}`))
  return (day?.positions ?? []).flatMap(({ strategy, symbol, quantity, averagePrice }) => {
    const name = header.plugins[strategy - 1]!.name
    return known.has(`${name}\0${symbol}`) ? [] : [{ strategy: name, symbol, quantity, averagePrice }]
  })
}
