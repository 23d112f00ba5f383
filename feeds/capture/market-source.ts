import { ITCH50_REJECT_NAMES } from '../itch50/counts.ts'
import { Itch50Decoder } from '../itch50/decoder.ts'
import { LineCount } from '../moldudp64/line-table.ts'
import { SessionCount } from '../moldudp64/session-table.ts'
import { MoldWalker } from '../moldudp64/walker.ts'
import { FlowTable } from '../net/flow-table.ts'
import { UNDECODED_NAMES } from '../net/undecoded.ts'
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
import { RawItchFeed } from './raw-itch-feed.ts'
import { CAPTURE_KIND_NAMES, CaptureKind } from './recognise.ts'
import type { ReaderThread } from './threaded-source.ts'

/** A capture file that can be read. */
export interface CaptureFile {
  readonly path: string
  readonly kind: CaptureKind
  /** Size as stored. */
  readonly storedBytes: number
  /** Opens it; called when the file's turn comes. Throws CaptureError. */
  readonly open: () => ByteSource
}

export interface MarketSourceOptions {
  /** Bound of instrument ids, 65,536 if not given. */
  readonly instrumentsMax?: number | undefined
  /** The thread that the files are read by; closed with the source. */
  readonly reader?: ReaderThread
}

/** One MoldUDP64 session, for reports. Sequence numbers are decimal strings. */
export interface SessionFacts {
  readonly session: string
  readonly firstSequence: string
  readonly lastSequence: string
  /** Messages, each counted once. */
  readonly messages: number
  readonly missing: number
  readonly duplicates: number
  readonly heartbeats: number
  readonly packets: number
  readonly late: number
  readonly early: number
  readonly unsequenced: number
  readonly endOfSession: number
  readonly missingRanges: readonly { readonly first: string; readonly last: string }[]
}

/** One flow's packets of one session: what each line lost by itself. */
export interface LineFacts {
  /** Index in `flows`, and the `Source` of its records. */
  readonly flow: number
  readonly session: string
  readonly packets: number
  readonly messages: number
  readonly missing: number
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
  readonly messagesByType: Readonly<Record<string, number>>
  /** Messages that gave no record because they are not as specified, by type letter. */
  readonly rejectedByType: Readonly<Record<string, number>>
  /** Of the packets, since the Unix epoch; of a raw file's messages, since midnight. */
  readonly firstTimeNs: string
  readonly lastTimeNs: string
  readonly instruments: number
  readonly missing: number
  readonly undecoded: Readonly<Record<string, number>>
  readonly sessions: readonly SessionFacts[]
  readonly flows: ReturnType<FlowTable['toObjects']>
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
  readonly decoder: Itch50Decoder
  readonly walker = new MoldWalker()
  readonly flows = new FlowTable()
  readonly counts = new FeedCounts()
  readonly damage = new DamageLog()
  /** [0] how much of the stored bytes is read, from 0 to 1. */
  readonly progress = new Float64Array(1)
  /** Why files ended early; what came before was used. */
  readonly errors: CaptureError[] = []
  readonly #files: readonly CaptureFile[]
  /** One for all files: the hot parts keep to the same bytes. */
  readonly #window = new ByteWindow()
  #next = 0
  #feed: CaptureFeed | undefined
  #source: ByteSource | undefined
  readonly #reader: ReaderThread | undefined
  #readBytes = 0
  readonly #totalBytes: number

  constructor(files: readonly CaptureFile[], options: MarketSourceOptions = {}) {
    this.#files = files
    this.#reader = options.reader
    this.decoder = new Itch50Decoder(options.instrumentsMax)
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
    const sessions = this.#sessionFacts()
    return {
      files: this.#files.map((file) => file.path),
      kinds: this.#files.map((file) => CAPTURE_KIND_NAMES[file.kind]!),
      bytes: this.#files.reduce((sum, file) => sum + file.storedBytes, 0),
      packets: counts[FeedCount.Packets]!,
      messages: this.decoder.counts.total(),
      messagesByType: this.decoder.counts.toObject(),
      rejectedByType: this.decoder.counts.rejectedToObject(),
      ...this.#timeFacts(),
      instruments: this.decoder.directory.count,
      missing: sessions.reduce((sum, session) => sum + session.missing, 0),
      undecoded: this.#undecodedFacts(),
      sessions,
      flows: this.flows.toObjects(),
      lines: this.#lineFacts(),
      frameBytes: counts[FeedCount.FrameBytes]!,
      cutFrames: counts[FeedCount.CutFrames]!,
      timesBackwards: counts[FeedCount.TimeBackwards]!,
      damage: this.damage.toObject(),
      errors: this.errors.map((error) => ({ code: error.code, message: error.message })),
    }
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
      this.#feed = this.#createFeed(file.kind)
      return true
    }
    return false
  }

  #createFeed(kind: CaptureKind): CaptureFeed {
    const window = this.#window
    if (kind === CaptureKind.RawItch50) return new RawItchFeed(window, this.decoder, this.damage, this.counts)
    const reader =
      kind === CaptureKind.Pcap ? new PcapReader(window, this.damage) : new PcapNgReader(window, this.damage)
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

  #timeFacts(): { firstTimeNs: string; lastTimeNs: string } {
    const { times, counts } = this.counts
    if (counts[FeedCount.Packets] === 0) {
      const [first, last] = this.decoder.counts.timeNs
      return { firstTimeNs: String(Math.max(0, first!)), lastTimeNs: String(Math.max(0, last!)) }
    }
    return {
      firstTimeNs: formatTimeNs(times[FrameTimes.FirstSeconds]!, times[FrameTimes.FirstNanos]!),
      lastTimeNs: formatTimeNs(times[FrameTimes.LastSeconds]!, times[FrameTimes.LastNanos]!),
    }
  }

  #undecodedFacts(): Record<string, number> {
    const facts: Record<string, number> = {}
    const add = (names: readonly string[], values: Float64Array) => {
      for (let i = 0; i < values.length; i++) if (values[i] !== 0) facts[names[i]!] = values[i]!
    }
    add(UNDECODED_NAMES, this.counts.undecoded)
    add(ITCH50_REJECT_NAMES, this.decoder.counts.rejected)
    return facts
  }

  #lineFacts(): LineFacts[] {
    const { lines, sessions } = this.walker
    const facts: LineFacts[] = []
    for (let line = 0; line < lines.count; line++) {
      const { flow, session } = lines.key(line)
      const read = (slot: LineCount) => lines.counts[line * LineCount.Count + slot]!
      facts.push({
        flow,
        session: sessions.name(session),
        packets: read(LineCount.Packets),
        messages: read(LineCount.Messages),
        missing: read(LineCount.Missing),
      })
    }
    return facts
  }

  #sessionFacts(): SessionFacts[] {
    const { sessions } = this.walker
    const facts: SessionFacts[] = []
    for (let session = 0; session < sessions.count; session++) {
      const read = (slot: SessionCount) => sessions.counts[session * SessionCount.Count + slot]!
      const missing = sessions.missing[session]!
      const last = sessions.hasFirst[session] === 1 ? read(SessionCount.Expected) - 1 : 0
      facts.push({
        session: sessions.name(session),
        firstSequence: String(read(SessionCount.First)),
        lastSequence: String(last),
        messages: read(SessionCount.Messages),
        missing: missing.missing[0]!,
        duplicates: read(SessionCount.Duplicates),
        heartbeats: read(SessionCount.Heartbeats),
        packets: read(SessionCount.Packets),
        late: read(SessionCount.Late),
        early: read(SessionCount.Early),
        unsequenced: read(SessionCount.Unsequenced),
        endOfSession: read(SessionCount.EndOfSession),
        missingRanges: missing.toObjects(),
      })
    }
    return facts
  }
}

/** Seconds and nanoseconds since the epoch as a decimal string of nanoseconds. */
function formatTimeNs(seconds: number, nanos: number): string {
  return (BigInt(seconds) * 1_000_000_000n + BigInt(nanos)).toString()
}
