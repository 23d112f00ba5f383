import { accessSync, constants, statSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { parse as parseYaml } from 'yaml'
import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'
import { isJournalFolder } from '../../kernels/io/open-market.ts'
import type { CommandContext } from '../cli/command-context.ts'
import { UsageError } from '../cli/errors.ts'
import { formatCount } from '../cli/format.ts'
import { resolveStrategies } from '../config/bundled-strategies.ts'
import type { ApplianceConfig } from '../config/config.ts'
import type { StrategyChoice } from '../config/config-types.ts'
import { type Override, readConfig } from '../config/read-config.ts'
import { type CorePlan, planCores } from '../core-plan/core-plan.ts'
import { readTopology } from '../core-plan/topology.ts'
import type { RunHooks, RunProgress } from '../run/types.ts'

/** Values of the options that every command with kernels takes. */
export interface RunOptions {
  readonly config?: string
  readonly strategy?: StrategyDraft[]
  readonly params?: Record<string, string | number | boolean>
  readonly startOfDay?: string
  readonly speed?: string
  readonly layout?: string
  readonly seed?: string
  readonly instance?: string
  readonly journal?: string
  readonly set?: string[]
  readonly verbose?: boolean
  readonly json?: boolean
}

interface StrategyDraft {
  path: string
  params: Record<string, string | number | boolean>
}

/** Options that not every run has. */
interface RunChoices {
  /** It does without the network, so that one thread can do it. */
  readonly hasLayout?: boolean
  /** It is a session with a day of its own. */
  readonly hasDay?: boolean
}

/** Adds the options that configure a run; flags win over the file. */
export function addRunOptions(command: Command, { hasLayout = false, hasDay = false }: RunChoices): Command {
  if (hasLayout) command.option('--layout <layout>', 'processes, or inline: the same kernels on one thread')
  if (hasDay) {
    const about = 'opening positions, ticks and lots, restricted list; or the end-of-day file of a session'
    command.option('--start-of-day <file>', about)
  }
  const strategies: StrategyDraft[] = []
  return command
    .option('-c, --config <file>', 'YAML configuration; see appliance/config/example.yaml')
    .option('--strategy <path>', 'plugin, or the name of a bundled one; may be given again', (path: string) => {
      strategies.push({ path, params: {} })
      return strategies
    })
    .addOption(
      new Option('--params <k=v...>', 'parameters of the strategy before it').argParser(
        (text: string, loose: Record<string, string | number | boolean> | undefined) => {
          const params = strategies.at(-1)?.params ?? loose ?? {}
          const [key, value] = parseParam(text)
          params[key] = value
          return params
        },
      ),
    )
    .option('--seed <n>', "seed of the strategies' random generators")
    .option('--instance <name>', 'name of the instance, of which each may run once')
    .option('--journal <folder>', 'where journals lie')
    .option(
      '--set <key=value>',
      'any setting of the configuration; may be given again',
      (text: string, all: string[] = []) => [...all, text],
    )
    .option('--verbose', 'show the core plan and the configuration')
}

/** `key=value` as it is given on the command line. @throws UsageError */
export function parseParam(text: string): [key: string, value: string | number | boolean] {
  const equals = text.indexOf('=')
  if (equals <= 0) {
    throw new UsageError(`"${text}" is not a parameter`, 'write --params key=value …, and the files before the options')
  }
  const value = text.slice(equals + 1)
  if (value === 'true' || value === 'false') return [text.slice(0, equals), value === 'true']
  const isNumber = /^[+-]?(\d[\d_]*)?\.?\d+(e[+-]?\d+)?$/i.test(value)
  return [text.slice(0, equals), isNumber ? Number(value.replaceAll('_', '')) : value]
}

/** Overrides in the order of the flags; `extra` come first. */
function collectOverrides(options: RunOptions, extra: readonly Override[]): Override[] {
  const overrides = [...extra]
  const add = (key: string, value: unknown, flag: string) => {
    if (value !== undefined) overrides.push({ key, value, flag: `${flag} ${String(value)}` })
  }
  add('day.startFile', options.startOfDay, '--start-of-day')
  add('speed', options.speed, '--speed')
  add('layout', options.layout, '--layout')
  add('seed', options.seed, '--seed')
  add('instance', options.instance, '--instance')
  add('journal.folder', options.journal, '--journal')
  if (options.strategy !== undefined) {
    overrides.push({ key: 'strategies', value: options.strategy, flag: '--strategy' })
  }
  for (const text of options.set ?? []) {
    const equals = text.indexOf('=')
    if (equals <= 0) throw new UsageError(`--set ${text} names no value`, 'write --set venue.feedLatencyNs=0')
    const value = parseSetValue(text.slice(equals + 1))
    overrides.push({ key: text.slice(0, equals), value, flag: `--set ${text}` })
  }
  return overrides
}

function parseSetValue(text: string): unknown {
  try {
    return parseYaml(text)
  } catch {
    return text
  }
}

/**
 * The configuration of a run from its file and flags.
 * @param files feed files of the command line; they replace those of the configuration
 * @throws ConfigError, UsageError, a system error for a file that cannot be read
 */
export function readRunConfig(options: RunOptions, files: readonly string[]): ApplianceConfig {
  const extra: Override[] = files.length === 0 ? [] : [{ key: 'feed.files', value: files, flag: files.join(' ') }]
  const config = readConfig(options.config, collectOverrides(options, extra), process.cwd())
  for (const file of config.feed.files) assertReadable(file)
  return { ...config, strategies: applyLooseParams(config.strategies, options) }
}

/** The same with the strategies' names turned into paths; where none is named, all that are bundled. */
export function withStrategyPaths(config: ApplianceConfig): ApplianceConfig {
  return { ...config, strategies: resolveStrategies(config.strategies) }
}

/** Parameters given without a `--strategy` belong to the only one of the configuration. */
function applyLooseParams(strategies: readonly StrategyChoice[], options: RunOptions): readonly StrategyChoice[] {
  if (options.params === undefined || options.strategy !== undefined) return strategies
  const [only] = strategies
  if (only === undefined || strategies.length !== 1) {
    throw new UsageError('--params stands alone: whose parameters are they?', 'put --strategy PATH before --params')
  }
  return [{ path: only.path, params: { ...only.params, ...options.params } }]
}

function assertReadable(file: string): void {
  accessSync(file, constants.R_OK)
  if (statSync(file).isFile() || isJournalFolder(file)) return
  throw new XkError({
    code: 'input-not-a-file',
    what: 'not a file',
    where: file,
    next: 'name capture files (pcap, pcapng, raw ITCH or DBN; gzip or zstd too) or the folder of a journal',
    exitCode: ExitCode.Input,
  })
}

/** Plans the cores for a configuration and tells the plan when asked to. */
export function planRun(context: CommandContext, config: ApplianceConfig, isVerbose: boolean): CorePlan {
  const hasStandby = config.supervisor.standby === 'on'
  const plan = planCores(readTopology(), { cores: config.cores, scheduling: config.scheduling, hasStandby })
  if (isVerbose) {
    for (const line of plan.explanation) context.printNote(context.paint.dim(line))
    context.printNote(context.paint.dim(`configuration: ${JSON.stringify(config)}`))
  }
  return plan
}

/** Progress and warnings of a run, shown while it lasts. */
export function showRun(context: CommandContext, title: string): RunHooks {
  let progress = context.startProgress(title)
  return {
    signal: context.signal,
    onProgress: (state: RunProgress) => progress.update(state.fraction, describeProgress(state)),
    onWarning: (line: string) => {
      context.printNote(`xk: ${line}`)
      progress = context.startProgress(title)
    },
  }
}

function describeProgress(state: RunProgress): string {
  const counts: [number, string][] = [
    [state.inboundRecords, 'records'],
    [state.orders, 'orders'],
    [state.fills, 'fills'],
  ]
  const known = counts.filter(([count]) => count > 0).map(([count, noun]) => `${formatCount(count)} ${noun}`)
  return [...(state.phase === 'running' ? [] : [state.phase]), ...known].join('  ')
}
