import { extname, resolve } from 'node:path'
import type { Command } from 'commander'
import { type Moment, parseMoment } from '../../feeds/book-view/moment.ts'
import { TIME_ZONE_DEFAULT } from '../../feeds/capture/find-session-epoch.ts'
import { ExitCode } from '../../kernels/host/xk-error.ts'
import { SESSION_TABLES, type SessionTableName } from '../../storage/export/session-tables.ts'
import { UsageError } from '../cli/errors.ts'
import { formatCount } from '../cli/format.ts'
import type { Frame } from '../cli/frame.ts'
import { findNearestName } from '../cli/nearest-name.ts'
import { convert } from '../convert/convert.ts'
import { chooseTarget } from '../convert/target.ts'
import { renderConversion } from '../report/convert-report.ts'
import { renderJournalExport } from '../report/journal-export-report.ts'
import { runInThread } from '../work/run-in-thread.ts'
import { assertJournal } from './journal-folder.ts'

interface RangeOptions {
  readonly symbols?: readonly string[]
  readonly from?: Moment
  readonly toTime?: Moment
  readonly json?: boolean
}

interface ExportOptions extends RangeOptions {
  readonly tables?: readonly SessionTableName[]
  readonly format?: string
  readonly every?: number
  readonly depth?: number
}

const TABLES_DEFAULT: readonly SessionTableName[] = ['orders', 'fills']
const EVERY_DEFAULT_NS = 1e9
const EVERY_MIN_NS = 1e3
const DEPTH_DEFAULT = 10
const UNITS_NS: Readonly<Record<string, number>> = { us: 1e3, ms: 1e6, s: 1e9, min: 60e9, h: 3600e9 }

/** Adds the options by which records are chosen. */
function addRange(command: Command): Command {
  return command
    .option('--symbols <A,B,…>', 'only these instruments', splitList)
    .option(
      '--from <time>',
      'from then on: 09:30:00.5, an ISO date and time with zone, or ns since 1970',
      (text: string) => parseMoment('--from', text),
    )
    .option('--to-time <time>', 'up to, not including, this time', (text: string) => parseMoment('--to-time', text))
}

/** `xk journal export JOURNAL OUT`. */
export function addExport(journal: Command, frame: Frame): void {
  const command = frame
    .addCommand(journal, {
      name: 'export',
      summary: 'orders, fills, trades, quotes and books of a session as tables',
      description:
        'Writes tables of a session: orders as they ended, fills, trades of the market, the best bid and offer at each ' +
        'change, and books at intervals. One table goes into a file, several into a folder with one file each. What single ' +
        'market records say is exported by xk convert.',
      examples: [
        ['journal export .xk/journal/main-1 fills.csv --tables fills', 'all fills as a table'],
        [
          'journal export .xk/journal/main-1 tables --format parquet --tables orders,fills,trades,quotes',
          'for DuckDB or pandas',
        ],
        [
          'journal export .xk/journal/main-1 books.csv --tables books --every 100ms --symbols AAPL',
          'one book, ten times a second',
        ],
      ],
    })
    .argument('<path>', 'folder of the journal')
    .argument('<out>', 'file of the one table, or folder of several')
    .option('--tables <names>', `${SESSION_TABLES.join(', ')}; ${TABLES_DEFAULT.join(', ')} if not given`, parseTables)
    .option('--format <format>', 'csv, parquet or jsonl; by the extension if not given')
    .option('--every <interval>', 'distance of the books: 500us, 100ms, 1s, 5min; 1s if not given', parseEvery)
    .option('--depth <n>', `levels a side of the books; ${DEPTH_DEFAULT} if not given`, parseDepth)
  addRange(command).action((path: string, out: string, options: ExportOptions) =>
    frame.run(options.json === true, async (context) => {
      assertJournal(path)
      const target = chooseTables(out, options)
      const result = await runInThread(context, 'exportJournal', {
        ...target,
        path: resolve(path),
        tables: options.tables ?? TABLES_DEFAULT,
        symbols: options.symbols,
        from: options.from,
        to: options.toTime,
        everyNs: options.every ?? EVERY_DEFAULT_NS,
        depth: options.depth ?? DEPTH_DEFAULT,
      })
      context.printResult(result, () => renderJournalExport(result, context.paint, process.cwd()))
    }),
  )
}

/** `xk journal to-pcap JOURNAL OUT`. */
export function addToPcap(journal: Command, frame: Frame): void {
  const command = frame
    .addCommand(journal, {
      name: 'to-pcap',
      summary: 'the market data of a session as packets',
      description:
        'Writes the market data that a session was told as TotalView-ITCH 5.0 over MoldUDP64 in pcapng, which replay, inspect ' +
        'and tshark read. What ITCH cannot say is counted. It is xk convert JOURNAL OUT.pcapng.',
      examples: [['journal to-pcap .xk/journal/main-1 seen.pcapng --from 09:30 --to-time 09:31', 'a minute of it']],
    })
    .argument('<path>', 'folder of the journal')
    .argument('<out>', 'file to write, .pcapng')
  addRange(command).action((path: string, out: string, options: RangeOptions) =>
    frame.run(options.json === true, async (context) => {
      assertJournal(path)
      const progress = context.startProgress('journal to-pcap')
      const result = await convert({
        input: path,
        target: chooseTarget(out, 'pcapng'),
        symbols: options.symbols,
        from: options.from,
        to: options.toTime,
        timeZone: TIME_ZONE_DEFAULT,
        signal: context.signal,
        onProgress: (fraction, records) => progress.update(fraction, `${formatCount(records)} records`),
      })
      context.printResult(result, () => renderConversion(result, context.paint, process.cwd()))
      return result.input.errors.length > 0 ? ExitCode.Input : ExitCode.Ok
    }),
  )
}

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

function parseTables(text: string): SessionTableName[] {
  const names = splitList(text).map((name) => {
    const known = SESSION_TABLES.find((candidate) => candidate === name)
    if (known !== undefined) return known
    const nearest = findNearestName(name, SESSION_TABLES)
    const next = nearest === undefined ? `choose from ${SESSION_TABLES.join(', ')}` : `did you mean ${nearest}?`
    throw new UsageError(`--tables ${name}: there is no such table`, next)
  })
  if (names.length === 0) throw new UsageError('--tables names none', `choose from ${SESSION_TABLES.join(', ')}`)
  return [...new Set(names)]
}

/** @returns ns */
function parseEvery(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(us|ms|s|min|h)$/.exec(text) ?? []
  const everyNs = Math.round(Number(number) * (UNITS_NS[unit!] ?? Number.NaN))
  if (everyNs >= EVERY_MIN_NS && Number.isSafeInteger(everyNs)) return everyNs
  throw new UsageError(`--every ${text} is no interval from 1us`, 'write --every 500us, 100ms, 1s, 5min or 1h')
}

function parseDepth(text: string): number {
  const depth = Number(text)
  if (Number.isInteger(depth) && depth >= 1) return depth
  throw new UsageError(`"${text}" is no number of levels`, 'write a whole number from 1, such as --depth 20')
}

/** @throws UsageError where the format is not told, or several tables should go into one file */
function chooseTables(out: string, { tables = TABLES_DEFAULT, format }: ExportOptions) {
  const target = chooseTarget(out, format, '--format')
  if (target.format === 'itch' || target.format === 'pcapng') {
    throw new UsageError(
      `${out}: ${target.format} is no table`,
      'choose csv, parquet or jsonl; packets: xk journal to-pcap',
    )
  }
  const isFile = !target.isFolder && extname(target.path) !== ''
  if (isFile && tables.length > 1) {
    throw new UsageError(`${tables.join(' and ')} do not go into one file`, 'name a folder, or one of --tables')
  }
  return { out: target.path, isFolder: target.isFolder, format: target.format }
}
