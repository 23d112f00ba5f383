import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { findPackageRoot } from '../../kernels/host/package-root.ts'
import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'
import { findNearestName } from '../cli/nearest-name.ts'
import type { StrategyChoice } from './config-types.ts'

/** Names of the strategies that come with the appliance. */
export function listBundledStrategies(): string[] {
  const folder = join(findPackageRoot(), 'strategies')
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => entry.name.slice(0, -'.ts'.length))
    .sort()
}

/**
 * Turns names of bundled strategies into paths and checks that every file is there; without any, all that are bundled.
 * @throws XkError (`strategy-missing`) naming what was not found and what there is
 */
export function resolveStrategies(choices: readonly StrategyChoice[]): StrategyChoice[] {
  const bundled = () => listBundledStrategies().map((path) => ({ path, params: {} }))
  const chosen = choices.length === 0 ? bundled() : choices
  return chosen.map(({ path, params }) => {
    const isName = !path.includes('/') && !path.includes('.')
    const file = isName ? join(findPackageRoot(), 'strategies', `${path}.ts`) : path
    if (!existsSync(file) || !statSync(file).isFile()) throw missing(path, isName)
    return { path: file, params }
  })
}

function missing(path: string, isName: boolean): XkError {
  const bundled = listBundledStrategies()
  const meant = isName ? findNearestName(path, bundled) : undefined
  const hint = meant === undefined ? '' : `did you mean ${meant}? `
  return new XkError({
    code: 'strategy-missing',
    what: isName ? `no bundled strategy is called "${path}"` : 'no strategy plugin is there',
    where: isName ? undefined : path,
    next: `${hint}give a path, or one of the bundled: ${bundled.join(', ')}`,
    exitCode: ExitCode.Strategy,
  })
}
