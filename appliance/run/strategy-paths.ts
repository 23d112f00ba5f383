import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { findPackageRoot } from '../../kernels/host/package-root.ts'

/** Names of the bundled strategies. */
export function listBundledStrategies(): string[] {
  return readdirSync(join(findPackageRoot(), 'strategies'))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.slice(0, -3))
    .sort()
}

/** The file of a strategy given by path, or by the name of a bundled one. */
export function resolveStrategyPath(choice: string): string {
  const bundled = join(findPackageRoot(), 'strategies', `${choice}.ts`)
  return !choice.includes('/') && existsSync(bundled) ? bundled : resolve(choice)
}
