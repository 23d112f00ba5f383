import type { ByteWindow } from '../capture/byte-window.ts'
import type { DamageLog } from '../capture/damage.ts'
import type { CaptureFeed } from '../capture/feed-read.ts'
import type { RecordBatch } from '../record-batch.ts'
import type { RaceFacts } from '../sequence/line-races.ts'
import type { FeedShared } from './feed-shared.ts'

/*
 * What a protocol's room tells the rest of the product. A room is a folder of its own under feeds/, with its wire layout,
 * its decoder, and a `protocol.ts` that describes it by one of the interfaces below; `registry.ts` lists them.
 * docs/add-a-feed.md walks through adding one.
 */

/** How sure a look at some bytes is that they are of a protocol. */
export enum Sureness {
  No = 0,
  /** Nothing speaks against it, but other traffic may look so, too. */
  Possible = 1,
  /** Several fields agree with each other. */
  Likely = 2,
  /** A magic number, or so many agreeing fields that chance is ruled out. */
  Certain = 3,
}

/** What `PacketDecoder.begin` found. */
export enum Packet {
  /** `next` hands out its messages. */
  Messages = 0,
  /** A heartbeat or the like: nothing to hand out. */
  Idle = 1,
  /** Not what the protocol says; counted by the decoder under `undecoded`. */
  Bad = 2,
}

/**
 * Decodes the packets of one protocol, of all its flows in a capture: lines A and B of a session meet here. Nothing throws
 * on what came from outside: it is counted and reported.
 */
export interface PacketDecoder {
  /**
   * Begins a packet: `next` is called until `isDone` before another is begun. The bytes stay where they are until then.
   * A gap that it reveals is appended to the batch, which has room for two records.
   * @param flow number of the packet's flow: the header's `Source` of its records, and the line of its gaps
   * @param isCut the capture holds less of the packet than was on the wire
   */
  begin(bytes: Uint8Array, at: number, length: number, flow: number, isCut: boolean, batch: RecordBatch): Packet
  /**
   * Decodes messages while the batch has room; goes on where it stopped.
   * @returns how many records were appended
   */
  next(batch: RecordBatch): number
  /** Whether all of the packet is handed out. */
  readonly isDone: boolean
  /** What was decoded so far. */
  report(): ProtocolReport
}

/** A protocol whose messages come in datagrams. */
export interface DatagramProtocol {
  readonly carrier: 'datagram'
  /** As in `--feed NAME` and in the JSON of xk inspect. */
  readonly name: string
  /** For people: the exchange's name of it, with its version and transport. */
  readonly title: string
  /**
   * Looks at one datagram's payload. Reads within `at` and `at + length` only. One of HEARTBEAT_BYTES_MAX bytes or fewer that is
   * Possible, and no more, has no messages: it is held until the flow is known.
   */
  recognise(bytes: Uint8Array, at: number, length: number, isCut: boolean): Sureness
  open(shared: FeedShared): PacketDecoder
}

/**
 * Decodes byte streams that come in pieces: `begin` is given all bytes of a stream from the first one not yet consumed, in
 * order and without holes. One decoder serves all streams of its protocol; their pieces come in any order, each whole between
 * its `begin` and `isDone`. `isCut` is never set: what the capture cut off is a hole.
 */
export interface StreamDecoder extends PacketDecoder {
  /**
   * Bytes of the piece that are used up, once `isDone`, or when `begin` found no messages (0 while more bytes are needed for
   * one); the rest comes again with more behind it. A piece of `messageBytesMax` bytes or more of which none is used is given up.
   */
  readonly consumedBytes: number
  /**
   * The stream of this flow lost bytes before the next piece, or another connection began: what was begun is dropped, and the
   * next message boundary is looked for.
   */
  skipHole(flow: number): void
}

/** A protocol whose messages come over TCP. Each direction of a connection is a flow. */
export interface StreamProtocol {
  readonly carrier: 'stream'
  readonly name: string
  readonly title: string
  /**
   * Looks at the first bytes of a stream that are there, or, in a stream taken up in the middle, at those of a segment. Possible
   * asks for more of them, No for the next segment's.
   */
  recognise(bytes: Uint8Array, at: number, length: number): Sureness
  open(shared: FeedShared): StreamDecoder
  /** The longest message, header included: what the reassembly must be able to hold in one piece. */
  readonly messageBytesMax: number
}

/** A file of messages or records that is no capture of packets. */
export interface FileDecoder extends CaptureFeed {
  report(): ProtocolReport
}

export interface FileProtocol {
  readonly carrier: 'file'
  readonly name: string
  readonly title: string
  /**
   * Looks at the first bytes of a file, decompressed.
   * @param isWhole the file has no more
   */
  recogniseHead(head: Uint8Array, isWhole: boolean): Sureness
  open(window: ByteWindow, shared: FeedShared, damage: DamageLog): FileDecoder
  /**
   * When the file's first message was, by its first bytes: whole seconds since 1970, undefined where they do not tell. The
   * session's epoch is worked out from it; a protocol whose stamps hold no date leaves it out.
   */
  readonly findFirstSeconds?: (head: Uint8Array) => number | undefined
}

export type FeedProtocol = DatagramProtocol | StreamProtocol | FileProtocol

/** One session (or channel, or unit) of sequence numbers, for reports. Sequence numbers are decimal strings. */
export interface SessionFacts {
  readonly session: string
  readonly firstSequence: string
  readonly lastSequence: string
  /** Messages, each counted once; of packet-numbered protocols, packets. */
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

/** One flow's packets of one session: what each line lost by itself, and how it stood against the others. */
export interface LineFacts {
  /** Index in `flows`, and the `Source` of its records. */
  readonly flow: number
  readonly session: string
  readonly packets: number
  readonly messages: number
  readonly missing: number
  /** Only where packets' times are watched, and another line brought the same packets. */
  readonly race?: RaceFacts
}

/** What a decoder has seen, for reports; counters are numbers by name, left out where zero. */
export interface ProtocolReport {
  /** Messages of a known type and length: by type character, template id or record type, as the protocol names them. */
  readonly messages: Readonly<Record<string, number>>
  /**
   * A transport's: messages of other protocols in its own, by protocol and type. Then these are the exchange's messages, and
   * those of `messages` only carry them.
   */
  readonly carried?: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** Messages that gave no record because they are not as specified, by type. */
  readonly rejected: Readonly<Record<string, number>>
  /** Packets and messages not decoded, by reason. */
  readonly undecoded: Readonly<Record<string, number>>
  readonly sessions: readonly SessionFacts[]
  readonly lines: readonly LineFacts[]
  /** The first and the last message's own time: ns since the session's epoch; −1 before the first. */
  readonly firstMessageNs: number
  readonly lastMessageNs: number
}

/** A report of nothing, to spread over. */
export const EMPTY_REPORT: ProtocolReport = {
  messages: {},
  rejected: {},
  undecoded: {},
  sessions: [],
  lines: [],
  firstMessageNs: -1,
  lastMessageNs: -1,
}
