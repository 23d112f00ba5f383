// Builds the TypeScript: one self-contained bundle per process or thread entry, so that constants of the
// layouts are inlined across files (a module import costs a load on every access) and a start reads one file.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** Packages with native code or a file of their own; all others are bundled, since loading them one by one costs each start tenths of a second. */
const LOADED_AT_RUN_TIME = ['esbuild', 'better-sqlite3', 'uWebSockets.js', '@bokuweb/zstd-wasm', 'vitest']

/** Entry points are found by name: `*.process.ts` (a kernel process), `*.thread.ts` (a helper thread), `*.main.ts` (a command). */
function findEntries(folder, found = []) {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) findEntries(path, found)
    else if (/\.(process|thread|main)\.ts$/.test(entry.name)) found.push(path)
  }
  return found
}

const entries = ['appliance', 'kernels', 'feeds', 'storage', 'ops', 'test']
  .filter((folder) => existsSync(join(root, folder)))
  .flatMap((folder) => findEntries(folder))
const outputNames = new Map()
for (const entry of entries) {
  const name = basename(entry, '.ts')
  if (outputNames.has(name))
    throw new Error(`two entries build to dist/${name}.js: ${outputNames.get(name)} and ${entry}`)
  outputNames.set(name, entry)
}
const { outputFiles } = await build({
  write: false,
  absWorkingDir: root,
  entryPoints: entries.map((entry) => ({ in: entry, out: basename(entry, '.ts') })),
  bundle: true,
  outdir: 'dist',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  external: LOADED_AT_RUN_TIME,
  sourcemap: true,
  logLevel: 'warning',
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
})
// Each file appears whole, by a rename: a run that starts meanwhile never reads half of one.
const dist = join(root, 'dist')
mkdirSync(dist, { recursive: true })
for (const file of outputFiles) {
  writeFileSync(`${file.path}.new`, file.contents)
  renameSync(`${file.path}.new`, file.path)
}
const built = new Set(outputFiles.map((file) => basename(file.path)))
for (const name of readdirSync(dist)) if (!built.has(name)) rmSync(join(dist, name), { recursive: true, force: true })
if (!process.argv.includes('--quiet')) console.log(`built ${entries.length} entries into dist/`)
