import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { PluginBundleError } from './errors.ts'

/** One plugin as two scripts, ready to be run in a fresh context; plain data, so that it can be stored and sent. */
export interface StrategyBundle {
  /** The plugin's file, as it is shown to the user. */
  readonly path: string
  /** The plugin's own files. */
  readonly code: string
  /** The context that it is called with. */
  readonly facade: string
  /** JSON of the source map, version 3. */
  readonly sourceMap: string
  /** SHA-256 of both, hexadecimal: equal bundles decide equally. */
  readonly digest: string
}

/** SHA-256 of a bundle's scripts, hexadecimal. */
export function digestCode({ code, facade }: Pick<StrategyBundle, 'code' | 'facade'>): string {
  return createHash('sha256').update(code).update('\0').update(facade).digest('hex')
}

/** Reads a bundle that was stored as JSON. @throws PluginBundleError */
export function readBundle(path: string): StrategyBundle {
  const bundle = JSON.parse(readFileSync(path, 'utf8')) as StrategyBundle
  const digest = digestCode(bundle)
  if (digest !== bundle.digest) throw new PluginBundleError('the stored bundle was changed', path, 'bundle it again')
  return bundle
}

/** A path as messages show it: relative to the working folder where it lies inside. */
export function showPath(absolute: string): string {
  const shown = relative(process.cwd(), absolute)
  return shown.startsWith('..') ? absolute : shown
}
