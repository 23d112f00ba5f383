import { basename } from 'node:path'
import { OrderBook } from '../book/order-book.ts'
import { generateInMemory } from '../generate/memory-session.ts'
import { type FeedLoad, loadCapture, loadFile } from './feed-load.ts'
import { FeedPasses } from './feed-passes.ts'

/** One feed's cost; times in nanoseconds for each message, of the quickest of its passes. */
export interface FeedBenchRow {
  readonly feed: string
  /** `generated`, or the file's name. */
  readonly input: string
  /** Of one pass. */
  readonly messages: number
  readonly records: number
  readonly passes: number
  readonly decodeNsPerMessage: number
  readonly bookNsPerMessage: number
  readonly bookNsPerRecord: number
  /** In multiples of ITCH 5.0 over MoldUDP64 in the same run. */
  readonly decodeRatio: number
  readonly bookRatio: number
}

export interface FeedBenchOptions {
  /** Capture files beside the generated session. */
  readonly paths: readonly string[]
  /** Messages that each feed is measured over, at least; a small file is read again and again. */
  readonly messagesMin: number
  /** Monotonic clock in nanoseconds. */
  readonly nowNs: () => number
  readonly onProgress?: (fraction: number, note: string) => void
}

const ORDERS_LEAST = 1 << 16
/** So that a pass is long against the clock, and short enough for a dozen of them. */
const SESSION = { seed: 7, symbols: 50, messages: 50_000 }
/** Passes that are not counted: the code is not optimised yet. */
const WARM_PASSES = 3
const PASSES_MIN = 5
/** The decoders know 256 sessions of sequence numbers, and feeds that begin anew take one for each time. */
const PASSES_MAX = 1000

/**
 * Measures each decoder on its messages in memory, alone and with a full order book over its records: ITCH 5.0 first, on a
 * generated session, then the feeds of the files.
 * @throws CaptureError when a file is no capture
 */
export function benchFeed(options: FeedBenchOptions): FeedBenchRow[] {
  const { paths, onProgress } = options
  const { raw, capture } = generateInMemory(SESSION)
  const generated = loadCapture(capture).map((load): [string, FeedLoad] => ['generated', load])
  const loads = [
    ...generated,
    ...paths.flatMap((path) => loadFile(path).map((load): [string, FeedLoad] => [basename(path), load])),
  ]
  if (raw.length === 0 || generated.length !== 1) throw new Error('the generated session is not one feed')
  const rows: FeedBenchRow[] = []
  loads.forEach(([input, load], index) => {
    onProgress?.(index / loads.length, load.protocol.name)
    const row = measure(input, load, options)
    if (row !== undefined) rows.push(row)
  })
  const [itch] = rows
  return rows.map((row) => ({
    ...row,
    decodeRatio: row.decodeNsPerMessage / itch!.decodeNsPerMessage,
    bookRatio: row.bookNsPerMessage / itch!.bookNsPerMessage,
  }))
}

/** @returns undefined for a load without messages */
function measure(input: string, load: FeedLoad, { messagesMin, nowNs }: FeedBenchOptions): FeedBenchRow | undefined {
  const feed = new FeedPasses(load, nowNs)
  feed.run(undefined)
  const { messages } = feed
  if (messages === 0) return undefined
  const passes = Math.min(PASSES_MAX, Math.max(PASSES_MIN, Math.ceil(messagesMin / messages)))
  const decode: number[] = []
  const withBook: number[] = []
  let records = 0
  for (let pass = -WARM_PASSES; pass < passes; pass++) {
    const aloneNs = feed.run(undefined)
    const togetherNs = feed.run(createBook(messages))
    records = feed.records
    if (pass < 0) continue
    decode.push(aloneNs / messages)
    withBook.push(togetherNs / messages)
  }
  const bookNsPerMessage = quickest(withBook)
  return {
    feed: load.kind === 'file' ? `${load.protocol.name} file` : load.protocol.name,
    input,
    messages,
    records,
    passes,
    decodeNsPerMessage: quickest(decode),
    bookNsPerMessage,
    bookNsPerRecord: (bookNsPerMessage * messages) / Math.max(1, records),
    decodeRatio: 1,
    bookRatio: 1,
  }
}

/** A fresh book of which all memory is there; as large as a pass over these messages can want. */
function createBook(messages: number): OrderBook {
  const ordersMax = 1 << Math.ceil(Math.log2(Math.max(messages, ORDERS_LEAST)))
  const book = new OrderBook({ ordersMax, levelsMax: ordersMax, instrumentsMax: 0xffff })
  book.prefault()
  return book
}

/** A pass can only be held up, never helped: the quickest one tells of the code, and least of what else the host does. */
function quickest(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), values[0] ?? 0)
}
