import { FeedShared, type FeedSharedOptions } from '../protocol/feed-shared.ts'
import { FlowProtocols } from '../protocol/flow-protocols.ts'
import type { ProtocolReport } from '../protocol/protocol.ts'
import { DATAGRAM_PROTOCOLS, STREAM_PROTOCOLS } from '../protocol/registry.ts'
import { StreamProtocols } from '../protocol/stream-protocols.ts'
import type { RecordBatch } from '../record-batch.ts'
import type { CaptureError } from './capture-error.ts'
import type { CaptureFile } from './capture-file.ts'
import { DamageLog } from './damage.ts'
import { describeFeed, type FeedFacts } from './feed-facts.ts'
import { type CaptureFeed, FeedRead } from './feed-read.ts'
import { FrameFeed, FramePath } from './frame-feed.ts'
import { FrameMerge } from './frame-merge.ts'
import { type OpenFile, OpenFiles } from './open-files.ts'
import type { ReaderThreads } from './reader-threads.ts'
import { CaptureKind } from './recognise.ts'

export interface MarketSourceOptions extends FeedSharedOptions {
  /** The threads that the files are read by; closed with the source. */
  readonly reader?: ReaderThreads
  /** Names of the protocols that flows are taken for; all, by their contents, if not given. */
  readonly feeds?: readonly string[] | undefined
  /** Leaves out UDP datagrams and TCP segments whose checksum is wrong. Not where checksums are left to the sending card. */
  readonly verifyChecksums?: boolean | undefined
}

/** Files that are read as one: those of packets that are named next to each other, or one of messages. */
type FileGroup = readonly CaptureFile[]

/**
 * Capture files as one stream of market records: what the I/O kernel replays. Files of packets that are named next to each
 * other are merged by the times of their frames; files of messages are read one after the other. Sequence numbers, flows and
 * instruments go on from file to file.
 */
export class MarketSource {
  readonly shared: FeedShared
  readonly damage = new DamageLog()
  /** [0] how much of the stored bytes is read, from 0 to 1. */
  readonly progress: Float64Array
  /** Why files ended early; what came before was used. */
  readonly errors: readonly CaptureError[]
  readonly #list: readonly CaptureFile[]
  readonly #groups: readonly FileGroup[]
  readonly #files: OpenFiles
  readonly #path: FramePath
  /** What files of messages held, by protocol. */
  readonly #fileReports: [name: string, report: () => ProtocolReport][] = []
  #next = 0
  #feed: CaptureFeed | undefined
  /** The file of messages that is being read. */
  #messageFile: OpenFile | undefined
  readonly #reader: ReaderThreads | undefined

  constructor(files: readonly CaptureFile[], options: MarketSourceOptions = {}) {
    const { feeds } = options
    this.#list = files
    this.#groups = groupFiles(files)
    this.#reader = options.reader
    this.shared = new FeedShared(options)
    const isChosen = ({ name }: { readonly name: string }) => feeds === undefined || feeds.includes(name)
    const isLeftOut = (protocol: { readonly name: string }) => !isChosen(protocol)
    const isChoice = feeds !== undefined
    const [datagrams, streams] = [DATAGRAM_PROTOCOLS, STREAM_PROTOCOLS]
    this.#path = new FramePath(
      this.shared.flows,
      new FlowProtocols(datagrams.filter(isChosen), this.shared, isChoice, datagrams.filter(isLeftOut)),
      new StreamProtocols(streams.filter(isChosen), this.shared, isChoice, streams.filter(isLeftOut)),
      options.verifyChecksums ?? false,
      options.packetWatch,
    )
    this.#files = new OpenFiles(files.reduce((sum, file) => sum + file.storedBytes, 0))
    this.progress = this.#files.progress
    this.errors = this.#files.errors
  }

  /**
   * Appends records while the batch has room, and goes on where it stopped at the next call, in mid-packet too.
   * @returns how many records were appended; 0 at the end; −1 when there are none yet
   */
  fill(batch: RecordBatch): number {
    for (;;) {
      if (this.#feed === undefined && !this.#openNext()) return FeedRead.End
      const records = this.#feed!.fill(batch)
      this.#files.noteProgress()
      if (records !== FeedRead.End) return records
      this.#closeGroup()
    }
  }

  /** The protocols that flows of datagrams were taken for. */
  get protocols(): FlowProtocols {
    return this.#path.protocols
  }

  /** Lets go of the files and their reader threads. */
  close(): void {
    this.#closeGroup()
    this.#files.closeAll()
    this.#next = this.#groups.length
    this.#reader?.close()
  }

  /** Blocks until `fill` may have something again, or the time is over. For commands; kernels never block. */
  wait(timeoutMs: number): void {
    this.#reader?.wait(timeoutMs)
  }

  /** What was read so far, as a plain object. */
  facts(): FeedFacts {
    const path = this.#path
    const reports: [string, ProtocolReport][] = [
      ...path.protocols.reports(),
      ...path.streamProtocols.reports(),
      ...this.#fileReports.map(([name, report]): [string, ProtocolReport] => [name, report()]),
    ]
    const { shared, damage, errors } = this
    return describeFeed({ files: this.#list, shared, path, reports, damage, errors })
  }

  #openNext(): boolean {
    while (this.#next < this.#groups.length) {
      const group = this.#groups[this.#next++]!
      this.#feed = this.#createFeed(group)
      if (this.#feed !== undefined) return true
    }
    return false
  }

  #createFeed(group: FileGroup): CaptureFeed | undefined {
    const { recognised } = group[0]!
    if (recognised.kind !== CaptureKind.Messages) {
      return new FrameFeed(new FrameMerge(group, this.#files, this.damage), this.#path)
    }
    const { protocol } = recognised
    const opened = this.#files.open(group[0]!)
    if (opened === undefined) return undefined
    this.#messageFile = opened
    const decoder = protocol.open(opened.window, this.shared, this.damage)
    this.#fileReports.push([protocol.name, () => decoder.report()])
    return decoder
  }

  /** A file that is closed leaves its report behind, and not its decoder with all its tables. */
  #keepReport(): void {
    const last = this.#fileReports.at(-1)!
    const report = last[1]()
    this.#fileReports[this.#fileReports.length - 1] = [last[0], () => report]
  }

  #closeGroup(): void {
    if (this.#messageFile !== undefined) {
      this.#files.close(this.#messageFile)
      this.#keepReport()
    }
    this.#messageFile = undefined
    this.#feed = undefined
  }
}

/** Files of packets next to each other are one group; each file of messages is one. */
function groupFiles(files: readonly CaptureFile[]): FileGroup[] {
  const groups: CaptureFile[][] = []
  const isOfPackets = (file: CaptureFile | undefined) =>
    file !== undefined && file.recognised.kind !== CaptureKind.Messages
  files.forEach((file, index) => {
    if (isOfPackets(file) && isOfPackets(files[index - 1])) groups.at(-1)!.push(file)
    else groups.push([file])
  })
  return groups
}
