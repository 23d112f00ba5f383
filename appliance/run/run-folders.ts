import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * A folder of its own for one run's journal: `<folder>/<instance>-<n>`, the first number that is free.
 * The number, not a date, tells runs apart: it sorts, and is short enough to type.
 */
export function createJournalFolder(folder: string, instance: string): string {
  mkdirSync(folder, { recursive: true })
  for (let number = 1; ; number++) {
    const path = join(folder, `${instance}-${number}`)
    if (existsSync(path)) continue
    mkdirSync(path)
    return path
  }
}
