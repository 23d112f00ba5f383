import { toXkError } from '../cli/errors.ts'
import type { ApplianceConfig } from '../config/config.ts'
import type { RunHooks } from '../run/types.ts'
import { catalogueJournal } from './catalogue-journal.ts'

/**
 * Enters the journal of a run that has ended in the catalogue, unless the configuration says not to. The run is over and its
 * journal is whole: a catalogue that cannot be written is a warning, not a failure.
 */
export function catalogueRun(
  journalPath: string,
  { config, onProgress, onWarning }: RunHooks & { readonly config: ApplianceConfig },
): void {
  if (!config.journal.catalogue) return
  try {
    catalogueJournal(journalPath, (fraction) =>
      onProgress({ phase: 'finishing', fraction, inboundRecords: 0, orders: 0, fills: 0 }),
    )
  } catch (error) {
    const { what, where } = toXkError(error)
    onWarning(`the run is not in the catalogue: ${what}${where === undefined ? '' : ` (${where})`}; xk journal reindex`)
  }
}
