import type { FlowFacts } from '../net/flow-table.ts'
import { FRAGMENT_COUNT_NAMES, FragmentCount } from '../net/fragment-counts.ts'
import { TCP_COUNT_NAMES } from '../net/tcp-counts.ts'
import { UNDECODED_NAMES, Undecoded } from '../net/undecoded.ts'
import type { FeedShared } from '../protocol/feed-shared.ts'
import { type LineFacts, type ProtocolReport, type SessionFacts, Sureness } from '../protocol/protocol.ts'
import type { CaptureError } from './capture-error.ts'
import type { CaptureFile } from './capture-file.ts'
import type { DamageLog } from './damage.ts'
import { FeedCount, type FeedCounts, FrameTimes } from './feed-counts.ts'
import type { FramePath } from './frame-feed.ts'
import { nameKind, nameKindSureness } from './recognise.ts'

type Counts = Readonly<Record<string, number>>

/** A flow, and how sure its protocol is. */
export interface FeedFlowFacts extends FlowFacts {
  /**
   * How sure the protocol is: `certain`, `likely`, or `chosen` where its contents alone would not have done. `possible` for a
   * flow that is not decoded although it may be of one of the `candidates`; `leftOut` for one of a known protocol that is not
   * decoded since others were chosen; `none` for others.
   */
  readonly sureness: 'certain' | 'likely' | 'chosen' | 'possible' | 'leftOut' | 'none'
  readonly candidates: readonly string[]
}

/** What a source has read so far, for reports. Times are decimal strings of ns. */
export interface FeedFacts {
  readonly files: readonly string[]
  readonly kinds: readonly string[]
  /** How sure the kinds are. */
  readonly kindSureness: readonly ReturnType<typeof nameKindSureness>[]
  /** Bytes as stored. */
  readonly bytes: number
  readonly packets: number
  /** Exchange messages of a known type and length; what only carries others is not counted. */
  readonly messages: number
  /** The same by protocol and type; those that carry others too. */
  readonly messagesByProtocol: Readonly<Record<string, Counts>>
  /** Messages that gave no record because they are not as specified, by type. */
  readonly rejectedByType: Counts
  /** Of the packets, since the Unix epoch; of a raw file's messages, since the session's epoch. */
  readonly firstTimeNs: string
  readonly lastTimeNs: string
  readonly instruments: number
  readonly missing: number
  readonly undecoded: Counts
  readonly sessions: readonly SessionFacts[]
  readonly flows: readonly FeedFlowFacts[]
  readonly lines: readonly LineFacts[]
  /** What became of IP fragments and of TCP streams, by `FragmentCount` and `TcpCount`; zeros are left out. */
  readonly fragments: Counts
  readonly tcp: Counts
  /** Captured bytes of all frames. */
  readonly frameBytes: number
  readonly cutFrames: number
  readonly timesBackwards: number
  /** Files that could not be merged by time, because too many others were open. */
  readonly lateFiles: number
  readonly damage: ReturnType<DamageLog['toObject']>
  readonly errors: readonly { readonly code: string; readonly message: string }[]
}

/** What `describeFeed` describes. */
export interface FeedParts {
  readonly files: readonly CaptureFile[]
  readonly shared: FeedShared
  readonly path: FramePath
  /** Of the protocols of flows and of files, by name. */
  readonly reports: readonly (readonly [name: string, report: ProtocolReport])[]
  readonly damage: DamageLog
  readonly errors: readonly CaptureError[]
}

/** What was read so far, as a plain object. */
export function describeFeed({ files, shared, path, reports, damage, errors }: FeedParts): FeedFacts {
  const { counts } = path.counts
  const carried = reports.flatMap(([, report]) => Object.entries(report.carried ?? {}))
  const own = reports.map(([name, { messages }]): [string, Counts] => [name, messages])
  const exchange = reports.filter(([, report]) => report.carried === undefined).map(([, { messages }]) => messages)
  const sessions = reports.flatMap(([, report]) => report.sessions)
  return {
    files: files.map((file) => file.path),
    kinds: files.map((file) => nameKind(file.recognised)),
    kindSureness: files.map((file) => nameKindSureness(file.recognised)),
    bytes: files.reduce((sum, file) => sum + file.storedBytes, 0),
    packets: counts[FeedCount.Packets]!,
    messages: sumCounts([...exchange, ...carried.map(([, messages]) => messages)]),
    messagesByProtocol: mergeByName([...own, ...carried]),
    rejectedByType: addCounts(reports.map(([, { rejected }]) => rejected)),
    ...describeTimes(path.counts, shared, reports),
    instruments: shared.instruments.count,
    missing: sessions.reduce((sum, session) => sum + session.missing, 0),
    undecoded: addCounts([describeUndecoded(path), ...reports.map(([, { undecoded }]) => undecoded)]),
    sessions,
    flows: path.flows
      .toObjects((flow) => describeFlow(path, flow))
      .map((facts, flow) => ({ ...facts, ...describeSureness(path, flow) })),
    lines: reports.flatMap(([, report]) => report.lines),
    fragments: nameCounts(path.fragments.counts, FRAGMENT_COUNT_NAMES),
    tcp: nameCounts(path.pump.streams.counts, TCP_COUNT_NAMES),
    frameBytes: counts[FeedCount.FrameBytes]!,
    cutFrames: counts[FeedCount.CutFrames]!,
    timesBackwards: counts[FeedCount.TimeBackwards]!,
    lateFiles: counts[FeedCount.LateFiles]!,
    damage: damage.toObject(),
    errors: errors.map((error) => ({ code: error.code, message: error.message })),
  }
}

function protocolsOf({ flows, protocols, streamProtocols }: FramePath, flow: number) {
  return flows.isTcp(flow) ? streamProtocols : protocols
}

function describeFlow(path: FramePath, flow: number): string {
  const { assignments, leftOut } = protocolsOf(path, flow)
  return assignments.describe(flow)?.name ?? leftOut.nameOf(flow) ?? 'unknown'
}

function describeSureness(path: FramePath, flow: number): Pick<FeedFlowFacts, 'sureness' | 'candidates'> {
  const { assignments, leftOut } = protocolsOf(path, flow)
  const candidates = assignments.candidates(flow)
  const taken = assignments.describe(flow)
  if (taken === undefined && leftOut.nameOf(flow) !== undefined) return { sureness: 'leftOut', candidates: [] }
  if (taken === undefined) return { sureness: candidates.length > 0 ? 'possible' : 'none', candidates }
  if (taken.sureness === Sureness.Certain) return { sureness: 'certain', candidates }
  return { sureness: taken.sureness === Sureness.Likely ? 'likely' : 'chosen', candidates }
}

function describeTimes(
  { times, counts }: FeedCounts,
  shared: FeedShared,
  reports: readonly (readonly [string, ProtocolReport])[],
): { firstTimeNs: string; lastTimeNs: string } {
  if (counts[FeedCount.Packets] === 0) {
    const seen = reports.map(([, report]) => report).filter((report) => report.firstMessageNs !== -1)
    if (seen.length === 0) return { firstTimeNs: '0', lastTimeNs: '0' }
    const epochNs = BigInt(shared.epoch.seconds) * 1_000_000_000n
    const toUnix = (ns: number) => (epochNs + BigInt(ns)).toString()
    return {
      firstTimeNs: toUnix(Math.min(...seen.map(({ firstMessageNs }) => firstMessageNs))),
      lastTimeNs: toUnix(Math.max(...seen.map(({ lastMessageNs }) => lastMessageNs))),
    }
  }
  return {
    firstTimeNs: formatTimeNs(times[FrameTimes.FirstSeconds]!, times[FrameTimes.FirstNanos]!),
    lastTimeNs: formatTimeNs(times[FrameTimes.LastSeconds]!, times[FrameTimes.LastNanos]!),
  }
}

/** Frames by the reason why they were not decoded; a fragment is one while its datagram is not whole. */
function describeUndecoded({ counts, fragments, protocols, pump }: FramePath): Record<string, number> {
  const reasons = counts.undecoded.slice()
  reasons[Undecoded.IpFragment] =
    fragments.counts[FragmentCount.Fragments]! -
    fragments.counts[FragmentCount.Used]! -
    fragments.counts[FragmentCount.Repeated]!
  reasons[Undecoded.UnknownProtocol] = protocols.undecided
  reasons[Undecoded.FeedLeftOut]! += protocols.leftOutDatagrams
  reasons[Undecoded.UnknownStream]! += pump.undecided
  return nameCounts(reasons, UNDECODED_NAMES)
}

function nameCounts(counts: Float64Array, names: readonly string[]): Record<string, number> {
  const facts: Record<string, number> = {}
  counts.forEach((count, index) => {
    if (count !== 0) facts[names[index]!] = count
  })
  return facts
}

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
