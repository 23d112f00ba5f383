import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = new URL('../../..', import.meta.url).pathname

/**
 * Bundles one thread or process entry as the build does, apart from `dist/`, so that these tests depend on their own area alone.
 * @returns the bundle's address
 */
export async function buildEntry(source: string, name: string): Promise<URL> {
  const outfile = join(root, 'build', 'test-storage', `${name}.js`)
  await build({
    absWorkingDir: root,
    entryPoints: [source],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
  })
  return pathToFileURL(outfile)
}
