import { FLOWS_MAX } from './flow-table.ts'
import { HoleWatch } from './hole-watch.ts'
import { STREAM_BUFFER_BYTES, type StreamBuffer } from './stream-buffer.ts'
import { StreamBuffers } from './stream-buffers.ts'
import { TcpCount } from './tcp-counts.ts'
import { TcpSegment } from './tcp-segment.ts'
import { TcpFlag } from './transport.ts'

/** A sequence number further away is of another connection of the same addresses and ports. */
const FAR_BYTES = 1 << 24
/** Payload bytes of the longest segment. */
const SEGMENT_BYTES_MAX = 65_535
/** Bytes that a decoder may leave for later: with another segment behind them they fit into a buffer. */
export const LEFTOVER_BYTES_MAX = STREAM_BUFFER_BYTES - SEGMENT_BYTES_MAX - 1

/**
 * Puts the segments of TCP connections into the order of their bytes, each direction by itself. `accept` a segment; while
 * `nextPiece`, hand the piece out and say `consumed`.
 *
 * A segment in order is handed out where it lies. What a decoder leaves, and what comes ahead of its turn, is held. A hole is
 * given up at the bounds of `HoleWatch`, or when what waits behind it fills the buffer; `takeHole` tells it with the next
 * piece. A stream without its beginning starts at the first segment seen.
 */
export class TcpStreams {
  readonly counts = new Float64Array(TcpCount.Count)
  /** The piece at hand: of flow `flow`, from the first byte not consumed on. */
  flow = 0
  piece: Uint8Array = new Uint8Array(0)
  pieceAt = 0
  pieceLength = 0
  readonly #buffers = new StreamBuffers()
  readonly #holes = new HoleWatch()
  readonly #isKnown = new Uint8Array(FLOWS_MAX)
  /** Sequence number of the first byte not consumed. */
  readonly #base = new Int32Array(FLOWS_MAX)
  /** That of the stream's first byte, where its SYN was seen. */
  readonly #initial = new Int32Array(FLOWS_MAX)
  readonly #hasInitial = new Uint8Array(FLOWS_MAX)
  readonly #isAfterHole = new Uint8Array(FLOWS_MAX)
  /** Whether there is a piece that was not handed out, and whether a hole is to be given up behind it. */
  #isFresh = false
  #isForced = false
  /** Whether the segment at hand waits until what is held is handed out. */
  #isDeferred = false
  readonly #segment = new TcpSegment()

  /**
   * Takes a segment of flow `flow`, which is below FLOWS_MAX.
   * @param seconds slot 0: the capture time
   */
  accept(flow: number, bytes: Uint8Array, fields: Int32Array, seconds: Float64Array): void {
    const segment = this.#segment
    this.#select(flow)
    segment.load(bytes, fields)
    this.counts[TcpCount.Segments]!++
    if (segment.cutBytes > 0) this.counts[TcpCount.CutSegments]!++
    if ((segment.flags & TcpFlag.Reset) !== 0) {
      this.counts[TcpCount.Resets]!++
      this.#drop(flow)
      return
    }
    if ((segment.flags & TcpFlag.Syn) !== 0) this.#begin((segment.sequence + 1) | 0)
    if (segment.length + segment.cutBytes > 0) this.#take(seconds)
    this.#endStream()
  }

  /** Moves to the next piece to hand out, of the flow at hand. @returns false when there is none */
  nextPiece(): boolean {
    for (;;) {
      if (this.#isFresh) {
        this.#isFresh = false
        return true
      }
      if (this.#isForced) {
        this.#isForced = false
        this.#giveUpHole()
      } else if (this.#isDeferred) {
        this.#isDeferred = false
        this.#place()
      } else return false
    }
  }

  /** Whether bytes are missing before the piece at hand; tells it once. */
  takeHole(): boolean {
    const isAfterHole = this.#isAfterHole[this.flow] === 1
    this.#isAfterHole[this.flow] = 0
    return isAfterHole
  }

  /** Says how many bytes of the piece at hand are used; the rest comes again with more behind it. */
  consumed(count: number): void {
    const { flow } = this
    const left = this.pieceLength - count
    const buffer = this.#buffers.find(flow)
    this.#base[flow] = (this.#base[flow]! + count) | 0
    if (buffer !== undefined) buffer.drop(count)
    else if (left > 0) this.#takeBuffer().insert(0, this.piece, this.pieceAt + count, left)
    if (left > LEFTOVER_BYTES_MAX) this.#skip(left)
    if (this.#segment.cutBytes > 0 && !this.#isDeferred) this.#passCut()
    if (this.#buffers.find(flow)?.ranges === 0) this.#buffers.release(flow)
    this.#endStream()
  }

  /** Begins to hand out what waits behind a hole, at the end of the source. @returns false when nothing does */
  flush(): boolean {
    const flow = this.#buffers.findHole()
    if (flow < 0) return false
    this.#select(flow)
    this.#segment.clear()
    this.#isForced = true
    return true
  }

  #select(flow: number): void {
    this.flow = flow
    this.#isFresh = false
    this.#isForced = false
    this.#isDeferred = false
  }

  /** A connection begins; the same SYN again changes nothing. */
  #begin(initial: number): void {
    const { flow } = this
    this.#segment.sequence = initial
    if (this.#hasInitial[flow] === 1 && this.#initial[flow] === initial) return
    if (this.#isKnown[flow] === 1) {
      this.#drop(flow)
      this.#isAfterHole[flow] = 1
    }
    this.#isKnown[flow] = 1
    this.#hasInitial[flow] = 1
    this.#initial[flow] = initial
    this.#base[flow] = initial
    this.counts[TcpCount.Beginnings]!++
  }

  /** Takes the bytes of the segment at hand. */
  #take(seconds: Float64Array): void {
    const { flow } = this
    if (this.#isKnown[flow] === 0) {
      this.#isKnown[flow] = 1
      this.#base[flow] = this.#segment.sequence
      this.counts[TcpCount.MidStreamStarts]!++
    }
    const distance = (this.#segment.sequence - this.#base[flow]!) | 0
    if (distance > FAR_BYTES || distance < -FAR_BYTES) this.#restart()
    this.#place()
    const isWaiting = (this.#buffers.find(flow)?.beyond() ?? -1) >= 0
    if (!isWaiting || this.#isFresh) this.#holes.clear(flow)
    if (isWaiting && this.#holes.note(flow, seconds)) this.#isForced = true
  }

  #restart(): void {
    const { flow } = this
    this.counts[TcpCount.Restarts]!++
    this.#drop(flow)
    this.#base[flow] = this.#segment.sequence
    this.#hasInitial[flow] = 0
    this.#isAfterHole[flow] = 1
  }

  /** Hands the segment at hand out where it lies, or puts it into the stream's buffer. */
  #place(): void {
    const { flow } = this
    let offset = (this.#segment.sequence - this.#base[flow]!) | 0
    if (offset < 0) {
      this.counts[TcpCount.RepeatedBytes]! += this.#segment.leaveOut(-offset)
      offset = 0
    }
    const buffer = this.#buffers.find(flow)
    if (this.#segment.length === 0) {
      // Nothing new of it is captured: where it is next in order, what was cut off is a hole at once.
      if (this.#segment.cutBytes > 0 && offset === (buffer?.ready() ?? 0)) this.#passCut()
      this.#segment.cutBytes = 0
    } else if (buffer !== undefined) this.#placeBuffered(buffer, offset)
    else this.#placeAlone(offset)
  }

  #placeAlone(offset: number): void {
    const { counts } = this
    if (offset === 0) {
      this.#setPiece(this.#segment.bytes, this.#segment.at, this.#segment.length)
    } else if (offset + this.#segment.length <= STREAM_BUFFER_BYTES) {
      counts[TcpCount.OutOfOrder]!++
      this.#takeBuffer().insert(offset, this.#segment.bytes, this.#segment.at, this.#segment.length)
      this.#segment.cutBytes = 0
    } else {
      this.#countHole(offset)
      this.#base[this.flow] = this.#segment.sequence
      this.#setPiece(this.#segment.bytes, this.#segment.at, this.#segment.length)
    }
  }

  #placeBuffered(buffer: StreamBuffer, offset: number): void {
    const { counts } = this
    this.#buffers.touch(this.flow)
    const ready = buffer.ready()
    const fits = offset + this.#segment.length <= STREAM_BUFFER_BYTES
    const known = fits ? buffer.insert(offset, this.#segment.bytes, this.#segment.at, this.#segment.length) : -1
    if (known < 0) {
      this.#isForced = true
      this.#isDeferred = true
      return
    }
    counts[TcpCount.RepeatedBytes]! += known
    if (offset > ready && known < this.#segment.length) counts[TcpCount.OutOfOrder]!++
    if (buffer.ready() > ready) this.#setPiece(buffer.bytes, 0, buffer.ready())
    // What was cut off is missing only where nothing behind it is there.
    if (buffer.ready() !== offset + this.#segment.length) this.#segment.cutBytes = 0
  }

  #setPiece(bytes: Uint8Array, at: number, length: number): void {
    this.piece = bytes
    this.pieceAt = at
    this.pieceLength = length
    this.#isFresh = true
  }

  /** Drops what lies before the first hole, and the hole; what lies behind it is the next piece. */
  #giveUpHole(): void {
    const { flow } = this
    const buffer = this.#buffers.find(flow)
    if (buffer === undefined) return
    const from = buffer.beyond()
    const ready = buffer.ready()
    this.#holes.clear(flow)
    if (!this.#isDeferred) this.#segment.cutBytes = 0
    if (ready > 0) this.#skip(ready)
    if (from < 0) {
      this.#buffers.release(flow)
      return
    }
    this.#countHole(from - ready)
    this.#advance(from - ready)
    this.#setPiece(buffer.bytes, 0, buffer.ready())
  }

  #countHole(bytes: number): void {
    this.#isAfterHole[this.flow] = 1
    this.counts[TcpCount.Holes]!++
    this.counts[TcpCount.HoleBytes]! += bytes
  }

  /** What the capture cut off the segment at hand does not come, and what is left before it is of no use. */
  #passCut(): void {
    const ready = this.#buffers.find(this.flow)?.ready() ?? 0
    if (ready > 0) this.#skip(ready)
    this.#countHole(this.#segment.cutBytes)
    this.#advance(this.#segment.cutBytes)
    this.#segment.cutBytes = 0
  }

  /** Gives up `count` bytes that are held at the stream's front. */
  #skip(count: number): void {
    this.counts[TcpCount.DroppedBytes]! += count
    this.#isAfterHole[this.flow] = 1
    this.#advance(count)
  }

  #advance(count: number): void {
    this.#buffers.find(this.flow)?.drop(count)
    this.#base[this.flow] = (this.#base[this.flow]! + count) | 0
  }

  /** After a FIN whose bytes are all there nothing follows: an unfinished message stays unfinished. */
  #endStream(): void {
    if ((this.#segment.flags & TcpFlag.Fin) === 0 || this.#isFresh || this.#isDeferred) return
    const { flow } = this
    const buffered = this.#buffers.find(flow)?.ready() ?? 0
    const end = this.#segment.end()
    if (this.#isKnown[flow] === 0 || ((this.#base[flow]! + buffered) | 0) !== end) return
    this.#drop(flow)
    this.#base[flow] = (end + 1) | 0
    this.#segment.clear()
  }

  /** Drops all that a flow holds. */
  #drop(flow: number): void {
    const buffer = this.#buffers.find(flow)
    if (buffer === undefined) return
    this.counts[TcpCount.DroppedBytes]! += buffer.held()
    this.#base[flow] = (this.#base[flow]! + buffer.end()) | 0
    this.#isAfterHole[flow] = 1
    this.#holes.clear(flow)
    this.#buffers.release(flow)
  }

  #takeBuffer(): StreamBuffer {
    const victim = this.#buffers.findVictim()
    if (victim >= 0) {
      this.counts[TcpCount.Evicted]!++
      this.#drop(victim)
    }
    return this.#buffers.take(this.flow)
  }
}
