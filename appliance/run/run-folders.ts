import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from '../../storage/journal/durable-file.ts'

/**
 * A folder of its own for one run's journal: `<folder>/<instance>-<n>`, one more than the highest number there is. The number, not
 * a date, tells runs apart: it sorts, also after older journals were removed, and is short enough to type.
 */
export function createJournalFolder(folder: string, instance: string): string {
  makeFolder(folder)
  const prefix = `${instance}-`
  const numbers = readdirSync(folder)
    .filter((name) => name.startsWith(prefix))
    .map((name) => Number(name.slice(prefix.length)))
    .filter(Number.isSafeInteger)
  for (let number = Math.max(0, ...numbers) + 1; ; number++) {
    const path = join(folder, `${prefix}${number}`)
    if (existsSync(path)) continue
    makeFolder(path)
    return path
  }
}
