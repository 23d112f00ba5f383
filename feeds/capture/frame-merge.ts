import type { CaptureFile } from './capture-file.ts'
import type { DamageLog } from './damage.ts'
import { createFrameReader } from './first-frame.ts'
import { type FrameReader, FrameStatus, FrameTime } from './frame-reader.ts'
import type { OpenFile, OpenFiles } from './open-files.ts'

/** Files of packets that are read at a time. Policy: a further one waits until another ends, counted in `lateFiles`. */
export const FILES_OPEN_MAX = 16

/** One file of a merge, and its next frame. */
class MergeInput {
  readonly file: OpenFile
  readonly reader: FrameReader
  /** Place in the list of files: decides between frames of the same time. */
  readonly place: number
  hasFrame = false
  /** Whether its next frame is stamped earlier than the one before. */
  isBackwards = false
  #isFirst = true
  /** Time of the frame before the next one, by `FrameTime`. */
  readonly #last = new Float64Array(2)

  constructor(file: OpenFile, reader: FrameReader, place: number) {
    this.file = file
    this.reader = reader
    this.place = place
  }

  /** Takes note of the frame that the reader has found. */
  note(): void {
    const { time } = this.reader
    this.hasFrame = true
    this.isBackwards = !this.#isFirst && isEarlier(time, this.#last)
    this.#isFirst = false
    this.#last[FrameTime.Seconds] = time[FrameTime.Seconds]!
    this.#last[FrameTime.Nanos] = time[FrameTime.Nanos]!
  }
}

function isEarlier(left: Float64Array, right: Float64Array): boolean {
  const seconds = left[FrameTime.Seconds]! - right[FrameTime.Seconds]!
  return seconds < 0 || (seconds === 0 && left[FrameTime.Nanos]! < right[FrameTime.Nanos]!)
}

/**
 * The frames of several capture files by time: lines A and B that were recorded into files of their own meet as on the wire.
 * The frames of one file stay in its order, whatever their times. A file is opened when its first frame's time has come, so
 * files of one recording that was split in time just follow each other.
 */
export class FrameMerge {
  /** The reader that has the frame at hand. */
  reader: FrameReader | undefined
  /** Whether it is stamped earlier than the one before of the same file. */
  isBackwards = false
  /** Files that had to wait for others to end. */
  lateFiles = 0
  readonly #files: OpenFiles
  readonly #damage: DamageLog
  /** Files to come, in the order of their first frames, and those times, two doubles each. */
  readonly #waiting: (readonly [file: CaptureFile, place: number])[]
  readonly #waitingTime = new Float64Array(2)
  readonly #inputs: MergeInput[] = []
  #current: MergeInput | undefined
  #isLate = false

  constructor(list: readonly CaptureFile[], files: OpenFiles, damage: DamageLog) {
    this.#files = files
    this.#damage = damage
    this.#waiting = list
      .map((file, place) => [file, place] as const)
      .sort(([left], [right]) => compareFirst(left, right))
    this.#noteWaiting()
  }

  /** Moves to the next frame; see `FrameStatus`. */
  next(): FrameStatus {
    if (this.#current !== undefined) {
      this.#current.hasFrame = false
      this.#current = undefined
    }
    for (let i = 0; i < this.#inputs.length; i++) {
      const input = this.#inputs[i]!
      if (input.hasFrame) continue
      const status = input.reader.next()
      if (status === FrameStatus.End) this.#close(input)
      if (status !== FrameStatus.Frame) return status === FrameStatus.End ? FrameStatus.Skipped : status
      input.note()
    }
    const first = this.#findFirst()
    if (this.#waiting.length > 0 && this.#isDue(first)) {
      this.#open()
      return FrameStatus.Skipped
    }
    if (first === undefined) return FrameStatus.End
    this.#current = first
    this.reader = first.reader
    this.isBackwards = first.isBackwards
    return FrameStatus.Frame
  }

  #findFirst(): MergeInput | undefined {
    let first = this.#inputs[0]
    for (let i = 1; i < this.#inputs.length; i++) {
      const input = this.#inputs[i]!
      if (isEarlier(input.reader.time, first!.reader.time)) first = input
    }
    return first
  }

  /** Whether the file that waits first must be opened before the frame of `first` is handed out. */
  #isDue(first: MergeInput | undefined): boolean {
    if (first === undefined) return true
    if (isEarlier(first.reader.time, this.#waitingTime)) return false
    if (this.#inputs.length < FILES_OPEN_MAX) return true
    if (!this.#isLate) this.lateFiles++
    this.#isLate = true
    return false
  }

  #open(): void {
    const [file, place] = this.#waiting.shift()!
    this.#isLate = false
    this.#noteWaiting()
    const opened = this.#files.open(file)
    if (opened === undefined) return
    const input = new MergeInput(opened, createFrameReader(file.recognised.kind, opened.window, this.#damage), place)
    // Among frames of one time, those of the file that was named first come first.
    const at = this.#inputs.findIndex((other) => other.place > place)
    this.#inputs.splice(at < 0 ? this.#inputs.length : at, 0, input)
  }

  #close(input: MergeInput): void {
    this.#inputs.splice(this.#inputs.indexOf(input), 1)
    this.#files.close(input.file)
  }

  #noteWaiting(): void {
    const time = this.#waiting[0]?.[0].firstTime
    this.#waitingTime[FrameTime.Seconds] = time?.seconds ?? Number.NEGATIVE_INFINITY
    this.#waitingTime[FrameTime.Nanos] = time?.nanos ?? 0
  }
}

/** By time; files of which it is unknown come first, in the order of the list. */
function compareFirst({ firstTime: left }: CaptureFile, { firstTime: right }: CaptureFile): number {
  if (left === undefined || right === undefined) return Number(left !== undefined) - Number(right !== undefined)
  return left.seconds - right.seconds || left.nanos - right.nanos
}
