import { basename } from 'node:path'
import { formatBytes, formatCount, formatNs } from '../cli/format.ts'
import type { PruneResult } from '../retention/prune-journals.ts'
import type { SnapshotsResult } from '../run/types.ts'

const NAMES_SHOWN = 3

/** The snapshots of a run's kernels as title and text, of those that took any. */
export function describeSnapshots(snapshots: SnapshotsResult): [string, string][] {
  return (['strategy', 'io'] as const)
    .filter((kernel) => snapshots[kernel].taken > 0)
    .map((kernel) => {
      const { taken, bytes, pauseNsMax } = snapshots[kernel]
      const text = `${formatCount(taken)}, the last ${formatBytes(bytes)}, longest pause ${formatNs(pauseNsMax)}`
      return [`snapshots of ${kernel}`, text]
    })
}

/** The older journals that a run has removed as title and text, if there were any. */
export function describePruned({ removed, bytes }: PruneResult): [string, string][] {
  if (removed.length === 0) return []
  const names = removed.map((path) => basename(path))
  const shown = names.length > NAMES_SHOWN ? `${names.slice(0, NAMES_SHOWN).join(', ')}, …` : names.join(', ')
  return [['removed', `${formatCount(removed.length)} older journals, ${formatBytes(bytes)}: ${shown}`]]
}
