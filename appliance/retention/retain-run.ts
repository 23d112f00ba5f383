import { dirname } from 'node:path'
import { toXkError } from '../cli/errors.ts'
import type { ApplianceConfig } from '../config/config.ts'
import { readDayFile } from '../day/start-of-day.ts'
import type { RunHooks } from '../run/types.ts'
import { runJob } from '../work/run-in-thread.ts'
import type { PruneInput, PruneResult } from './prune-journals.ts'

const NOTHING: PruneResult = { removed: [], bytes: 0 }

/** What a run must not remove: its own journal, what it has read, and what the next day begins with. */
export function listNeeded(config: ApplianceConfig, journalPath: string): PruneInput['needed'] {
  const needed = [{ path: journalPath, why: 'it is of this run' }]
  for (const path of config.feed.files) needed.push({ path, why: 'it is an input of this run' })
  const { startFile } = config.day
  if (startFile === null) return needed
  needed.push({ path: dirname(startFile), why: 'this day began with it' })
  const { previous } = readDayFile(startFile)
  if (previous !== undefined) needed.push({ path: dirname(previous), why: 'this day began with it' })
  return needed
}

/**
 * Removes the journals that `journal.keepDays`, `keepCount` and `keepBytes` no longer keep, on a thread of its own, after a run. The run is over
 * and its journal is whole: what cannot be removed is a warning.
 */
export async function retainRun(
  journalPath: string,
  { config, onWarning, signal }: Pick<RunHooks, 'onWarning' | 'signal'> & { readonly config: ApplianceConfig },
): Promise<PruneResult> {
  const { folder, keepDays, keepCount, keepBytes } = config.journal
  if (keepDays === 0 && keepCount === 0 && keepBytes === 0) return NOTHING
  const watch = { signal: signal.aborted ? new AbortController().signal : signal, onProgress: () => {} }
  try {
    const needed = listNeeded(config, journalPath)
    return await runJob(watch, 'pruneJournals', { folder, retention: { keepDays, keepCount, keepBytes }, needed })
  } catch (error) {
    onWarning(`older journals were not removed: ${toXkError(error).message}`)
    return NOTHING
  }
}
