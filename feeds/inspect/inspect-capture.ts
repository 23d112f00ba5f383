import { setTimeout as sleep } from 'node:timers/promises'
import { FLAG_SNAPSHOT, Header } from '../../kernels/records/catalogue.ts'
import { SOURCE_TIME_AT } from '../../kernels/records/source-time.ts'
import { type FeedFacts, type FeedOptions, type MarketSource, openFeed } from '../capture/open-feed.ts'
import { RecordBatch } from '../record-batch.ts'
import { PacketWatch, WatchTime } from '../traffic/packet-watch.ts'
import { describeTraffic, type TrafficFacts } from '../traffic/traffic-facts.ts'
import { SymbolActivity, type SymbolFacts } from './symbol-activity.ts'

/** How long to wait for the reader thread before looking again. */
const POLL_MS = 2
const NS_PER_SECOND = 1e9
/** Time of a record, for the watch. */
const OWN_TIME = new Float64Array(WatchTime.Count)

export interface InspectOptions {
  /** Reads on threads of its own; `large` unless given. */
  readonly threaded?: FeedOptions['threaded']
  /** The built reader thread, where it is not found by itself. */
  readonly threadUrl?: URL
  /** Names of the protocols that flows and files are taken for; all, by their contents, if not given. */
  readonly feeds?: readonly string[] | undefined
  /** Leaves datagrams and segments with a wrong checksum out, and counts them. */
  readonly verifyChecksums?: boolean | undefined
  /** Told how far the file is read, from 0 to 1. */
  readonly onProgress?: (fraction: number) => void
  /** Ends the inspection early: the facts are those up to then. */
  readonly signal?: AbortSignal
}

/** What a capture file holds. Times are decimal strings of nanoseconds; field names are relied on by scripts. */
export interface CaptureFacts {
  /** Of several files that are read as one, the first. */
  readonly file: string
  readonly paths: readonly string[]
  /** pcap, pcapng, or the protocol of a file of messages. */
  readonly kind: string
  /** How sure the kind is; of packets, what is in them has a sureness for each flow. */
  readonly sureness: FeedFacts['kindSureness'][number]
  /** 0 for raw files, which have none. */
  readonly packets: number
  /** Size of the file as stored. */
  readonly bytes: number
  /** Captured bytes of all packets. */
  readonly frameBytes: number
  /** Of the packets, since the Unix epoch; of the messages of a raw file, since midnight. */
  readonly firstTimeNs: string
  readonly lastTimeNs: string
  /** Messages of a known type and length, by protocol and type: `{ itch50: { A: 12 } }`. */
  readonly messages: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** MoldUDP64 sessions. The sequence numbers are those of the first and the last message. */
  readonly sessions: FeedFacts['sessions']
  readonly lines: FeedFacts['lines']
  readonly flows: FeedFacts['flows']
  readonly instruments: number
  /** The most active first. */
  readonly symbols: readonly SymbolFacts[]
  readonly traffic: TrafficFacts
  /** Packets and messages that were not decoded, by reason. */
  readonly undecoded: Readonly<Record<string, number>>
  /** Messages among them, by type letter. */
  readonly undecodedTypes: Readonly<Record<string, number>>
  /** Packets of which the capture holds less than was on the wire. */
  readonly cutPackets: number
  /** Packets stamped earlier than the one before. */
  readonly timesBackwards: number
  /** What became of IP fragments and of TCP streams; zeros are left out. */
  readonly fragments: FeedFacts['fragments']
  readonly tcp: FeedFacts['tcp']
  /** What is wrong with the file's framing, with the byte offset of the first occurrence. */
  readonly damage: FeedFacts['damage']
  /** Why the file could not be read to its end. */
  readonly errors: FeedFacts['errors']
  /** False when the inspection was ended early. */
  readonly isComplete: boolean
}

/**
 * Reads a capture file once, through the same path as a replay, and tells what it holds; several as one recording.
 * @throws CaptureError when the file is missing, empty, unreadable or of no known kind
 */
export async function inspectCapture(
  paths: string | readonly string[],
  options: InspectOptions = {},
): Promise<CaptureFacts> {
  const { threaded = 'large', threadUrl, feeds, verifyChecksums } = options
  const packetWatch = new PacketWatch()
  const source = openFeed(paths, { threaded, threadUrl, feeds, packetWatch, verifyChecksums })
  try {
    const symbols = new SymbolActivity(source.shared.instruments)
    const isComplete = await drain(source, symbols, packetWatch, options)
    // The records' own times count from the session's epoch.
    const traffic = describeTraffic(packetWatch, packetWatch.packets.isUsed ? 0 : source.shared.epoch.seconds)
    return describe(source.facts(), symbols.toObjects(), traffic, isComplete)
  } finally {
    source.close()
  }
}

async function drain(
  source: MarketSource,
  symbols: SymbolActivity,
  watch: PacketWatch,
  options: InspectOptions,
): Promise<boolean> {
  const batch = new RecordBatch()
  for (;;) {
    if (options.signal?.aborted) return false
    batch.reset()
    const appended = source.fill(batch)
    if (appended === 0) return true
    takeRecords(batch, symbols, watch)
    options.onProgress?.(source.progress[0]!)
    // Gives signals and timers their turn; a timer only when there is nothing to read.
    if (appended < 0) await sleep(POLL_MS)
    else await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Records of a file without packets count at their own time, but snapshots, which are of no moment; those of packets are counted as the packets are read. */
function takeRecords({ views, usedBytes }: RecordBatch, symbols: SymbolActivity, watch: PacketWatch): void {
  const hasPackets = watch.packets.isUsed
  for (let at = 0; at < usedBytes; at += views.u32[(at + Header.Length) >> 2]!) {
    symbols.take(views, at)
    const timeAt = SOURCE_TIME_AT[views.u16[(at + Header.Type) >> 1]!]!
    const isOld = (views.u16[(at + Header.Flags) >> 1]! & FLAG_SNAPSHOT) !== 0
    if (hasPackets || timeAt === 0 || isOld) continue
    const timeNs = views.f64[(at + timeAt) >> 3]!
    OWN_TIME[WatchTime.Seconds] = Math.floor(timeNs / NS_PER_SECOND)
    OWN_TIME[WatchTime.Nanos] = timeNs % NS_PER_SECOND
    watch.setTime(OWN_TIME)
    watch.countRecords(1)
  }
}

function describe(
  facts: FeedFacts,
  symbols: readonly SymbolFacts[],
  traffic: TrafficFacts,
  isComplete: boolean,
): CaptureFacts {
  return {
    file: facts.files[0]!,
    paths: facts.files,
    kind: facts.kinds[0]!,
    sureness: facts.kindSureness[0]!,
    packets: facts.packets,
    bytes: facts.bytes,
    frameBytes: facts.frameBytes,
    firstTimeNs: facts.firstTimeNs,
    lastTimeNs: facts.lastTimeNs,
    messages: facts.messagesByProtocol,
    sessions: facts.sessions,
    lines: facts.lines,
    flows: facts.flows,
    instruments: facts.instruments,
    symbols,
    traffic,
    undecoded: facts.undecoded,
    undecodedTypes: facts.rejectedByType,
    cutPackets: facts.cutFrames,
    timesBackwards: facts.timesBackwards,
    fragments: facts.fragments,
    tcp: facts.tcp,
    damage: facts.damage,
    errors: facts.errors,
    isComplete,
  }
}
