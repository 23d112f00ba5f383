import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { findPackageRoot } from '../../kernels/host/package-root.ts'
import { resolveStrategies } from '../config/bundled-strategies.ts'
import { readScenarios } from './read-scenarios.ts'
import { runScenario } from './run-scenario.ts'
import type { Scenario } from './scenario.ts'
import type { PassSheet, ScenarioResult } from './sheet.ts'

/** What is rehearsed when no file is named. */
export const BUNDLED_SCENARIOS = join(findPackageRoot(), 'appliance', 'rehearsal', 'certification.yaml')
const DEFAULT_STRATEGY = join(findPackageRoot(), 'strategies', 'rehearsal', 'follow-the-ask.ts')

export interface RehearsalRequest {
  /** Files of scenarios. */
  readonly files: readonly string[]
  /** Names of those that are run; all where there are none. */
  readonly only: readonly string[]
  readonly configPath: string | undefined
  readonly journalFolder: string
  readonly seed: number
  /** Scenarios at a time. */
  readonly jobs: number
  readonly signal: AbortSignal
  /** A scenario has ended. */
  readonly onProgress: (done: number, total: number) => void
}

/**
 * Runs scenarios, so many at a time, each with a venue and an appliance of its own.
 * @throws ConfigError for a scenario that cannot be; XkError for a strategy that is not there; the signal's reason
 */
export async function rehearse(request: RehearsalRequest): Promise<PassSheet> {
  const { files, only, configPath, journalFolder, seed, jobs, signal, onProgress } = request
  const all = files.flatMap((path) => readScenarios(path, DEFAULT_STRATEGY))
  const chosen = only.length === 0 ? all : all.filter(({ name }) => only.includes(name))
  for (const { strategy } of chosen) resolveStrategies([{ path: strategy, params: {} }])
  if (!existsSync(journalFolder)) mkdirSync(journalFolder, { recursive: true })
  const scenarios = await runInTurns(chosen, jobs, async (scenario, index, done) => {
    const instance = `rehearsal-${process.pid}-${index + 1}`
    const result = await runScenario(scenario, { configPath, instance, journalFolder, seed, signal })
    onProgress(done(), chosen.length)
    return result
  })
  const passed = scenarios.filter(({ isPassed }) => isPassed).length
  const failed = scenarios.length - passed
  return { isPassed: failed === 0 && passed > 0, passed, failed, scenarios }
}

/** Names of all scenarios of the files, in their order. */
export function listScenarios(files: readonly string[]): string[] {
  return files.flatMap((path) => readScenarios(path, DEFAULT_STRATEGY)).map(({ name }: Scenario) => name)
}

/** Results in the order of the scenarios; the next one begins when one of those under way has ended. */
async function runInTurns(
  scenarios: readonly Scenario[],
  jobs: number,
  run: (scenario: Scenario, index: number, done: () => number) => Promise<ScenarioResult>,
): Promise<ScenarioResult[]> {
  const results: ScenarioResult[] = []
  let next = 0
  let ended = 0
  const work = async () => {
    while (next < scenarios.length) {
      const index = next++
      results[index] = await run(scenarios[index]!, index, () => ++ended)
    }
  }
  await Promise.all(Array.from({ length: jobs }, work))
  return results
}
