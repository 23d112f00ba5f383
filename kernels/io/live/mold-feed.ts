import { ITCH50_OVER_MOLD } from '../../../feeds/itch50/mold-protocol.ts'
import { readI32 } from '../../../feeds/itch50/wire.ts'
import { writeU16, writeU32 } from '../../../feeds/itch50/wire-writes.ts'
import {
  GAP_FILL_COUNT_NAMES,
  GapFill,
  GapFillCount,
  type GapFillOptions,
  Offer,
} from '../../../feeds/moldudp64/gap-fill.ts'
import { BLOCK_HEADER_BYTES, MoldCount, MoldHeader, SESSION_BYTES } from '../../../feeds/moldudp64/layout.ts'
import { MoldRequest } from '../../../feeds/moldudp64/request-layout.ts'
import { FeedShared } from '../../../feeds/protocol/feed-shared.ts'
import { Packet, type PacketDecoder } from '../../../feeds/protocol/protocol.ts'
import type { RecordBatch } from '../../../feeds/record-batch.ts'
import type { Ipv4Endpoint } from '../../host/ipv4.ts'
import { DatagramFact, StampSource } from '../../host/udp-socket.ts'
import {
  BOTH_SIDES,
  BookClear,
  BookClearReason,
  Header,
  RecordType,
  Stale,
  StaleReason,
} from '../../records/catalogue.ts'
import { beginRecord } from '../../records/views.ts'
import type { LinkOptions } from '../entry/session-link.ts'
import type { DatagramPort, LiveSource } from './live-source.ts'
import { PacketArrivals } from './packet-arrivals.ts'
import { SnapshotReader, SnapshotStep } from './snapshot-reader.ts'

const WORD = 4294967296
const SNAPSHOT_SESSION = Buffer.from('SNAPSHOT  ')
const MADE_BYTES = 256

export interface MoldFeedOptions {
  /** Lines that bring the same packets. */
  readonly lines: readonly DatagramPort[]
  /** Where missing messages are asked for, and the socket to which they come. */
  readonly requests?: { readonly port: DatagramPort; readonly target: Ipv4Endpoint }
  /** Where snapshots are had. */
  readonly snapshots?: LinkOptions
  readonly gaps: GapFillOptions
  readonly instrumentsMax: number
  readonly epochSeconds: number
  /** Whether a dead kernel has made books before: they are stale, and begun anew. */
  readonly isSuccessor?: boolean
}

/**
 * TotalView-ITCH 5.0 over MoldUDP64 from sockets: lines against each other, holes closed by re-requests, books begun with a
 * snapshot. A hole that cannot be closed makes all books stale and begins another snapshot, if there are any.
 *
 *     lines, answers ──► gap fill ──► decoder ──► records
 *     snapshot ────────────────────────┘
 */
export class MoldFeed implements LiveSource {
  readonly nowNs: Float64Array
  readonly lastPacketNs = new Float64Array(1)
  readonly arrivals = new PacketArrivals()
  isJoined = false
  /** Packets by line, the answers to re-requests behind them. */
  readonly packets: Float64Array
  /** Gaps that nothing closed. */
  gaps = 0
  readonly #ports: readonly DatagramPort[]
  readonly #options: MoldFeedOptions
  readonly #fill: GapFill
  readonly #decoder: PacketDecoder
  readonly #snapshots: SnapshotReader | undefined
  readonly #request = new Uint8Array(MoldRequest.Bytes)
  /** A packet made here: a message of a snapshot, or the place where the feed goes on behind it. */
  readonly #made = new Uint8Array(MADE_BYTES)
  #isDecoding = false
  #isSnapshotRead = false
  #hasBegun = false
  #sessions = 0
  #isCleared = false
  #beginsStale: boolean
  #line = 0
  #slot = 0
  #received = 0

  constructor(options: MoldFeedOptions) {
    this.#options = options
    this.#beginsStale = options.isSuccessor === true || options.snapshots !== undefined
    this.#ports = options.requests === undefined ? options.lines : [...options.lines, options.requests.port]
    this.packets = new Float64Array(this.#ports.length)
    this.#fill = new GapFill(options.gaps)
    this.nowNs = this.#fill.nowNs
    const shared = new FeedShared({ instrumentsMax: options.instrumentsMax, epochSeconds: options.epochSeconds })
    this.#decoder = ITCH50_OVER_MOLD.open(shared)
    if (options.snapshots === undefined) return
    this.#snapshots = new SnapshotReader(options.snapshots)
    this.#join()
  }

  fill(batch: RecordBatch): number {
    const before = batch.usedBytes
    if (this.#beginsStale) this.#beginStale(batch)
    if (before === 0) this.arrivals.reset()
    // One packet, or one message of a snapshot, a turn.
    while (batch.hasRoom() && this.#advance(batch)) this.arrivals.extend(batch.usedBytes)
    this.#askAgain()
    return batch.countFrom(before)
  }

  facts(): Readonly<Record<string, unknown>> {
    const counts = this.#fill.counts
    return {
      packets: [...this.packets],
      gaps: this.gaps,
      snapshots: this.#snapshots?.done ?? 0,
      snapshotsBroken: this.#snapshots?.broken ?? 0,
      gapFill: Object.fromEntries(GAP_FILL_COUNT_NAMES.map((name, i) => [name, counts[i]!])),
      decoder: this.#decoder.report(),
    }
  }

  close(): void {
    this.#snapshots?.close()
    for (const port of this.#ports) port.close()
  }

  /** Does the next thing there is to do. @returns false when there is nothing just now */
  #advance(batch: RecordBatch): boolean {
    if (this.#isDecoding) {
      this.#decoder.next(batch)
      this.#isDecoding = !this.#decoder.isDone
      return true
    }
    const fill = this.#fill
    // Of what was held, asked for, or is of a snapshot, the kernel's stamp is not kept.
    this.arrivals.current[0] = 0
    if (fill.release()) {
      this.#begin(fill.bytes, fill.heldAt, fill.heldLength, fill.heldLine, batch)
      return true
    }
    if (fill.giveUpLate()) return true
    if (this.#takePacket(batch)) return true
    return this.isJoined || this.#snapshots === undefined ? false : this.#takeSnapshot(this.#snapshots, batch)
  }

  #takePacket(batch: RecordBatch): boolean {
    if (this.#slot === this.#received && !this.#receive()) return false
    const port = this.#ports[this.#line]!
    const at = this.#slot * port.slotBytes
    const facts = this.#slot * DatagramFact.Words
    const length = port.facts[facts + DatagramFact.Length]!
    this.#noteArrival(port.facts, facts)
    this.#slot++
    this.packets[this.#line]!++
    const { counts } = this.#fill
    const foreign = counts[GapFillCount.Foreign]!
    const offer = this.#fill.offer(port.bytes, at, length, this.#line)
    // Strangers do not keep a silent feed alive.
    if (counts[GapFillCount.Foreign] === foreign) this.lastPacketNs[0] = this.nowNs[0]!
    if (this.#fill.sessions !== this.#sessions) this.#beginSession(batch)
    if (offer === Offer.Pass && this.#isDecodable) this.#begin(port.bytes, at, length, this.#line, batch)
    return true
  }

  /** The card's clock is another one, which is not compared with the kernel's. */
  #noteArrival(facts: Uint32Array, at: number): void {
    if (facts[at + DatagramFact.StampSource] !== StampSource.Kernel) return
    const seconds = facts[at + DatagramFact.StampSeconds]! - this.#options.epochSeconds
    this.arrivals.current[0] = seconds * 1e9 + facts[at + DatagramFact.StampNanos]!
  }

  /** While a snapshot is awaited, nothing else is decoded. */
  get #isDecodable(): boolean {
    return this.isJoined || this.#snapshots === undefined
  }

  /** Another session than before: what the books hold is of the last one. */
  #beginSession(batch: RecordBatch): void {
    this.#sessions = this.#fill.sessions
    if (this.#sessions === 1) return
    if (this.#snapshots === undefined) this.#appendClear(BookClearReason.Reset, batch)
    else if (this.isJoined) {
      this.#appendStale(StaleReason.NoSnapshot, this.#line, batch)
      this.#join()
    }
  }

  /** Nobody trades on half a snapshot, nor on what a predecessor knew; without snapshots its books go at once. */
  #beginStale(batch: RecordBatch): void {
    this.#beginsStale = false
    this.#appendStale(StaleReason.NoSnapshot, this.#ports.length, batch)
    if (this.#snapshots === undefined) this.#appendClear(BookClearReason.Reset, batch)
  }

  /** Looks at each line in its turn. */
  #receive(): boolean {
    for (let tries = 0; tries < this.#ports.length; tries++) {
      this.#line = (this.#line + 1) % this.#ports.length
      this.#received = this.#ports[this.#line]!.receive()
      this.#slot = 0
      if (this.#received > 0) return true
    }
    return false
  }

  #begin(bytes: Uint8Array, at: number, length: number, line: number, batch: RecordBatch): void {
    const before = batch.usedBytes
    const packet = this.#decoder.begin(bytes, at, length, line, false, batch)
    // The only record that the beginning of a packet gives is a gap.
    if (batch.usedBytes > before) this.#loseMessages(line, batch)
    else if (!this.#hasBegun && this.#snapshots === undefined && packet !== Packet.Bad)
      this.#beginWithout(bytes, at, line, batch)
    this.#isDecoding = packet === Packet.Messages
  }

  /** Without a snapshot the books are whole only when the session's first message is there. */
  #beginWithout(bytes: Uint8Array, at: number, line: number, batch: RecordBatch): void {
    this.#hasBegun = true
    this.isJoined = true
    const isFirst =
      readI32(bytes, at + MoldHeader.SequenceHigh) === 0 && readI32(bytes, at + MoldHeader.SequenceLow) >>> 0 <= 1
    if (!isFirst) this.#appendStale(StaleReason.NoSnapshot, line, batch)
  }

  #loseMessages(line: number, batch: RecordBatch): void {
    this.gaps++
    this.#appendStale(StaleReason.SequenceGap, line, batch)
    if (this.#snapshots !== undefined) this.#join()
  }

  #join(): void {
    this.isJoined = false
    this.#isSnapshotRead = false
    this.#isCleared = false
    this.#fill.waitForSnapshot()
    this.#snapshots!.begin()
  }

  #takeSnapshot(snapshots: SnapshotReader, batch: RecordBatch): boolean {
    if (this.#isSnapshotRead) return this.#finishJoin(snapshots, batch)
    switch (snapshots.next(this.nowNs)) {
      case SnapshotStep.Message:
        // Whatever is in the books goes before the first order of a snapshot comes.
        if (!this.#isCleared) this.#appendClear(BookClearReason.Snapshot, batch)
        this.#isCleared = true
        this.#decodeMessage(snapshots, batch)
        return true
      case SnapshotStep.End:
        this.#isSnapshotRead = true
        return true
      case SnapshotStep.Broken:
        this.#join()
        return false
      default:
        return false
    }
  }

  /** Goes on behind the snapshot, once a packet has told the session's name. */
  #finishJoin(snapshots: SnapshotReader, batch: RecordBatch): boolean {
    if (!this.#fill.readSession(this.#made)) return false
    const sequence = snapshots.nextSequence
    const high = Math.floor(sequence / WORD)
    writeU32(this.#made, MoldHeader.SequenceHigh, high)
    writeU32(this.#made, MoldHeader.SequenceLow, sequence - high * WORD)
    writeU16(this.#made, MoldHeader.Count, MoldCount.Heartbeat)
    this.#decoder.begin(this.#made, 0, MoldHeader.Bytes, this.#ports.length, false, batch)
    this.#fill.beginAt(sequence)
    this.isJoined = true
    this.#appendStale(StaleReason.Recovered, this.#ports.length, batch)
    return true
  }

  /** A packet without a number: all that it holds is handed out. */
  #decodeMessage(snapshots: SnapshotReader, batch: RecordBatch): void {
    const { messageAt, messageLength, bytes } = snapshots
    const body = MoldHeader.Bytes + BLOCK_HEADER_BYTES
    if (body + messageLength > MADE_BYTES) return
    this.#made.set(SNAPSHOT_SESSION, MoldHeader.Session)
    this.#made.fill(0, SESSION_BYTES, MoldHeader.Count)
    writeU16(this.#made, MoldHeader.Count, 1)
    writeU16(this.#made, MoldHeader.Bytes, messageLength)
    for (let i = 0; i < messageLength; i++) this.#made[body + i] = bytes[messageAt + i]!
    this.#decoder.begin(this.#made, 0, body + messageLength, this.#ports.length, false, batch)
    while (!this.#decoder.isDone) this.#decoder.next(batch)
  }

  #askAgain(): void {
    const { requests } = this.#options
    if (requests === undefined || !this.#fill.hasHole || !this.#fill.writeRequest(this.#request)) return
    const { address, port } = requests.target
    requests.port.send(this.#request, 0, MoldRequest.Bytes, address, port)
  }

  #appendStale(reason: StaleReason, line: number, batch: RecordBatch): void {
    const { views, usedBytes: to } = batch
    beginRecord(views, to, Stale.Bytes, RecordType.Stale, 0)
    views.u16[(to + Header.Source) >> 1] = line
    views.i32[(to + Stale.Reason) >> 2] = reason
    views.i32[(to + Stale.Line) >> 2] = line
    batch.usedBytes = to + Stale.Bytes
  }

  #appendClear(reason: BookClearReason, batch: RecordBatch): void {
    const { views, usedBytes: to } = batch
    beginRecord(views, to, BookClear.Bytes, RecordType.BookClear, 0)
    views.i32[(to + BookClear.Reason) >> 2] = reason
    views.i32[(to + BookClear.Sides) >> 2] = BOTH_SIDES
    batch.usedBytes = to + BookClear.Bytes
  }
}
