/** Layers from the bottom up: a file imports from its own group and from layers below. */
export const LAYERS: readonly (readonly string[])[] = [
  ['kernels/host'],
  ['kernels/region', 'kernels/ring', 'kernels/records'],
  ['feeds', 'strategies', 'storage'],
  ['kernels/loop'],
  ['kernels/io', 'kernels/strategy', 'kernels/storage', 'kernels/ring-bench'],
  ['kernels/rehearsal'],
  ['kernels/process'],
  ['ops'],
  ['appliance'],
]

/** Groups of one layer that may import each other: they describe the same bytes. */
const NEIGHBOURS = new Set(['kernels/region', 'kernels/ring', 'kernels/records'])

/** Who may import which package; tests may import anything. */
export const PACKAGE_USERS: Readonly<Record<string, readonly string[]>> = {
  commander: ['appliance'],
  yaml: ['appliance'],
  fzstd: ['storage'],
  '@bokuweb/zstd-wasm': ['storage'],
  saxes: ['feeds'],
  esbuild: ['kernels/strategy', 'appliance'],
  'uWebSockets.js': ['ops'],
  protobufjs: ['ops'],
  'hyparquet-writer': ['storage'],
  'better-sqlite3': ['storage', 'ops'],
}

/** The group of a file, or undefined when the list of layers does not know its folder. */
export function groupOf(path: string): string | undefined {
  return LAYERS.flat().find((group) => path.startsWith(`${group}/`))
}

function layerOf(group: string): number {
  return LAYERS.findIndex((groups) => groups.includes(group))
}

/** Why a file of one path may not import another, or undefined when it may. */
export function refuseImport(from: string, to: string): string | undefined {
  const source = groupOf(from)
  const target = groupOf(to)
  if (source === undefined) return `${from} lies in no known layer`
  if (target === undefined) return to === 'package.json' ? undefined : `${to} lies in no known layer`
  if (
    source === 'strategies' &&
    /^strategies\/(rehearsal\/)?[^/]+$/.test(from) &&
    to !== 'strategies/plugin/define.ts'
  ) {
    return 'a bundled strategy sees only the plugin interface'
  }
  if (source === target) return undefined
  if (layerOf(target) < layerOf(source)) return undefined
  if (NEIGHBOURS.has(source) && NEIGHBOURS.has(target)) return undefined
  return `${source} may not import ${target}: imports point down only`
}
