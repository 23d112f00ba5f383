import { realpathSync } from 'node:fs'
import type { Command } from 'commander'
import { type Moment, parseMoment } from '../../feeds/book-view/moment.ts'
import { TIME_ZONE_DEFAULT } from '../../feeds/capture/find-session-epoch.ts'
import { midnightOf } from '../../feeds/protocol/session-epoch.ts'
import { ExitCode } from '../../kernels/host/xk-error.ts'
import { isJournalFolder } from '../../kernels/io/open-market.ts'
import type { RecordType } from '../../kernels/records/catalogue.ts'
import { MARKET_SCHEMAS } from '../../storage/export/market-records.ts'
import { UsageError } from '../cli/errors.ts'
import { formatCount } from '../cli/format.ts'
import type { Frame } from '../cli/frame.ts'
import { findNearestName } from '../cli/nearest-name.ts'
import { convert } from '../convert/convert.ts'
import { CONVERT_FORMATS, chooseTarget } from '../convert/target.ts'
import { renderConversion } from '../report/convert-report.ts'
import { addFeedOption } from './feed-option.ts'
import { assertJournal } from './journal-folder.ts'

interface ConvertOptions {
  readonly to?: string
  readonly symbols?: string
  readonly from?: Moment
  readonly toTime?: Moment
  readonly records?: string
  readonly snapshot?: boolean
  readonly feed?: readonly string[]
  readonly date?: string
  readonly timeZone: string
  readonly json?: boolean
}

/** `xk convert IN OUT`: captures and journals as ITCH, packets or tables. */
export function addConvertCommand(program: Command, frame: Frame): void {
  const command = frame
    .addCommand(program, {
      name: 'convert',
      summary: 'make ITCH, packets, CSV or Parquet of a capture or a journal',
      description:
        'Converts a capture of any known protocol, or the market data of a journal, and cuts it by symbol, time and record ' +
        'type. Tables go into one file, or into a folder with one file a record type. What the format cannot hold is counted. ' +
        'Exit code 3 when the input could not be read to its end.',
      examples: [
        ['convert day.pcapng day.csv --records trade,cross', 'all trades as a table'],
        ['convert day.itch tables/ --to parquet', 'a folder with one Parquet file a record type'],
        ['convert day.itch.gz part.itch --symbols AAPL,MSFT --from 09:30 --to-time 10:00', 'half an hour to replay'],
        ['convert .xk/journal/main-1 seen.jsonl', 'what the strategies of a run saw'],
      ],
    })
    .argument('<in>', 'a capture (see xk inspect), or the folder of a journal')
    .argument('<out>', 'file, or folder for tables')
    .option('--to <format>', `${CONVERT_FORMATS.join(', ')}; by the extension if not given`)
    .option('--symbols <A,B,…>', 'only these instruments')
    .option(
      '--from <time>',
      'from then on: 09:30:00.5, an ISO date and time with zone, or ns since 1970',
      (text: string) => parseMoment('--from', text),
    )
    .option('--to-time <time>', 'up to, not including, this time', (text: string) => parseMoment('--to-time', text))
    .option('--records <types>', 'only these record types: orderAdd,trade,… (see the record catalogue)')
    .option('--snapshot', 'begin the range with the orders live at its beginning; as it is for itch and pcapng')
    .option('--no-snapshot', 'leave them out; as it is for tables')
    .option('--date <YYYY-MM-DD>', "the exchange's date, for inputs that do not tell it")
    .option('--time-zone <name>', "the exchange's time zone", TIME_ZONE_DEFAULT)
  addFeedOption(command).action((input: string, out: string, options: ConvertOptions) =>
    frame.run(options.json === true, async (context) => {
      const target = chooseTarget(out, options.to)
      checkDay(options)
      if (isSamePath(input, target.path)) throw new UsageError('both are the same file', 'name another output')
      if (isJournalFolder(input)) assertJournal(input)
      const progress = context.startProgress('convert')
      const result = await convert({
        input,
        target,
        symbols: splitList(options.symbols),
        from: options.from,
        to: options.toTime,
        types: parseTypes(options.records),
        hasSnapshot: options.snapshot,
        date: options.date,
        timeZone: options.timeZone,
        feeds: options.feed,
        signal: context.signal,
        onProgress: (fraction, records) => progress.update(fraction, `${formatCount(records)} records`),
      })
      context.printResult(result, () => renderConversion(result, context.paint, process.cwd()))
      return result.input.isReadToEnd ? ExitCode.Ok : ExitCode.Input
    }),
  )
}

function splitList(text: string | undefined): string[] | undefined {
  const parts = text?.split(',').map((part) => part.trim())
  return parts?.filter((part) => part !== '')
}

function parseTypes(text: string | undefined): RecordType[] | undefined {
  return splitList(text)?.map((name) => {
    const schema = MARKET_SCHEMAS.find((candidate) => candidate.name === name)
    if (schema !== undefined) return schema.type
    const names = MARKET_SCHEMAS.map((candidate) => candidate.name)
    const nearest = findNearestName(name, names)
    const next = nearest === undefined ? `choose from ${names.join(', ')}` : `did you mean ${nearest}?`
    throw new UsageError(`--records ${name}: there is no such record of market data`, next)
  })
}

function checkDay({ date, timeZone }: ConvertOptions): void {
  try {
    midnightOf(date ?? '2019-12-30', timeZone)
  } catch (cause) {
    const what = cause instanceof RangeError ? cause.message : String(cause)
    throw new UsageError(what, 'write --date 2019-12-30 --time-zone America/New_York')
  }
}

function isSamePath(left: string, right: string): boolean {
  try {
    return realpathSync(left) === realpathSync(right)
  } catch {
    return false
  }
}
