import { type Command, CommanderError } from 'commander'
import type { ExitCode } from '../../kernels/host/xk-error.ts'
import { UsageError } from './errors.ts'
import { createProgram, Frame } from './frame.ts'
import { findNearestName } from './nearest-name.ts'
import { openTerminal } from './terminal.ts'

/** Adds one command to the program. */
export type AddCommand = (program: Command, frame: Frame) => void

/**
 * Runs a command line and answers its exit code.
 * @param argv the arguments behind the program's name
 */
export async function runCommandLine(
  process: NodeJS.Process,
  argv: readonly string[],
  version: string,
  commands: readonly AddCommand[],
): Promise<ExitCode> {
  const terminal = openTerminal(process)
  const exitNow = (exitCode: ExitCode) => process.exit(exitCode)
  const isDebug = process.env.XK_DEBUG === '1'
  const frame = new Frame({ terminal, signals: process, exitNow, isDebug })
  const program = createProgram(terminal, version)
  for (const addCommand of commands) addCommand(program, frame)
  addHelpCommand(program)
  const isJson = argv.includes('--json')
  try {
    await program.parseAsync(argv.length === 0 ? ['--help'] : [...argv], { from: 'user' })
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) frame.fail(thrown, isJson)
    else if (thrown.exitCode !== 0) frame.fail(explainUsage(thrown, program, argv), isJson)
  }
  return frame.exitCode
}

/** `xk help [COMMAND…]`, of commands of commands too. */
function addHelpCommand(program: Command): void {
  program
    .command('help')
    .summary('show the help of a command')
    .argument('[command...]', 'its name, and the name of a command of it')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', '\nExamples:\n  xk help replay\n      what xk replay takes')
    .action((names: string[]) => {
      let command = program
      for (const name of names) {
        const child = command.commands.find((candidate) => candidate.name() === name)
        if (child === undefined) throw unknownCommand(name, command)
        command = child
      }
      command.outputHelp()
    })
}

function unknownCommand(name: string, parent: Command): UsageError {
  const path = commandPath(parent)
  const meant = findNearestName(
    name,
    parent.commands.map((child) => child.name()),
  )
  return new UsageError(
    `${path} has no command ${name}`,
    meant === undefined ? `${path} --help` : `did you mean ${path} ${meant}? All are listed by ${path} --help`,
  )
}

/** What commander refuses, in our own form: what is wrong, and the name or the help that was meant. */
function explainUsage(error: CommanderError, program: Command, argv: readonly string[]): UsageError {
  const command = findCommand(program, argv)
  const name = commandPath(command)
  if (error.code === 'commander.help') {
    const names = command.commands.map((child) => child.name()).filter((child) => child !== 'help')
    return new UsageError(`${name} needs one of its commands: ${names.join(', ')}`, `${name} --help`)
  }
  const [first, hint] = error.message.split('\n')
  const what = first!.replace(/^error: /, '').replace(/\.$/, '')
  const meant = hint?.match(/Did you mean (.*)\?/)?.[1] ?? findMeantCommand(error, command)
  const next = meant === undefined ? `${name} --help` : `did you mean ${meant}? All are listed by ${name} --help`
  return new UsageError(what, next)
}

function findMeantCommand(error: CommanderError, command: Command): string | undefined {
  const unknown = error.code === 'commander.unknownCommand' ? error.message.match(/'(.*)'/)?.[1] : undefined
  if (unknown === undefined) return undefined
  return findNearestName(
    unknown,
    command.commands.map((child) => child.name()),
  )
}

function findCommand(program: Command, argv: readonly string[]): Command {
  let command = program
  for (const word of argv) {
    const child = command.commands.find((candidate) => candidate.name() === word)
    if (child !== undefined) command = child
    else if (!word.startsWith('-')) break
  }
  return command
}

function commandPath(command: Command): string {
  return command.parent === null ? command.name() : `${commandPath(command.parent)} ${command.name()}`
}
