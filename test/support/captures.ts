import { existsSync } from 'node:fs'
import { join } from 'node:path'

const root = new URL('../..', import.meta.url).pathname

/** Folder of the reference captures, or undefined where there is none: XK_CAPTURES, else `../shared/captures`. */
export function findCaptures(): string | undefined {
  const folder = process.env.XK_CAPTURES ?? join(root, '..', 'shared', 'captures')
  if (existsSync(folder)) return folder
  console.log(`skipped: no reference captures (set XK_CAPTURES to their folder)`)
  return undefined
}
