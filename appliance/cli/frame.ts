import { Command } from 'commander'
import { ExitCode } from '../../kernels/host/xk-error.ts'
import { CommandContext, toJson } from './command-context.ts'
import { describeError, errorFacts, StoppedError, toXkError } from './errors.ts'
import { type Terminal, textColumnsMax } from './terminal.ts'

export interface CommandText {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  readonly description: string
  /** Each is a command line without `xk` and what it does. */
  readonly examples: readonly (readonly [commandLine: string, purpose: string])[]
}

/** Answers the exit code; none means 0. */
export type CommandBody = (context: CommandContext) => Promise<ExitCode | undefined> | ExitCode | undefined

export interface FrameOptions {
  readonly terminal: Terminal
  /** Where SIGINT and SIGTERM arrive. */
  readonly signals: Pick<NodeJS.Process, 'on' | 'off'>
  /** Ends the process at once: for a second SIGINT, when an orderly stop takes too long for the user. */
  readonly exitNow: (exitCode: ExitCode) => void
  readonly isDebug: boolean
}

/** The frame around every command: help with examples, `--json`, signals, errors and exit codes. */
export class Frame {
  exitCode: ExitCode = ExitCode.Ok
  readonly #options: FrameOptions

  constructor(options: FrameOptions) {
    this.#options = options
  }

  /** Adds a command with its help, its examples and `--json`. */
  addCommand(parent: Command, text: CommandText): Command {
    const examples = text.examples.map(([line, purpose]) => `  xk ${line}\n      ${purpose}`)
    return parent
      .command(text.name)
      .summary(text.summary)
      .description(text.description)
      .helpOption('-h, --help', 'show this help')
      .option('--json', 'print the result as one JSON object')
      .addHelpText('after', `\nExamples:\n${examples.join('\n')}`)
  }

  /** Runs a command's body; whatever it throws ends as lines on standard error and an exit code. */
  async run(isJson: boolean, body: CommandBody): Promise<void> {
    const { signals, terminal } = this.#options
    const abort = new AbortController()
    const onInterrupt = () => this.#stop(abort, 'SIGINT')
    const onTerminate = () => this.#stop(abort, 'SIGTERM')
    signals.on('SIGINT', onInterrupt)
    signals.on('SIGTERM', onTerminate)
    const context = new CommandContext(terminal, isJson, abort.signal)
    try {
      this.exitCode = (await body(context)) ?? ExitCode.Ok
      if (abort.signal.aborted && this.exitCode === ExitCode.Ok) abort.signal.throwIfAborted()
    } catch (thrown) {
      context.finishProgress()
      this.fail(abort.signal.aborted ? abort.signal.reason : thrown, isJson)
    } finally {
      context.finishProgress()
      signals.off('SIGINT', onInterrupt)
      signals.off('SIGTERM', onTerminate)
    }
  }

  /** Shows an error and keeps its exit code. */
  fail(thrown: unknown, isJson: boolean): void {
    const error = toXkError(thrown)
    this.exitCode = error.exitCode
    if (isJson) this.#options.terminal.write(`${toJson({ error: errorFacts(error) })}\n`)
    this.#options.terminal.writeError(describeError(error, textColumnsMax(this.#options.terminal)))
    if (this.#options.isDebug) this.#options.terminal.writeError(`${describeStack(thrown)}\n`)
  }

  #stop(abort: AbortController, signal: 'SIGINT' | 'SIGTERM'): void {
    const error = new StoppedError(signal)
    if (abort.signal.aborted) this.#options.exitNow(error.exitCode)
    else abort.abort(error)
  }
}

const ROOT_HELP = `
Examples:
  xk start
      the sample session, from capture to report
  xk help journal dump
      the help of a command of a command

Exit codes: 0 done, 1 a defect, 2 command line or configuration, 3 input, 4 host, 5 in use,
6 strategy, 7 kernel, 8 journal, 9 break, 10 refused, 11 rehearsal, 12 venue, 130 SIGINT,
143 SIGTERM; docs/exit-codes.md says more.`

/** The root command: its output goes to the terminal, its errors are thrown for the frame to show. */
export function createProgram(terminal: Terminal, version: string): Command {
  return new Command('xk')
    .description('Crosskernel: a trading appliance of three kernels on partitioned cores.')
    .version(version, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .addHelpText('after', ROOT_HELP)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.write(text),
      writeErr: () => {},
      outputError: () => {},
      getOutHelpWidth: () => textColumnsMax(terminal),
    })
}

function describeStack(thrown: unknown): string {
  const stacks: string[] = []
  for (let error = thrown; error instanceof Error && stacks.length < 8; error = error.cause) {
    stacks.push(error.stack ?? error.message)
  }
  return stacks.length === 0 ? String(thrown) : stacks.join('\ncaused by: ')
}
