import { readI32, readU16 } from '../itch50/wire.ts'
import { writeU16, writeU32 } from '../itch50/wire-writes.ts'
import { MoldCount, MoldHeader, SEQUENCE_HIGH_END, SESSION_BYTES } from './layout.ts'
import { MoldRequest } from './request-layout.ts'
import { looksLikeMoldUdp64 } from './walker.ts'

const WORD = 4294967296
const NS_PER_MS = 1e6
const NONE = -1
/** A re-request counts with 16 bits, whose last value a heartbeat's is. */
const REQUEST_MESSAGES_MAX = 0xfffe

/** What became of a packet. */
export enum Offer {
  /** It is to be decoded now; then `release` may have more. */
  Pass = 0,
  /** It waits for what comes before it. */
  Held = 1,
  /** It waits already, by another line. */
  Dropped = 2,
}

/** What is counted. */
export enum GapFillCount {
  Held = 0,
  Dropped = 1,
  Requests = 2,
  /** Holes that were closed, and holes that were given up: the decoder then declares a gap. */
  Filled = 3,
  GivenUp = 4,
  /** Packets that found no place: the hole before them was given up early. */
  NoRoom = 5,
  /** Packets of another session while one goes on, and what has no packet's shape. */
  Foreign = 6,
  Count = 7,
}

/** Names in reports, by `GapFillCount`. */
export const GAP_FILL_COUNT_NAMES = ['held', 'dropped', 'requests', 'filled', 'givenUp', 'noRoom', 'foreign'] as const

export interface GapFillOptions {
  /** Packets held at most, and the longest that is. */
  readonly packetsMax: number
  readonly packetBytesMax: number
  /** For how long a hole may last, and after what time it is asked for again. */
  readonly patienceMs: number
  readonly retryMs: number
}

enum Moment {
  HoleSince = 0,
  Requested = 1,
  /** When a packet of the session came last. */
  Heard = 2,
}

enum Sequence {
  /** Of the next message. */
  Expected = 0,
  /** One more than the highest message that is known to be. */
  Known = 1,
  First = 2,
  End = 3,
  /** Where a snapshot ends: packets that begin before it are of no use. */
  Floor = 4,
}

/**
 * Stands between the lines of a MoldUDP64 session and its decoder, and closes holes before the decoder sees them: what comes
 * behind a hole waits, while the missing messages may come by the other line, or by the re-request that is asked for at
 * once. Bounds: `packetsMax` packets, `patienceMs`; policy: the hole is given up, what waits goes on, and the decoder declares
 * the gap. Nothing is copied as long as nothing is missing.
 */
export class GapFill {
  /** [0]: now in ns; set before every call. */
  readonly nowNs = new Float64Array(1)
  /** By `GapFillCount`. */
  readonly counts = new Float64Array(GapFillCount.Count)
  /** Sessions that packets have begun; not counted again after a snapshot. */
  sessions = 0
  /** Held packets, `packetBytesMax` each; the one that `release` found lies at `heldAt`. */
  readonly bytes: Uint8Array
  heldAt = 0
  heldLength = 0
  heldLine = 0
  readonly #options: GapFillOptions
  readonly #numbers = new Float64Array(5)
  readonly #moments = new Float64Array(3)
  readonly #session = new Uint8Array(SESSION_BYTES)
  readonly #lengths: Int32Array
  readonly #lines: Int32Array
  readonly #firsts: Float64Array
  readonly #ends: Float64Array
  #heldCount = 0
  #hasSession = false
  #hasHole = false
  #isWaiting = false

  constructor(options: GapFillOptions) {
    this.#options = options
    this.bytes = new Uint8Array(options.packetsMax * options.packetBytesMax)
    this.#lengths = new Int32Array(options.packetsMax)
    this.#lines = new Int32Array(options.packetsMax)
    this.#firsts = new Float64Array(options.packetsMax)
    this.#ends = new Float64Array(options.packetsMax)
  }

  /** Whether messages are missing. */
  get hasHole(): boolean {
    return this.#hasHole
  }

  /** Number of the next message; 0 before the first packet. */
  get expected(): number {
    return this.#numbers[Sequence.Expected]!
  }

  /** Whether a packet has told the session's name; it is copied to `to`. */
  readSession(to: Uint8Array): boolean {
    to.set(this.#session)
    return this.#hasSession
  }

  /** Holds whatever comes until `beginAt`: a snapshot is on its way. What finds no place meanwhile is asked for afterwards. */
  waitForSnapshot(): void {
    this.#isWaiting = true
    this.#hasSession = false
    this.#hasHole = false
    this.#heldCount = 0
    this.#numbers.fill(0)
  }

  /**
   * Begins at a message of the session that is held. What comes before it is in the snapshot, and must not be decoded late:
   * a packet that holds some of it is dropped whole, and its other messages are asked for.
   */
  beginAt(sequence: number): void {
    this.#isWaiting = false
    this.#numbers[Sequence.Floor] = sequence
    for (let slot = this.#heldCount - 1; slot >= 0; slot--) if (this.#firsts[slot]! < sequence) this.#takeOut(slot)
    this.#numbers[Sequence.Expected] = sequence
    this.#numbers[Sequence.Known] = Math.max(sequence, this.#numbers[Sequence.Known]!)
    this.#hasHole = false
    if (sequence < this.#lowestHeld()) this.#openHole()
  }

  /** Takes a packet of a line. */
  offer(bytes: Uint8Array, at: number, length: number, line: number): Offer {
    const numbers = this.#numbers
    // What is no packet is the decoder's to count.
    if (!this.#read(bytes, at, length)) return Offer.Pass
    const first = numbers[Sequence.First]!
    // No session has such a number; the decoder would hand out what follows it again and again.
    if (first === 0) {
      this.counts[GapFillCount.Foreign]!++
      return Offer.Dropped
    }
    if (!this.#isOfSession(bytes, at)) {
      if (!this.#mayBegin(bytes, at, length)) {
        this.counts[GapFillCount.Foreign]!++
        return Offer.Dropped
      }
      this.#adopt(bytes, at, this.#isWaiting ? 0 : first)
    }
    this.#moments[Moment.Heard] = this.nowNs[0]!
    if (first > numbers[Sequence.Known]!) numbers[Sequence.Known] = first
    if (numbers[Sequence.End]! > numbers[Sequence.Known]!) numbers[Sequence.Known] = numbers[Sequence.End]!
    const isData = numbers[Sequence.End]! > first
    if (isData && first < numbers[Sequence.Floor]!) {
      if (numbers[Sequence.End]! > numbers[Sequence.Expected]!) this.#openHole()
      this.counts[GapFillCount.Dropped]!++
      return Offer.Dropped
    }
    if (first <= numbers[Sequence.Expected]!) {
      this.#advance()
      return Offer.Pass
    }
    if (!this.#isWaiting) this.#openHole()
    return isData ? this.#hold(bytes, at, length, line) : Offer.Dropped
  }

  /** Finds a held packet whose turn has come. @returns false when there is none */
  release(): boolean {
    if (this.#heldCount === 0 || this.#isWaiting) return false
    const numbers = this.#numbers
    let best = NONE
    for (let slot = 0; slot < this.#heldCount; slot++) {
      if (this.#firsts[slot]! <= numbers[Sequence.Expected]! && (best < 0 || this.#firsts[slot]! < this.#firsts[best]!))
        best = slot
    }
    if (best < 0) return false
    numbers[Sequence.End] = this.#ends[best]!
    this.#takeOut(best)
    this.#advance()
    return true
  }

  /** Gives a hole up that lasts too long. @returns whether one was: then `release` may have more */
  giveUpLate(): boolean {
    if (!this.#hasHole) return false
    const ageNs = this.nowNs[0]! - this.#moments[Moment.HoleSince]!
    if (ageNs < this.#options.patienceMs * NS_PER_MS) return false
    this.#giveUp()
    return true
  }

  /** Writes a re-request for what is missing, when one is due. @returns whether it is to be sent: `MoldRequest.Bytes` */
  writeRequest(to: Uint8Array): boolean {
    if (!this.#hasHole) return false
    const sinceNs = this.nowNs[0]! - this.#moments[Moment.Requested]!
    if (sinceNs < this.#options.retryMs * NS_PER_MS) return false
    this.#moments[Moment.Requested] = this.nowNs[0]!
    this.counts[GapFillCount.Requests]!++
    const first = this.#numbers[Sequence.Expected]!
    const missing = this.#lowestHeld() - first
    to.set(this.#session, MoldRequest.Session)
    const high = Math.floor(first / WORD)
    writeU32(to, MoldRequest.SequenceHigh, high)
    writeU32(to, MoldRequest.SequenceLow, first - high * WORD)
    writeU16(to, MoldRequest.Count, Math.min(REQUEST_MESSAGES_MAX, missing))
    return true
  }

  #read(bytes: Uint8Array, at: number, length: number): boolean {
    if (length < MoldHeader.Bytes || length > this.#options.packetBytesMax) return false
    const high = readI32(bytes, at + MoldHeader.SequenceHigh)
    if (high < 0 || high >= SEQUENCE_HIGH_END) return false
    const first = high * WORD + (readI32(bytes, at + MoldHeader.SequenceLow) >>> 0)
    const count = readU16(bytes, at + MoldHeader.Count)
    const messages = count === MoldCount.Heartbeat || count === MoldCount.EndOfSession ? 0 : count
    this.#numbers[Sequence.First] = first
    this.#numbers[Sequence.End] = first + messages
    return true
  }

  #isOfSession(bytes: Uint8Array, at: number): boolean {
    if (!this.#hasSession) return false
    for (let i = 0; i < SESSION_BYTES; i++) if (bytes[at + i] !== this.#session[i]) return false
    return true
  }

  /** Whether a packet of another session begins it: not while the one before is still heard, and not what has no packet's shape. */
  #mayBegin(bytes: Uint8Array, at: number, length: number): boolean {
    if (!looksLikeMoldUdp64(bytes, at, length, false)) return false
    if (!this.#hasSession) return true
    return this.nowNs[0]! - this.#moments[Moment.Heard]! >= this.#options.patienceMs * NS_PER_MS
  }

  /**
   * A session begins; what is held of another is of no use any more. The first one is taken up where it is met, a later one
   * begins at 1, as each does.
   */
  #adopt(bytes: Uint8Array, at: number, first: number): void {
    let isOther = false
    for (let i = 0; i < SESSION_BYTES; i++) {
      isOther ||= this.#session[i] !== bytes[at + i]
      this.#session[i] = bytes[at + i]!
    }
    const isLater = this.#hasSession
    if (isLater || isOther) this.sessions++
    this.#hasSession = true
    this.#heldCount = 0
    this.#hasHole = false
    const start = isLater && !this.#isWaiting ? 1 : first
    this.#numbers[Sequence.Floor] = 0
    this.#numbers[Sequence.Expected] = start
    this.#numbers[Sequence.Known] = start
  }

  #advance(): void {
    const numbers = this.#numbers
    if (numbers[Sequence.End]! > numbers[Sequence.Expected]!) numbers[Sequence.Expected] = numbers[Sequence.End]!
    const isMissing = numbers[Sequence.Expected]! < this.#lowestHeld()
    if (isMissing && this.#hasHole) return
    if (this.#hasHole) this.counts[GapFillCount.Filled]!++
    this.#hasHole = false
    if (isMissing) this.#openHole()
  }

  #openHole(): void {
    if (this.#hasHole) return
    this.#hasHole = true
    this.#moments[Moment.HoleSince] = this.nowNs[0]!
    this.#moments[Moment.Requested] = Number.NEGATIVE_INFINITY
  }

  /** Number of the first message behind the hole. */
  #lowestHeld(): number {
    let lowest = this.#numbers[Sequence.Known]!
    for (let slot = 0; slot < this.#heldCount; slot++) if (this.#firsts[slot]! < lowest) lowest = this.#firsts[slot]!
    return lowest
  }

  #hold(bytes: Uint8Array, at: number, length: number, line: number): Offer {
    const first = this.#numbers[Sequence.First]!
    for (let slot = 0; slot < this.#heldCount; slot++) {
      if (this.#firsts[slot] !== first || this.#ends[slot]! < this.#numbers[Sequence.End]!) continue
      this.counts[GapFillCount.Dropped]!++
      return Offer.Dropped
    }
    if (this.#heldCount === this.#options.packetsMax) {
      this.counts[GapFillCount.NoRoom]!++
      if (this.#isWaiting) return Offer.Dropped
      this.#giveUp()
      // What has come is asked for again, if its turn does not come at once.
      return first <= this.#numbers[Sequence.Expected]! ? Offer.Pass : Offer.Dropped
    }
    const slot = this.#heldCount++
    const to = slot * this.#options.packetBytesMax
    for (let i = 0; i < length; i++) this.bytes[to + i] = bytes[at + i]!
    this.#lengths[slot] = length
    this.#lines[slot] = line
    this.#firsts[slot] = first
    this.#ends[slot] = this.#numbers[Sequence.End]!
    this.counts[GapFillCount.Held]!++
    return Offer.Held
  }

  /** Hands a held packet out; the last one takes its place, so its bytes move behind those that are held. */
  #takeOut(slot: number): void {
    const { packetBytesMax } = this.#options
    const last = --this.#heldCount
    this.heldLength = this.#lengths[slot]!
    this.heldLine = this.#lines[slot]!
    if (slot !== last) this.#swap(slot, last)
    this.heldAt = last * packetBytesMax
  }

  #swap(slot: number, last: number): void {
    const { packetBytesMax } = this.#options
    const a = slot * packetBytesMax
    const b = last * packetBytesMax
    const bytes = Math.max(this.#lengths[slot]!, this.#lengths[last]!)
    for (let i = 0; i < bytes; i++) {
      const byte = this.bytes[a + i]!
      this.bytes[a + i] = this.bytes[b + i]!
      this.bytes[b + i] = byte
    }
    this.#lengths[slot] = this.#lengths[last]!
    this.#lines[slot] = this.#lines[last]!
    this.#firsts[slot] = this.#firsts[last]!
    this.#ends[slot] = this.#ends[last]!
  }

  #giveUp(): void {
    this.counts[GapFillCount.GivenUp]!++
    this.#numbers[Sequence.Expected] = this.#lowestHeld()
    this.#hasHole = false
  }
}
