import type { DayFile, DayProblem, PlacedPosition } from './start-of-day.ts'

/** Averages are told in decimals: what their last digits may differ by. */
const AVERAGE_SHARE_MAX = 1e-9

/** What opening positions say otherwise than the closing positions of the day before, one problem each. */
export function reconcile(opening: DayFile, closing: DayFile): DayProblem[] {
  const next = `correct one of the two, or go on with --set day.onMismatch=warn`
  const closed = new Map(closing.positions.map((position) => [keyOf(position), position]))
  const problems: DayProblem[] = []
  for (const position of opening.positions) {
    const before = closed.get(keyOf(position))
    closed.delete(keyOf(position))
    const { where } = position
    if (before === undefined) {
      problems.push({ where, what: `${nameOf(position)} opens with ${position.quantity}, and was closed flat`, next })
    } else if (before.quantity !== position.quantity) {
      const what = `${nameOf(position)} opens with ${position.quantity}, and was closed with ${before.quantity}`
      problems.push({ where, what, next })
    } else if (!isSameAverage(before.averagePrice, position.averagePrice)) {
      const what = `${nameOf(position)} opens at an average of ${position.averagePrice}, and was closed at ${before.averagePrice}`
      problems.push({ where, what, next })
    }
  }
  for (const position of closed.values()) {
    const what = `${nameOf(position)} was closed with ${position.quantity}, and opens flat`
    problems.push({ where: position.where, what, next })
  }
  return problems
}

function isSameAverage(left: number, right: number): boolean {
  return Math.abs(left - right) <= Math.max(Math.abs(left), Math.abs(right)) * AVERAGE_SHARE_MAX
}

function keyOf({ strategy, symbol }: PlacedPosition): string {
  return `${strategy}\0${symbol}`
}

function nameOf({ strategy, symbol }: PlacedPosition): string {
  return `${symbol} of ${strategy}`
}
