import { resolve } from 'node:path'
import type { Command } from 'commander'
import { ExitCode } from '../../kernels/host/xk-error.ts'
import type { CommandContext } from '../cli/command-context.ts'
import { UsageError } from '../cli/errors.ts'
import { BUNDLED_SCENARIOS, listScenarios, rehearse } from '../rehearsal/rehearse.ts'
import { renderPassSheet } from '../report/rehearsal-report.ts'
import { parseWhole } from './venue-arguments.ts'

const JOBS_MAX = 16

/** Values of the options that make `xk venue` a rehearsal. */
export interface ScriptOptions {
  /** True for the bundled scenarios. */
  readonly script?: true | readonly string[]
  readonly only?: readonly string[]
  readonly config?: string
  readonly journal: string
  readonly jobs: number
  readonly seed: number
}

/** Adds the options of a rehearsal to `xk venue`. */
export function addScriptOptions(command: Command): void {
  command
    .option(
      '--script [files...]',
      'rehearse: scenarios of these files, or those that come along, each with an appliance',
    )
    .option('--only <names...>', 'with --script: the scenarios of these names')
    .option('-c, --config <file>', 'with --script: configuration of the appliance')
    .option('--jobs <n>', 'with --script: scenarios at a time', parseWhole(1, JOBS_MAX), 1)
    .option('--journal <folder>', 'with --script: where journals lie', '.xk/journal')
}

/**
 * Rehearses, and prints the pass sheet.
 * @throws UsageError for a scenario that is not there
 */
export async function runScript(context: CommandContext, options: ScriptOptions): Promise<ExitCode> {
  const files = options.script === true ? [BUNDLED_SCENARIOS] : (options.script ?? [])
  const only = options.only ?? []
  const names = listScenarios(files)
  const unknown = only.find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw new UsageError(`there is no scenario "${unknown}" (--only)`, `one of ${names.join(', ')}`)
  const progress = context.startProgress('rehearsal')
  const sheet = await rehearse({
    files,
    only,
    configPath: options.config,
    journalFolder: resolve(options.journal),
    seed: options.seed,
    signal: context.signal,
    jobs: options.jobs,
    onProgress: (done, total) => progress.update(done / total, `${done} of ${total}`),
  })
  context.printResult(sheet, () => renderPassSheet(sheet, context.paint))
  return sheet.isPassed ? ExitCode.Ok : ExitCode.Rehearsal
}
