import { toXkError } from '../cli/errors.ts'
import type { ApplianceConfig } from '../config/config.ts'
import type { RunHooks } from '../run/types.ts'
import { runJob } from '../work/run-in-thread.ts'

/** A run that was stopped is entered all the same; only a stop from now on ends that. */
const NEVER = new AbortController().signal

/**
 * Enters the journal of a run that has ended in the catalogue, on a thread of its own, unless the configuration says not to. The run is
 * over and its journal is whole: a catalogue that cannot be written is a warning, not a failure.
 */
export async function catalogueRun(
  journalPath: string,
  { config, onProgress, onWarning, signal }: RunHooks & { readonly config: ApplianceConfig },
): Promise<void> {
  if (!config.journal.catalogue) return
  const watch = {
    signal: signal.aborted ? NEVER : signal,
    onProgress: (fraction: number | undefined) =>
      onProgress({ phase: 'finishing', fraction, inboundRecords: 0, orders: 0, fills: 0 }),
  }
  try {
    await runJob(watch, 'catalogueJournal', { path: journalPath })
  } catch (error) {
    const { what, where } = toXkError(error)
    onWarning(`the run is not in the catalogue: ${what}${where === undefined ? '' : ` (${where})`}; xk journal reindex`)
  }
}
