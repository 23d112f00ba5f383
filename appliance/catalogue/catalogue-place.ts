import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { parseSegmentName } from '../../storage/journal/layout.ts'

/** The catalogue of a folder of journals lies in it. */
export const CATALOGUE_NAME = 'catalogue.sqlite'

/** Path of the catalogue of the folder that holds a journal. */
export function cataloguePathOf(journalPath: string): string {
  return join(dirname(resolve(journalPath)), CATALOGUE_NAME)
}

/** A journal's name in its catalogue: that of its folder. */
export function sessionNameOf(journalPath: string): string {
  return basename(resolve(journalPath))
}

/** Names of the journals in a folder, in the order of the alphabet: the folders that hold segments. */
export function listJournals(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && holdsSegments(join(folder, entry.name)))
    .map(({ name }) => name)
    .sort()
}

function holdsSegments(path: string): boolean {
  return readdirSync(path).some((name) => parseSegmentName(name) > 0)
}
