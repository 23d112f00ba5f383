import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

let found: string | undefined

/**
 * The folder of the product: the nearest one above this file, or above the bundle that holds it, whose package.json is
 * the product's. Everything that is found by path at run time (bundles, addon, strategies, samples) is found from here.
 */
export function findPackageRoot(): string {
  if (found !== undefined) return found
  let folder = dirname(fileURLToPath(import.meta.url))
  for (;;) {
    const manifest = join(folder, 'package.json')
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'crosskernel') break
    const parent = dirname(folder)
    if (parent === folder) throw new Error('the package.json of crosskernel is missing: install it again')
    folder = parent
  }
  found = folder
  return folder
}
