import type { Command } from 'commander'
import type { SessionFacts } from '../../feeds/generate/generate-session.ts'
import { parseTimeOfDay, parseUtcOffset, type SessionOptions } from '../../feeds/generate/session-options.ts'
import { XkError } from '../../kernels/host/xk-error.ts'
import type { CommandContext } from '../cli/command-context.ts'
import { UsageError } from '../cli/errors.ts'
import { formatBytes, formatCount } from '../cli/format.ts'
import type { Frame } from '../cli/frame.ts'
import { LINE_COLUMNS_MAX, renderPairs, wrapItems } from '../cli/table.ts'
import { runInThread } from '../work/run-in-thread.ts'

interface GenerateOptions {
  readonly seed: number
  readonly symbols: number
  readonly messages: number
  readonly capture?: string
  readonly raw?: string
  readonly date?: string
  readonly start?: string
  readonly open?: string
  readonly close?: string
  readonly end?: string
  readonly liveOrders?: number
  readonly utcOffset?: string
  readonly session?: string
  readonly referenceOffset?: number
  readonly group?: string
  readonly port?: number
  readonly source?: string
  readonly payloadBytes?: number
  readonly flushNs?: number
  readonly json?: boolean
}

/** The flag of each option that may be refused. */
const FLAGS: Readonly<Record<string, string>> = {
  liveOrdersTarget: '--live-orders',
  startTimeNs: '--start',
  openTimeNs: '--open',
  closeTimeNs: '--close',
  endTimeNs: '--end',
  utcOffsetMinutes: '--utc-offset',
  referenceHighOffset: '--reference-offset',
  rawPath: '--raw',
  capturePath: '--capture',
  'packets.group': '--group',
  'packets.port': '--port',
  'packets.source': '--source',
  'packets.payloadBytesMax': '--payload-bytes',
  'packets.flushNs': '--flush-ns',
}

function parseCount(text: string): number {
  const value = Number(text.replaceAll('_', ''))
  if (!/^[\d_]+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new UsageError(`"${text}" is not a whole number`, 'write it as 300000 or 300_000')
  }
  return value
}

/** `xk generate`: a seeded trading day as ITCH 5.0. */
export function addGenerateCommand(program: Command, frame: Frame): void {
  frame
    .addCommand(program, {
      name: 'generate',
      summary: 'make a synthetic trading day as ITCH 5.0',
      description:
        'Makes a trading day of agents around a moving fair value, with crosses and halts, as ITCH 5.0: over ' +
        'MoldUDP64 in a pcapng capture, as a raw file, or both. The same options give the same bytes everywhere.',
      examples: [
        ['generate --symbols 50 --messages 300_000 --capture day.pcapng.gz', 'a small day, compressed'],
        [
          'generate --date 2024-07-01 --utc-offset -04:00 --capture summer.pcapng',
          'a day in summer, when New York is four hours behind UTC',
        ],
        ['generate --seed 7 --symbols 8000 --messages 10_000_000 --raw day.itch', 'a large one as a raw file'],
      ],
    })
    .option('--capture <file>', 'pcapng file to write; compressed when it ends in .gz')
    .option('--raw <file>', 'raw file of length-prefixed messages to write; compressed when it ends in .gz')
    .option('--seed <n>', 'what the day grows from', parseCount, 1)
    .option('--symbols <n>', 'instruments', parseCount, 100)
    .option('--messages <n>', 'messages of the whole day, met within 1 %', parseCount, 1_000_000)
    .option('--date <YYYY-MM-DD>', "the exchange's date")
    .option('--start <HH:MM>', 'first message')
    .option('--open <HH:MM>', 'opening cross')
    .option('--close <HH:MM>', 'closing cross')
    .option('--end <HH:MM>', 'last message')
    .option('--utc-offset <±HH:MM>', "the exchange's clock against UTC, -05:00 if not given")
    .option('--live-orders <n>', 'orders live at once at the peak, at least', parseCount)
    .option('--reference-offset <n>', 'added to the upper 32 bits of every order reference', parseCount)
    .option('--session <name>', 'MoldUDP64 session, up to 10 characters; XK and the date if not given')
    .option('--group <address>', 'multicast group of the packets')
    .option('--port <n>', 'its UDP port', parseCount)
    .option('--source <address>', "the sender's address")
    .option('--payload-bytes <n>', 'most bytes of one MoldUDP64 packet', parseCount)
    .option('--flush-ns <n>', 'a packet is sent when its first message is this old', parseCount)
    .action((options: GenerateOptions) =>
      frame.run(options.json === true, async (context) => {
        if (options.capture === undefined && options.raw === undefined) {
          throw new UsageError('no file to write', 'give --capture FILE, --raw FILE, or both')
        }
        const facts = await generate(context, options)
        context.printResult(facts, () => renderFacts(facts, options))
      }),
    )
}

async function generate(context: CommandContext, options: GenerateOptions): Promise<SessionFacts> {
  try {
    return await runInThread(context, 'generate', toSessionOptions(options))
  } catch (error) {
    throw nameFlag(error)
  }
}

function toSessionOptions(options: GenerateOptions): SessionOptions {
  const timeOf = (option: string, text: string | undefined) =>
    text === undefined ? undefined : parseTimeOfDay(option, text)
  return {
    seed: options.seed,
    symbols: options.symbols,
    messages: options.messages,
    rawPath: options.raw,
    capturePath: options.capture,
    date: options.date,
    startTimeNs: timeOf('--start', options.start),
    openTimeNs: timeOf('--open', options.open),
    closeTimeNs: timeOf('--close', options.close),
    endTimeNs: timeOf('--end', options.end),
    utcOffsetMinutes: options.utcOffset === undefined ? undefined : parseUtcOffset('--utc-offset', options.utcOffset),
    session: options.session,
    liveOrdersTarget: options.liveOrders,
    referenceHighOffset: options.referenceOffset,
    packets: {
      group: options.group,
      port: options.port,
      source: options.source,
      payloadBytesMax: options.payloadBytes,
      flushNs: options.flushNs,
    },
  }
}

/** Says which flag was refused where the generator names its option. */
function nameFlag(error: unknown): unknown {
  if (!(error instanceof XkError) || error.code !== 'generate-option') return error
  const { code, what, next, exitCode } = error
  const option = error.where?.replace(/^option /, '') ?? ''
  const where = FLAGS[option] ?? (option.startsWith('--') ? option : `--${option}`)
  return new XkError({ code, what, where, exitCode, cause: error, ...(next === undefined ? {} : { next }) })
}

function renderFacts(facts: SessionFacts, options: GenerateOptions): string[] {
  const types = Object.entries(facts.messagesByType).map(([type, count]) => `${type} ${formatCount(count)}`)
  const files: [string, string][] = []
  if (options.capture !== undefined && facts.capture !== null) {
    files.push(['capture', `${options.capture}: ${formatCount(facts.capture.packets)} packets`])
  }
  if (options.raw !== undefined)
    files.push(['raw', `${options.raw}: ${formatBytes(facts.raw.bytes)} before compression`])
  return [
    `A day of ${formatCount(facts.messages)} messages on ${formatCount(facts.symbols)} symbols, seed ${facts.seed}`,
    ...renderPairs(files),
    ...wrapItems(types, LINE_COLUMNS_MAX, '  types  ', ' '.repeat(9)),
    `  peak   ${formatCount(facts.peakLiveOrders)} live orders`,
  ]
}
