import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'
import { findNearestName } from '../cli/nearest-name.ts'
import type { StrategyChoice } from './config-types.ts'

/** What runs where no strategy is named: one that makes liquidity and one that takes it. */
export const DEFAULT_STRATEGIES: readonly StrategyChoice[] = [
  { path: 'market-maker', params: {} },
  { path: 'queue-imbalance', params: {} },
]

/** Names of the strategies that come with the appliance. */
export function listBundledStrategies(projectRoot: string): string[] {
  const folder = join(projectRoot, 'strategies')
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => entry.name.slice(0, -'.ts'.length))
    .sort()
}

/**
 * Turns names of bundled strategies into paths and checks that every file is there; without any, the default ones.
 * @throws XkError (`strategy-missing`) naming what was not found and what there is
 */
export function resolveStrategies(choices: readonly StrategyChoice[], projectRoot: string): StrategyChoice[] {
  const chosen = choices.length === 0 ? DEFAULT_STRATEGIES : choices
  return chosen.map(({ path, params }) => {
    const isName = !path.includes('/') && !path.includes('.')
    const file = isName ? join(projectRoot, 'strategies', `${path}.ts`) : path
    if (!existsSync(file) || !statSync(file).isFile()) throw missing(path, isName, projectRoot)
    return { path: file, params }
  })
}

function missing(path: string, isName: boolean, projectRoot: string): XkError {
  const bundled = listBundledStrategies(projectRoot)
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
