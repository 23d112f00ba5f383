import type { FlowFacts, FlowTable } from '../net/flow-table.ts'
import { UNDECODED_NAMES } from '../net/undecoded.ts'
import { FeedShared, type FeedSharedOptions } from '../protocol/feed-shared.ts'
import { FlowProtocols } from '../protocol/flow-protocols.ts'
import type { FileDecoder, LineFacts, ProtocolReport, SessionFacts } from '../protocol/protocol.ts'
import { DATAGRAM_PROTOCOLS } from '../protocol/registry.ts'
import type { RecordBatch } from '../record-batch.ts'
import { type ByteSource, Stored } from './byte-source.ts'
import { ByteWindow } from './byte-window.ts'
import type { CaptureError } from './capture-error.ts'
import { DamageLog } from './damage.ts'
import { FeedCount, FeedCounts, FrameTimes } from './feed-counts.ts'
import { type CaptureFeed, FeedRead } from './feed-read.ts'
import { FrameFeed } from './frame-feed.ts'
import { PcapReader } from './pcap-reader.ts'
import { PcapNgReader } from './pcapng-reader.ts'
import { CaptureKind, nameKind, type RecognisedKind } from './recognise.ts'
import type { ReaderThread } from './threaded-source.ts'

/** A capture file that can be read. */
export interface CaptureFile {
  readonly path: string
  readonly recognised: RecognisedKind
  /** Size as stored. */
  readonly storedBytes: number
  /** Opens it; called when the file's turn comes. Throws CaptureError. */
  readonly open: () => ByteSource
}

export interface MarketSourceOptions extends FeedSharedOptions {
  /** The thread that the files are read by; closed with the source. */
  readonly reader?: ReaderThread
  /** Names of the protocols that flows are taken for; all, by their contents, if not given. */
  readonly feeds?: readonly string[] | undefined
}

/** What a source has read so far, for reports. Times are decimal strings of ns. */
export interface FeedFacts {
  readonly files: readonly string[]
  readonly kinds: readonly string[]
  /** Bytes as stored. */
  readonly bytes: number
  readonly packets: number
  /** Exchange messages of a known type and length. */
  readonly messages: number
  /** The same by protocol and type. */
  readonly messagesByProtocol: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** Messages that gave no record because they are not as specified, by type. */
  readonly rejectedByType: Readonly<Record<string, number>>
  /** Of the packets, since the Unix epoch; of a raw file's messages, since midnight. */
  readonly firstTimeNs: string
  readonly lastTimeNs: string
  readonly instruments: number
  readonly missing: number
  readonly undecoded: Readonly<Record<string, number>>
  readonly sessions: readonly SessionFacts[]
  readonly flows: readonly FlowFacts[]
  readonly lines: readonly LineFacts[]
  /** Captured bytes of all frames. */
  readonly frameBytes: number
  readonly cutFrames: number
  readonly timesBackwards: number
  readonly damage: ReturnType<DamageLog['toObject']>
  readonly errors: readonly { readonly code: string; readonly message: string }[]
}

/**
 * Capture files as one stream of market records: what the I/O kernel replays. The files are read one after the other;
 * sequence numbers, flows and instruments go on from file to file.
 */
export class MarketSource {
  readonly shared: FeedShared
  readonly protocols: FlowProtocols
  readonly flows: FlowTable
  readonly counts = new FeedCounts()
  readonly damage = new DamageLog()
  /** [0] how much of the stored bytes is read, from 0 to 1. */
  readonly progress = new Float64Array(1)
  /** Why files ended early; what came before was used. */
  readonly errors: CaptureError[] = []
  readonly #files: readonly CaptureFile[]
  /** One for all files: the hot parts keep to the same bytes. */
  readonly #window = new ByteWindow()
  /** What files of messages held, by protocol. */
  readonly #fileReports: [name: string, report: () => ProtocolReport][] = []
  #next = 0
  #feed: CaptureFeed | undefined
  #source: ByteSource | undefined
  readonly #reader: ReaderThread | undefined
  #readBytes = 0
  readonly #totalBytes: number

  constructor(files: readonly CaptureFile[], options: MarketSourceOptions = {}) {
    const { feeds } = options
    this.#files = files
    this.#reader = options.reader
    this.shared = new FeedShared(options)
    this.flows = this.shared.flows
    const chosen = DATAGRAM_PROTOCOLS.filter(({ name }) => feeds === undefined || feeds.includes(name))
    this.protocols = new FlowProtocols(chosen, this.shared, feeds !== undefined)
    this.#totalBytes = Math.max(
      1,
      files.reduce((sum, file) => sum + file.storedBytes, 0),
    )
  }

  /**
   * Appends records while the batch has room, and goes on where it stopped at the next call, in mid-packet too.
   * @returns how many records were appended; 0 at the end; −1 when there are none yet
   */
  fill(batch: RecordBatch): number {
    for (;;) {
      if (this.#feed === undefined && !this.#openNext()) return FeedRead.End
      const records = this.#feed!.fill(batch)
      this.#noteProgress()
      if (records !== FeedRead.End) return records
      this.#closeFile()
    }
  }

  /** Lets go of the file and its reader thread. */
  close(): void {
    this.#closeFile()
    this.#next = this.#files.length
    this.#reader?.close()
  }

  /** Blocks until `fill` may have something again, or the time is over. For commands; kernels never block. */
  wait(timeoutMs: number): void {
    this.#reader?.wait(timeoutMs)
  }

  /** What was read so far, as a plain object. */
  facts(): FeedFacts {
    const { counts } = this.counts
    const reports = this.#reports()
    const messagesByProtocol = mergeByName(reports.map(([name, { messages }]) => [name, messages]))
    const sessions = reports.flatMap(([, report]) => report.sessions)
    return {
      files: this.#files.map((file) => file.path),
      kinds: this.#files.map((file) => nameKind(file.recognised)),
      bytes: this.#files.reduce((sum, file) => sum + file.storedBytes, 0),
      packets: counts[FeedCount.Packets]!,
      messages: sumCounts(Object.values(messagesByProtocol)),
      messagesByProtocol,
      rejectedByType: addCounts(reports.map(([, { rejected }]) => rejected)),
      ...this.#timeFacts(reports),
      instruments: this.shared.instruments.count,
      missing: sessions.reduce((sum, session) => sum + session.missing, 0),
      undecoded: addCounts([this.#undecodedFrames(), ...reports.map(([, { undecoded }]) => undecoded)]),
      sessions,
      flows: this.flows.toObjects((flow) => this.protocols.describe(flow)?.name ?? 'unknown'),
      lines: reports.flatMap(([, report]) => report.lines),
      frameBytes: counts[FeedCount.FrameBytes]!,
      cutFrames: counts[FeedCount.CutFrames]!,
      timesBackwards: counts[FeedCount.TimeBackwards]!,
      damage: this.damage.toObject(),
      errors: this.errors.map((error) => ({ code: error.code, message: error.message })),
    }
  }

  #reports(): [name: string, report: ProtocolReport][] {
    return [
      ...this.protocols.reports(),
      ...this.#fileReports.map(([name, report]): [string, ProtocolReport] => [name, report()]),
    ]
  }

  #openNext(): boolean {
    while (this.#next < this.#files.length) {
      const file = this.#files[this.#next++]!
      try {
        this.#source = file.open()
      } catch (error) {
        this.errors.push(error as CaptureError)
        continue
      }
      this.#window.open(this.#source)
      this.#feed = this.#createFeed(file.recognised)
      return true
    }
    return false
  }

  #createFeed(recognised: RecognisedKind): CaptureFeed {
    const window = this.#window
    if (recognised.kind === CaptureKind.Messages) {
      const { protocol } = recognised
      const decoder: FileDecoder = protocol.open(window, this.shared, this.damage)
      this.#fileReports.push([protocol.name, () => decoder.report()])
      return decoder
    }
    const isPcap = recognised.kind === CaptureKind.Pcap
    const reader = isPcap ? new PcapReader(window, this.damage) : new PcapNgReader(window, this.damage)
    return new FrameFeed(window, reader, this)
  }

  #closeFile(): void {
    const source = this.#source
    if (source === undefined) return
    if (source.error !== undefined) this.errors.push(source.error)
    this.#readBytes += source.stored[Stored.TotalBytes]!
    source.close()
    this.#source = undefined
    this.#feed = undefined
    this.#noteProgress()
  }

  #noteProgress(): void {
    const now = this.#source === undefined ? 0 : this.#source.stored[Stored.ReadBytes]!
    this.progress[0] = Math.min(1, (this.#readBytes + now) / this.#totalBytes)
  }

  #timeFacts(reports: readonly (readonly [string, ProtocolReport])[]): { firstTimeNs: string; lastTimeNs: string } {
    const { times, counts } = this.counts
    if (counts[FeedCount.Packets] === 0) {
      const seen = reports.map(([, report]) => report).filter((report) => report.firstMessageNs !== -1)
      const epochNs = BigInt(this.shared.epoch.seconds) * 1_000_000_000n
      const toUnix = (ns: number) => (epochNs + BigInt(ns)).toString()
      return {
        firstTimeNs: toUnix(seen.length === 0 ? 0 : Math.min(...seen.map(({ firstMessageNs }) => firstMessageNs))),
        lastTimeNs: toUnix(seen.length === 0 ? 0 : Math.max(...seen.map(({ lastMessageNs }) => lastMessageNs))),
      }
    }
    return {
      firstTimeNs: formatTimeNs(times[FrameTimes.FirstSeconds]!, times[FrameTimes.FirstNanos]!),
      lastTimeNs: formatTimeNs(times[FrameTimes.LastSeconds]!, times[FrameTimes.LastNanos]!),
    }
  }

  #undecodedFrames(): Record<string, number> {
    const facts: Record<string, number> = {}
    this.counts.undecoded.forEach((count, reason) => {
      if (count !== 0) facts[UNDECODED_NAMES[reason]!] = count
    })
    return facts
  }
}

type Counts = Readonly<Record<string, number>>

function addCounts(all: readonly Counts[]): Record<string, number> {
  const sum: Record<string, number> = {}
  for (const counts of all) {
    for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count
  }
  return sum
}

/** A protocol may occur in packets and in a file of its own, or in several files. */
function mergeByName(all: readonly (readonly [string, Counts])[]): Record<string, Counts> {
  const merged: Record<string, Counts> = {}
  for (const [name, counts] of all) {
    if (Object.keys(counts).length > 0) merged[name] = addCounts([merged[name] ?? {}, counts])
  }
  return merged
}

function sumCounts(all: readonly Counts[]): number {
  return all.flatMap((counts) => Object.values(counts)).reduce((sum, count) => sum + count, 0)
}

/** Seconds and nanoseconds since the epoch as a decimal string of nanoseconds. */
function formatTimeNs(seconds: number, nanos: number): string {
  return (BigInt(seconds) * 1_000_000_000n + BigInt(nanos)).toString()
}
