import { spawnSync } from 'node:child_process'

export interface NodeBinary {
  readonly path: string
  readonly version: string
  readonly v8: string
}

/** The Node of each major version that is here: this one, `node`, `node20`, `node22` on the path, and the list in XK_NODES. */
export function findNodes(): NodeBinary[] {
  const listed = (process.env.XK_NODES ?? '').split(/[:,\s]+/).filter((path) => path !== '')
  const found = new Map<string, NodeBinary>()
  for (const path of [process.execPath, 'node', 'node20', 'node22', ...listed]) {
    const told = spawnSync(path, ['-p', 'JSON.stringify([process.version, process.versions.v8])'], { encoding: 'utf8' })
    if (told.status !== 0) continue
    const [version, v8] = JSON.parse(told.stdout) as [string, string]
    const major = version.split('.')[0]!
    if (!found.has(major)) found.set(major, { path, version, v8 })
  }
  return [...found.values()]
}

/** How much longer than in the ordinary suite: XK_LITMUS_FACTOR, 1 by default. */
export const LITMUS_FACTOR = Math.max(1, Number(process.env.XK_LITMUS_FACTOR ?? 1) || 1)
