import type { DayFacts } from '../../kernels/io/day-records.ts'
import type { ApplianceConfig } from '../config/config.ts'
import { ConfigError } from '../config/config-error.ts'
import { reconcile } from './reconcile.ts'
import { bindDayFile, readDayFile } from './start-of-day.ts'

/** What a session begins with. */
export interface DayPlan {
  /** Undefined without a start-of-day file. */
  readonly facts: DayFacts | undefined
  /** How the opening positions differ from the closing ones before, where the configuration lets that pass. */
  readonly warnings: readonly string[]
}

/**
 * Reads and checks the start-of-day file of a session, and reconciles it with the end of the day before where it names one.
 * @param strategies names of the session's strategies, in the order of their ids
 * @param date day of the session; null where it is not known
 * @throws ConfigError naming every problem by line and column
 */
export function planDay(config: ApplianceConfig, strategies: readonly string[], date: string | null): DayPlan {
  const { startFile, onMismatch } = config.day
  if (startFile === null) return { facts: undefined, warnings: [] }
  const file = readDayFile(startFile)
  const { facts, problems } = bindDayFile(file, strategies, date)
  if (problems.length > 0) throw new ConfigError(problems)
  const mismatches = file.previous === undefined ? [] : reconcile(file, readDayFile(file.previous))
  if (mismatches.length > 0 && onMismatch === 'refuse') throw new ConfigError(mismatches)
  return { facts, warnings: mismatches.map(({ where, what }) => `${what} (${where})`) }
}
