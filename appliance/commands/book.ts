import type { Command } from 'commander'
import { BookTape, TapeStop } from '../../feeds/book-view/book-tape.ts'
import { type Moment, momentToSession, parseMoment } from '../../feeds/book-view/moment.ts'
import { isReadToEnd } from '../../feeds/capture/damage.ts'
import { type MarketSource, openFeed } from '../../feeds/capture/open-feed.ts'
import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'
import { Screen } from '../book/screen.ts'
import { runTape, type WatchOptions, watchPictures, watchTops } from '../book/watch-book.ts'
import type { CommandContext } from '../cli/command-context.ts'
import { UsageError } from '../cli/errors.ts'
import type { Frame } from '../cli/frame.ts'
import { findNearestNames } from '../cli/nearest-name.ts'
import { renderBook, renderTop } from '../report/book-report.ts'
import { explainUndecoded } from '../report/undecoded-meanings.ts'
import { addFeedOption } from './feed-option.ts'

interface BookOptions {
  readonly symbol: string
  readonly at?: Moment
  readonly depth?: number
  readonly watch?: boolean
  readonly speed?: number
  readonly feed?: readonly string[]
  readonly timeZone?: string
  readonly date?: string
  readonly json?: boolean
}

/** Levels a side that people are shown unless they ask; machines get all. */
const DEPTH_DEFAULT = 10
/** Lines of a picture that are not levels. */
const ROWS_BESIDE_LEVELS = 8
const NAMES_SUGGESTED = 5

/** `xk book FILE… --symbol S`: the order book of one symbol, at a moment or moving. */
export function addBookCommand(program: Command, frame: Frame): void {
  const command = frame
    .addCommand(program, {
      name: 'book',
      summary: "show a symbol's order book at a moment, or moving",
      description:
        'Reads capture files and shows the book of one symbol as it was at a moment of the exchange (--at), or at the ' +
        'end. With --watch it is redrawn in place as it was, at the recorded speed or at --speed; in a pipe one line ' +
        '(with --json one object) is printed at each change of the best bid or offer, as fast as it goes unless ' +
        '--speed says otherwise.',
      examples: [
        ['book day.pcap --symbol AAPL --at 09:30:00.5', "by the exchange's time of day"],
        ['book day.itch --symbol AAPL --at 2019-12-30T09:30:00-05:00 --depth 20 --json', 'for a script'],
        ['book day.pcap --symbol AAPL --at 09:30 --watch --speed 10', 'from half past nine, ten times as fast'],
      ],
    })
    .argument('<files...>', 'pcap, pcapng or messages of a feed, compressed too')
    .requiredOption('--symbol <name>', 'whose book')
    .option('--at <time>', '09:30:00.123456789, an ISO date and time with zone, or ns since 1970', (text: string) =>
      parseMoment('--at', text),
    )
    .option('--depth <n>', `levels a side; ${DEPTH_DEFAULT} if not given, all with --json but not --watch`, parseDepth)
    .option('--watch', 'replay it, from --at on where that is given')
    .option('--speed <n|max>', 'pace of --watch: 1 as recorded, 10 ten times as fast', parseSpeed)
    .option('--time-zone <name>', "the exchange's, such as America/Chicago; America/New_York if not given")
    .option('--date <YYYY-MM-DD>', "the session's day, where the files do not tell it")
  addFeedOption(command).action((files: string[], options: BookOptions) =>
    frame.run(options.json === true, (context) => showBook(context, files, options)),
  )
}

function parseDepth(text: string): number {
  const depth = Number(text)
  if (Number.isInteger(depth) && depth >= 1) return depth
  throw new UsageError(`"${text}" is no number of levels`, 'write a whole number from 1, such as --depth 20')
}

function parseSpeed(text: string): number {
  const speed = text === 'max' ? Number.POSITIVE_INFINITY : Number(text)
  if (speed > 0) return speed
  throw new UsageError(`"${text}" is no speed`, 'write a number above 0, such as --speed 10, or --speed max')
}

async function showBook(context: CommandContext, files: readonly string[], options: BookOptions): Promise<ExitCode> {
  if (options.speed !== undefined && options.watch !== true) {
    throw new UsageError('--speed is the pace of --watch', 'add --watch, or leave --speed out')
  }
  const source = open(files, options)
  try {
    const tape = new BookTape(source, options.symbol)
    if (options.watch === true) await watch(context, source, tape, options)
    else await show(context, source, tape, options)
    return isReadToEnd(source.facts()) ? ExitCode.Ok : ExitCode.Input
  } finally {
    source.close()
  }
}

/** @throws UsageError for a zone or a date that there is not, CaptureError */
function open(files: readonly string[], { feed, timeZone, date }: BookOptions): MarketSource {
  try {
    return openFeed(files, { threaded: 'large', feeds: feed, timeZone, date })
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new UsageError(error.message, 'write --time-zone America/Chicago, --date 2019-12-30')
  }
}

async function show(
  context: CommandContext,
  source: MarketSource,
  tape: BookTape,
  options: BookOptions,
): Promise<void> {
  await goTo(context, source, tape, options)
  assertSeen(tape, source, options)
  const depth = options.depth ?? (context.isJson ? Number.POSITIVE_INFINITY : DEPTH_DEFAULT)
  const book = tape.snapshot(depth)
  context.printResult(book, () => renderBook(book, context.paint))
}

/** Moves on to `--at`, or to the end. */
async function goTo(
  context: CommandContext,
  source: MarketSource,
  tape: BookTape,
  { symbol, at }: BookOptions,
): Promise<void> {
  const progress = context.startProgress('book')
  await setMoment(tape, at, context.signal)
  await runTape(tape, context.signal, () => progress.update(source.progress[0]!, symbol))
  context.finishProgress()
}

/** The source may know its date only once it has read something. */
async function setMoment(tape: BookTape, at: Moment | undefined, signal: AbortSignal): Promise<void> {
  if (at === undefined) return
  for (let stop = tape.read(); stop === TapeStop.NotYet; stop = tape.read()) {
    signal.throwIfAborted()
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  tape.until[0] = momentToSession('--at', at, tape.epochSeconds)
}

async function watch(
  context: CommandContext,
  source: MarketSource,
  tape: BookTape,
  options: BookOptions,
): Promise<void> {
  if (options.at !== undefined) await goTo(context, source, tape, options)
  const { terminal, signal, paint, isJson } = context
  const isPicture = terminal.isWatched && !isJson
  const screen = new Screen(terminal)
  const depth = options.depth ?? DEPTH_DEFAULT
  const watchOptions: WatchOptions = {
    speed: options.speed ?? (isPicture ? 1 : Number.POSITIVE_INFINITY),
    levelsMax: isPicture ? Math.max(1, Math.min(depth, screen.rowsMax - ROWS_BESIDE_LEVELS)) : depth,
    signal,
    nowMs: () => performance.now(),
    onBook: (book) => {
      if (isPicture) screen.draw(renderBook(book, paint, terminal.columns))
      else terminal.write(`${isJson ? JSON.stringify(book) : renderTop(book)}\n`)
      return terminal.waitForReader()
    },
  }
  try {
    await (isPicture ? watchPictures(tape, watchOptions) : watchTops(tape, watchOptions))
  } finally {
    screen.close()
  }
  assertSeen(tape, source, options)
}

/** @throws XkError when the symbol never occurred */
function assertSeen(tape: BookTape, source: MarketSource, { symbol, at }: BookOptions): void {
  if (tape.instrument !== 0) return
  const names = tape.names.symbols()
  const near = findNearestNames(symbol, names, NAMES_SUGGESTED)
  const suggestion = near.length === 0 ? '' : `the nearest are ${near.join(', ')}; `
  // The tape has stopped at the moment: of what comes after it nothing is known.
  const isEarly = at !== undefined && names.length === 0
  const { files, undecoded } = source.facts()
  const reasons = Object.keys(undecoded).map(explainUndecoded).join('; ')
  const lists =
    names.length === 0 && reasons !== '' ? `nothing was decoded: ${reasons}` : 'xk inspect --symbols lists them'
  const among = `${at === undefined ? '' : ' up to the time given'} among ${names.length}`
  throw new XkError({
    code: 'symbol-unknown',
    what: isEarly ? 'there is no record yet at the time given' : `no symbol "${symbol}"${among}`,
    where: files.join(', '),
    next: isEarly ? 'name a later --at: xk inspect tells when the files begin' : `${suggestion}${lists}`,
    exitCode: ExitCode.Input,
  })
}
