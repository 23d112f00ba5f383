import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Catalogue } from '../../storage/catalogue/catalogue.ts'
import { choosePrunable, listJournals, type Retention } from '../../storage/journal/retention.ts'
import { CATALOGUE_NAME, sessionNameOf } from '../catalogue/catalogue-place.ts'

export interface PruneInput {
  /** Folder that holds journals. */
  readonly folder: string
  readonly retention: Retention
  /** Journals that stay, whatever their age, and why. */
  readonly needed: readonly { readonly path: string; readonly why: string }[]
}

/** What went. */
export interface PruneResult {
  readonly removed: readonly string[]
  readonly bytes: number
}

/** Removes the journals of a folder that are beyond what is kept, and what the catalogue has of them. @throws XkError, a system error */
export function pruneJournals({ folder, retention, needed }: PruneInput): PruneResult {
  const nowMs = Date.now()
  const journals = listJournals(folder, nowMs, needed)
  const newest = journals.findLast(({ hasEndOfDay }) => hasEndOfDay)
  // The next day is reconciled with it.
  const others = journals.map((each) =>
    each === newest ? { ...each, keptBecause: 'the next day begins with it' } : each,
  )
  const going = choosePrunable(others, retention, nowMs)
  return removeJournals(
    folder,
    going.map(({ path, bytes }) => ({ path, bytes })),
  )
}

/**
 * Removes journals. The catalogue forgets them first: a journal that is left is entered again by the next reindex, while an entry
 * without a journal would be of no use.
 * @throws CatalogueError, a system error
 */
export function removeJournals(
  folder: string,
  journals: readonly { readonly path: string; readonly bytes: number }[],
): PruneResult {
  const cataloguePath = join(folder, CATALOGUE_NAME)
  if (journals.length > 0 && existsSync(cataloguePath)) {
    const catalogue = Catalogue.open(cataloguePath)
    try {
      catalogue.forgetSessions(journals.map(({ path }) => sessionNameOf(path)))
    } finally {
      catalogue.close()
    }
  }
  for (const { path } of journals) rmSync(path, { recursive: true })
  return { removed: journals.map(({ path }) => path), bytes: journals.reduce((sum, { bytes }) => sum + bytes, 0) }
}
