import { setTimeout as sleep } from 'node:timers/promises'
import { type FeedFacts, type MarketSource, openFeed } from '../capture/open-feed.ts'
import { RecordBatch } from '../record-batch.ts'

/** How long to wait for the reader thread before looking again. */
const POLL_MS = 2

export interface InspectOptions {
  /** Reads on a thread of its own; needed for large gzip files. On unless given. */
  readonly threaded?: boolean
  /** The built reader thread, where it is not found by itself. */
  readonly threadUrl?: URL
  /** Told how far the file is read, from 0 to 1. */
  readonly onProgress?: (fraction: number) => void
  /** Ends the inspection early: the facts are those up to then. */
  readonly signal?: AbortSignal
}

/** What a capture file holds. Times are decimal strings of nanoseconds; field names are relied on by scripts. */
export interface CaptureFacts {
  readonly file: string
  /** pcap, pcapng or itch50 (raw). */
  readonly kind: string
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
 * Reads a capture file once, through the same path as a replay, and tells what it holds.
 * @throws CaptureError when the file is missing, empty, unreadable or of no known kind
 */
export async function inspectCapture(path: string, options: InspectOptions = {}): Promise<CaptureFacts> {
  const source = openFeed(path, { threaded: options.threaded ?? true, threadUrl: options.threadUrl })
  try {
    const isComplete = await drain(source, options)
    return describe(path, source.facts(), isComplete)
  } finally {
    source.close()
  }
}

async function drain(source: MarketSource, options: InspectOptions): Promise<boolean> {
  const batch = new RecordBatch()
  for (;;) {
    if (options.signal?.aborted) return false
    batch.reset()
    const appended = source.fill(batch)
    if (appended === 0) return true
    options.onProgress?.(source.progress[0]!)
    // Gives signals and timers their turn; a timer only when there is nothing to read.
    if (appended < 0) await sleep(POLL_MS)
    else await new Promise((resolve) => setImmediate(resolve))
  }
}

function describe(file: string, facts: FeedFacts, isComplete: boolean): CaptureFacts {
  return {
    file,
    kind: facts.kinds[0]!,
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
