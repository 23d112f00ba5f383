import { statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Moment, momentToSession } from '../../feeds/book-view/moment.ts'
import { Cut, RecordCut } from '../../feeds/cut/record-cut.ts'
import { RecordBatch } from '../../feeds/record-batch.ts'
import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'
import { Header, type RecordType } from '../../kernels/records/catalogue.ts'
import { RECORD_SCHEMAS } from '../../kernels/records/schema.ts'
import { SOURCE_TIME_AT } from '../../kernels/records/source-time.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { findNearestNames } from '../cli/nearest-name.ts'
import { CaptureInput } from './capture-input.ts'
import { JournalInput } from './journal-input.ts'
import { type InputFacts, type InputOptions, InputRead, type RecordInput } from './record-input.ts'
import { type OutputFacts, openOutput, type RecordOutput } from './record-output.ts'
import type { ConvertFormat, ConvertTarget } from './target.ts'

/** How long to wait for the reader thread before looking again. */
const POLL_MS = 2
/** Names told where one was not found. */
const NAMES_SUGGESTED = 5
/** Records between two looks at signals and timers. */
const RECORDS_PER_BREATH = 20_000

export interface ConvertRequest extends InputOptions {
  readonly input: string
  readonly target: ConvertTarget
  readonly symbols?: readonly string[] | undefined
  readonly from?: Moment | undefined
  readonly to?: Moment | undefined
  readonly types?: readonly RecordType[] | undefined
  /** Whether the orders live at `from` are told as adds; only where messages are written, if not given. */
  readonly hasSnapshot?: boolean | undefined
  readonly signal: AbortSignal
  readonly onProgress: (fraction: number | undefined, records: number) => void
}

type Counts = Readonly<Record<string, number>>

/** What a conversion did. Times are decimal strings of ns; field names are relied on by scripts. */
export interface ConvertResult {
  readonly input: InputFacts & { readonly path: string; readonly records: Counts; readonly isRead: boolean }
  readonly output: OutputFacts & {
    readonly path: string
    readonly format: ConvertFormat
    readonly bytes: number
    readonly records: Counts
    /** Of the first and the last record in the output; null where there is none. */
    readonly firstTimeNs: string | null
    readonly lastTimeNs: string | null
  }
  /** Whether times count from 1970, rather than from midnight of a day that is not known. */
  readonly isDated: boolean
  readonly cut: {
    /** Records left out, by what they were cut by. */
    readonly symbol: number
    readonly before: number
    readonly behind: number
    /** Of types that were not asked for or that the output cannot hold. */
    readonly notWritten: Counts
    readonly symbolsMissing: readonly string[]
    /** Adds that tell the orders live at the beginning of the range. */
    readonly snapshotOrders: number
    readonly snapshotRefused: number
  }
}

/** Records by type, and the times of those that were written. */
class Tally {
  readonly in = new Float64Array(256)
  readonly out = new Float64Array(256)
  readonly notWritten = new Float64Array(256)
  readonly byCut = new Float64Array(Cut.Begin + 1)
  readonly times = new Float64Array([Number.NaN, Number.NaN])

  noteWritten(views: RecordViews, at: number, isWritten: boolean): void {
    const type = views.u16[(at + Header.Type) >> 1]! & 255
    if (!isWritten) {
      this.notWritten[type]!++
      return
    }
    this.out[type]!++
    const timeAt = SOURCE_TIME_AT[type]!
    if (timeAt === 0) return
    const timeNs = views.f64[(at + timeAt) >> 3]!
    if (Number.isNaN(this.times[0]!)) this.times[0] = timeNs
    this.times[1] = timeNs
  }
}

function nameTypes(counts: Float64Array): Counts {
  return Object.fromEntries(
    RECORD_SCHEMAS.filter(({ type }) => counts[type] !== 0).map(({ type, name }) => [name, counts[type]!]),
  )
}

/** Moves the records of an input through a cut into an output. */
class Conversion {
  readonly tally = new Tally()
  snapshotOrders = 0
  readonly #input: RecordInput
  readonly #cut: RecordCut
  readonly #output: RecordOutput
  readonly #batch = new RecordBatch()

  constructor(input: RecordInput, cut: RecordCut, output: RecordOutput) {
    this.#input = input
    this.#cut = cut
    this.#output = output
  }

  /** Moves up to `budget` records. @returns how many it moved; an `InputRead` when there is none */
  step(budget: number): number {
    const { views } = this.#input
    let moved = 0
    while (moved < budget && !this.#cut.isOver) {
      const at = this.#input.next()
      if (at < 0) return moved > 0 ? moved : at
      moved++
      this.tally.in[views.u16[(at + Header.Type) >> 1]! & 255]!++
      const cut = this.#cut.decide(views, at)
      this.tally.byCut[cut]!++
      if (cut === Cut.Begin) this.writeSnapshot(views.f64[(at + Header.Sequence) >> 3]!)
      if (cut === Cut.Keep || cut === Cut.Begin) this.#write(views, at)
    }
    return moved > 0 ? moved : InputRead.End
  }

  /** @param sequence of the record that the range begins with; the adds get it too */
  writeSnapshot(sequence: number): void {
    const batch = this.#batch
    const { views } = batch
    this.snapshotOrders = this.#cut.beginSnapshot()
    for (let isWhole = false; !isWhole; ) {
      batch.reset()
      isWhole = this.#cut.fillSnapshot(batch)
      for (let at = 0; at < batch.usedBytes; at += views.u32[(at + Header.Length) >> 2]!) {
        views.f64[(at + Header.Sequence) >> 3] = sequence
        this.#write(views, at)
      }
    }
  }

  #write(views: RecordViews, at: number): void {
    this.tally.noteWritten(views, at, this.#output.write(views, at))
  }
}

function toTime(timeNs: number, epochSeconds: number | undefined): string | null {
  if (Number.isNaN(timeNs)) return null
  return (BigInt(epochSeconds ?? 0) * 1_000_000_000n + BigInt(Math.trunc(timeNs))).toString()
}

async function openInput(request: ConvertRequest): Promise<RecordInput> {
  if (statSync(request.input).isDirectory()) return new JournalInput(request.input, request)
  return CaptureInput.open(request.input, request)
}

/**
 * Converts a capture or a journal's market data; the target has its name only when all of it is complete.
 * @throws CaptureError, JournalIoError, JournalCorruptError, ExportError, XkError for a moment that cannot be told, RangeError for a date that cannot be;
 *   the signal's reason when it fires
 */
export async function convert(request: ConvertRequest): Promise<ConvertResult> {
  const input = await openInput(request)
  try {
    const { epochSeconds } = input
    const { target } = request
    const cut = new RecordCut({
      symbols: request.symbols,
      ...toRange(request, epochSeconds),
      hasSnapshot: request.hasSnapshot ?? (target.format === 'itch' || target.format === 'pcapng'),
    })
    const output = openOutput(target, request.types, epochSeconds)
    try {
      const conversion = new Conversion(input, cut, output)
      await run(request, input, conversion)
      if (!cut.hasBegun) conversion.writeSnapshot(0)
      refuseUnknownSymbols(request, cut)
      return describe(request, input, cut, conversion, output.finish())
    } catch (error) {
      output.abandon()
      throw error
    }
  } finally {
    input.close()
  }
}

/** @throws XkError for a range that nothing can lie in */
function toRange({ from, to }: ConvertRequest, epochSeconds: number | undefined) {
  const fromNs = from === undefined ? undefined : momentToSession('--from', from, epochSeconds)
  const toNs = to === undefined ? undefined : momentToSession('--to-time', to, epochSeconds)
  if (fromNs === undefined || toNs === undefined || toNs > fromNs) return { fromNs, toNs }
  throw new XkError({
    code: 'time-option',
    what: '--to-time is not later than --from: nothing lies between them',
    next: 'give --from the earlier of the two',
    exitCode: ExitCode.Usage,
  })
}

/** @throws XkError where all of the input was read and none of the symbols asked for is in it: one of them misspelt, most likely */
function refuseUnknownSymbols({ symbols, input }: ConvertRequest, { symbolsMissing, isOver, names }: RecordCut): void {
  if (symbols === undefined || symbols.length === 0 || symbolsMissing.length < symbols.length || isOver) return
  const near = findNearestNames(symbols[0]!, names, NAMES_SUGGESTED)
  throw new XkError({
    code: 'symbol-unknown',
    what: `no instrument is called ${symbols.slice(0, NAMES_SUGGESTED).join(' or ')}`,
    where: input,
    next: `${near.length === 0 ? '' : `the nearest are ${near.join(', ')}; `}xk inspect --symbols lists them`,
    exitCode: ExitCode.Input,
  })
}

async function run(request: ConvertRequest, input: RecordInput, conversion: Conversion): Promise<void> {
  let records = 0
  for (;;) {
    const moved = conversion.step(RECORDS_PER_BREATH)
    if (moved === InputRead.End) return
    if (moved > 0) records += moved
    request.onProgress(input.progress(), records)
    // Gives signals and timers their turn; a timer only when there is nothing to read.
    if (moved < 0) await sleep(POLL_MS)
    else await new Promise((resolve) => setImmediate(resolve))
    request.signal.throwIfAborted()
  }
}

function describe(
  request: ConvertRequest,
  input: RecordInput,
  cut: RecordCut,
  { tally, snapshotOrders }: Conversion,
  output: OutputFacts,
): ConvertResult {
  const { epochSeconds } = input
  return {
    input: { path: request.input, ...input.facts(), records: nameTypes(tally.in), isRead: !cut.isOver },
    output: {
      path: request.target.path,
      format: request.target.format,
      bytes: output.files.reduce((sum, file) => sum + file.bytes, 0),
      records: nameTypes(tally.out),
      firstTimeNs: toTime(tally.times[0]!, epochSeconds),
      lastTimeNs: toTime(tally.times[1]!, epochSeconds),
      ...output,
    },
    isDated: epochSeconds !== undefined,
    cut: {
      symbol: tally.byCut[Cut.Symbol]!,
      before: tally.byCut[Cut.Before]!,
      behind: tally.byCut[Cut.Behind]!,
      notWritten: nameTypes(tally.notWritten),
      symbolsMissing: cut.symbolsMissing,
      snapshotOrders,
      snapshotRefused: cut.ordersRefused,
    },
  }
}
