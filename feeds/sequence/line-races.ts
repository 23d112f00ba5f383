import { HISTOGRAM_BYTES, Histogram } from '../../kernels/region/histogram.ts'
import { LINES_MAX } from './line-table.ts'

/** Packets that wait for another line to bring them, too; a power of two. */
const SLOTS = 1 << 16
const NS_PER_SECOND = 1e9
const NONE = -1

/** Counters of a line against the others of its session, one double each. */
export enum RaceCount {
  /** Packets that this line brought first and another later. */
  First = 0,
  /** Packets that two lines brought with the same time, on each of them. */
  Tied = 1,
  /** Packets that this line brought after another. */
  Behind = 2,
  Count = 3,
}

/** A line against the others of its session, for reports. Times are of the capture, in ns. */
export interface RaceFacts {
  readonly first: number
  readonly tied: number
  readonly behind: number
  /** How far it was behind the first line, where it was behind; upper edges of buckets of 3 %, the last exact. */
  readonly lagP50Ns: number
  readonly lagP99Ns: number
  readonly lagMaxNs: number
}

/**
 * Which line of a session brings a packet first, and by how much. Packets are the same when their first sequence numbers are,
 * so lines that cut the same messages into different packets are compared where a packet begins at the same message.
 *
 *     slot = (sequence + session's share) mod SLOTS: sequence f64, time 2 × f64, line i16, session i16, raced u8
 *
 * Bound: SLOTS packets; policy: a later packet takes the slot of one that no other line has brought by then.
 */
export class LineRaces {
  readonly counts = new Float64Array(LINES_MAX * RaceCount.Count)
  /** [0] seconds, [1] ns of the packet at hand; set by whoever reads the capture. */
  readonly #time: Float64Array
  readonly #sequences = new Float64Array(SLOTS).fill(NONE)
  readonly #seconds = new Float64Array(SLOTS)
  readonly #nanos = new Float64Array(SLOTS)
  readonly #lines = new Int16Array(SLOTS)
  readonly #sessions = new Int16Array(SLOTS)
  /** 1 once another line has brought the packet, too. */
  readonly #isRaced = new Uint8Array(SLOTS)
  /** By line; made when it is behind for the first time. */
  readonly #lags: (Histogram | undefined)[] = []
  readonly #lagNs = new Float64Array(1)

  /** @param time [0] seconds, [1] ns: of the packet at hand at each call of `note` */
  constructor(time: Float64Array) {
    this.#time = time
  }

  /** A line brings the packet whose first message is `sequence[0]`. */
  note(line: number, session: number, sequence: Float64Array): void {
    const slot = ((sequence[0]! + session * 0x9e37) % SLOTS) | 0
    if (this.#sequences[slot] !== sequence[0] || this.#sessions[slot] !== session) {
      this.#sequences[slot] = sequence[0]!
      this.#sessions[slot] = session
      this.#isRaced[slot] = 0
      this.#stamp(slot, line)
    } else if (this.#lines[slot] !== line) this.#compare(slot, line)
  }

  /** A line's standing; undefined for one that met no other. */
  facts(line: number): RaceFacts | undefined {
    const at = line * RaceCount.Count
    const first = this.counts[at + RaceCount.First]!
    const tied = this.counts[at + RaceCount.Tied]!
    const behind = this.counts[at + RaceCount.Behind]!
    if (first + tied + behind === 0) return undefined
    const lags = this.#lags[line]?.summarise()
    return { first, tied, behind, lagP50Ns: lags?.p50 ?? 0, lagP99Ns: lags?.p99 ?? 0, lagMaxNs: lags?.max ?? 0 }
  }

  #stamp(slot: number, line: number): void {
    this.#lines[slot] = line
    this.#seconds[slot] = this.#time[0]!
    this.#nanos[slot] = this.#time[1]!
  }

  /** Another line brings a packet again: by its stamp it may even have been the earlier one. */
  #compare(slot: number, line: number): void {
    const lagNs = (this.#time[0]! - this.#seconds[slot]!) * NS_PER_SECOND + this.#time[1]! - this.#nanos[slot]!
    const other = this.#lines[slot]!
    const isSecond = this.#isRaced[slot] === 0
    this.#isRaced[slot] = 1
    if (lagNs === 0) {
      this.counts[line * RaceCount.Count + RaceCount.Tied]!++
      if (isSecond) this.counts[other * RaceCount.Count + RaceCount.Tied]!++
      return
    }
    this.#lagNs[0] = Math.abs(lagNs)
    // Of three lines only the second to come settles who was first.
    const isEarlier = lagNs < 0 && isSecond
    if (isEarlier) this.#stamp(slot, line)
    if (isSecond) this.counts[(isEarlier ? line : other) * RaceCount.Count + RaceCount.First]!++
    this.#countBehind(isEarlier ? other : line)
  }

  #countBehind(line: number): void {
    this.counts[line * RaceCount.Count + RaceCount.Behind]!++
    let lags = this.#lags[line]
    if (lags === undefined) {
      lags = new Histogram(new ArrayBuffer(HISTOGRAM_BYTES), 0)
      this.#lags[line] = lags
    }
    lags.recordFrom(this.#lagNs, 0)
  }
}
