import { userInfo } from 'node:os'
import type { Command } from 'commander'
import { ExitCode } from '../../kernels/host/xk-error.ts'
import { UsageError } from '../cli/errors.ts'
import type { Frame } from '../cli/frame.ts'
import { COMMAND_CODES, readOperatorCommand } from '../config/command-script.ts'
import { Refusal } from '../config/setting-kinds.ts'
import type { CommandAnswer } from '../supervisor/command-desk.ts'
import { type CommandWords, sendCommand } from '../supervisor/send-command.ts'

const WHO_CHARACTERS = 16

interface CommandOptions {
  readonly instance: string
  readonly strategy?: string
  readonly symbol?: string
  readonly who?: string
  readonly why?: string
  readonly json?: boolean
}

/** `xk command`: what an operator has to say to a running live session. */
export function addCommandCommand(program: Command, frame: Frame): void {
  frame
    .addCommand(program, {
      name: 'command',
      summary: 'tell a running live session to stop, cancel, tighten or go on',
      description:
        'Sends one command to a live session (xk run) and prints what became of it. It is sequenced and journaled with who ' +
        'and why. kill, release and cancel concern a strategy, a symbol, or all; limits tighten, and loosen up to what is ' +
        'configured; restrict and permit take a symbol. A refusal ends with exit code 10. See docs/risk-gate.md.',
      examples: [
        ['command kill --why "news pending"', 'refuse all orders, cancel what is live'],
        ['command cancel --symbol XYZ --why "check the book"', 'cancel what is live in a symbol, and no more'],
        ['command limit maxQuantity 200 --why "thin market"', 'orders of at most 200, until it is set back'],
        ['command release --why "news is out" --instance desk2', 'let it trade again'],
      ],
    })
    .argument('<do>', Object.keys(COMMAND_CODES).join(', '))
    .argument('[words...]', 'of limit: its name and its value; of restrict and permit: the symbol')
    .option('--instance <name>', 'name of the live session', 'main')
    .option('--strategy <n>', 'its number in the session, from 1')
    .option('--symbol <name>', 'symbol that it concerns')
    .option('--who <name>', 'who asks for it; the user of this shell if not given')
    .option('--why <text>', 'the reason, journaled with it')
    .action((verb: string, words: readonly string[], options: CommandOptions) =>
      frame.run(options.json === true, async (context) => {
        const request = readRequest(verb, words, options)
        const answer = await sendCommand(options.instance, request, context.signal)
        const result = { ...request, instance: options.instance, ...answer }
        context.printResult(result, () => [describe(request, answer)])
        return answer.outcome === 'done' ? ExitCode.Ok : ExitCode.Refused
      }),
    )
}

function readRequest(verb: string, words: readonly string[], options: CommandOptions): CommandWords {
  const { strategy, symbol, who = userInfo().username.slice(0, WHO_CHARACTERS), why } = options
  if (why === undefined) throw new UsageError('a command needs a reason', 'write --why "…": it is journaled')
  const [first, second, ...rest] = words
  const takesName = verb === 'limit'
  const takesSymbol = verb === 'restrict' || verb === 'permit'
  if (rest.length > 0 || (second !== undefined && !takesName) || (first !== undefined && !takesName && !takesSymbol)) {
    throw new UsageError(`${verb} takes no "${words.join(' ')}"`, 'xk command --help')
  }
  const request: Record<string, string | number> = { do: verb, who, why }
  if (strategy !== undefined) request.strategy = Number(strategy)
  if (symbol !== undefined) request.symbol = symbol
  if (takesSymbol && first !== undefined) request.symbol = first
  if (takesName) {
    if (first === undefined || second === undefined)
      throw new UsageError('a limit needs name and value', 'xk command --help')
    request.limit = first
    request.value = Number(second.replaceAll('_', ''))
  }
  const refusal = readOperatorCommand(request)
  if (!(refusal instanceof Refusal)) return request
  const part = refusal.path.join('.')
  throw new UsageError(
    `${refusal.what ?? `"${part === '' ? verb : request[part]}" cannot be`}`,
    `${part} is ${refusal.allowed}`,
  )
}

const REFUSALS: Readonly<Record<string, string>> = {
  refusedLooser: 'refused: the configuration allows no more',
  refusedUnknown: 'refused: no such strategy, symbol or limit',
  refusedState: 'refused: there is nothing to take back, or only a new session lifts it',
  unanswered: 'not answered: the kernel that obeys is not there; it may still be obeyed',
}

function describe(request: CommandWords, answer: CommandAnswer): string {
  const of = [
    request.strategy === undefined ? '' : `strategy ${request.strategy}`,
    request.symbol ?? '',
    request.limit ?? '',
  ]
  const what = [request.do, ...of].filter((word) => word !== '').join(' ')
  const change = request.limit === undefined ? '' : `, was ${answer.before}, is ${answer.after}`
  const outcome = REFUSALS[answer.outcome] ?? (answer.expected === '' ? answer.outcome : `refused: ${answer.expected}`)
  const place = answer.sequence > 0 ? ` (inbound record ${answer.sequence})` : ''
  return `${what}: ${outcome}${change}${place}`
}
