import { type ByteWindow, Need } from '../capture/byte-window.ts'
import { Damage, type DamageLog } from '../capture/damage.ts'
import { FeedRead, MESSAGES_PER_FILL_MAX } from '../capture/feed-read.ts'
import type { FeedShared } from '../protocol/feed-shared.ts'
import {
  EMPTY_REPORT,
  type FileDecoder,
  type FileProtocol,
  type ProtocolReport,
  Sureness,
} from '../protocol/protocol.ts'
import type { RecordBatch } from '../record-batch.ts'
import { pitchStateOf } from './state.ts'
import { PitchTextDecoder } from './text-decoder.ts'
import { readDigits } from './text-fields.ts'
import { SEQUENCED, TEXT_BYTES_MAX, TEXT_LENGTH_MIN, TextAt, TextWidth } from './text-layout.ts'

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
/** The longest line: the transport's letter before the message, and two bytes of line end behind it. */
const LINE_BYTES_MAX = TEXT_BYTES_MAX + 3
/** Bytes of a line that may be of this format: some more than its longest message. Other texts begin with digits, too. */
const RECOGNISED_LINE_BYTES_MAX = 96
const LINES_LOOKED_AT = 4

/** A file of PITCH messages as text, a line each, with or without the transport's letter in front. */
export const PITCH_TEXT: FileProtocol = {
  carrier: 'file',
  name: 'pitch',
  title: 'Cboe PITCH as text',
  recogniseHead: looksLikePitchText,
  open: (window, shared, damage) => new PitchTextFeed(window, shared, damage),
}

class PitchTextFeed implements FileDecoder {
  readonly #window: ByteWindow
  readonly #decoder: PitchTextDecoder
  readonly #damage: DamageLog
  /** Lines longer than any message: they are stepped over. */
  #longLines = 0
  #isInLongLine = false

  constructor(window: ByteWindow, shared: FeedShared, damage: DamageLog) {
    this.#window = window
    this.#decoder = new PitchTextDecoder(pitchStateOf(shared))
    this.#damage = damage
  }

  fill(batch: RecordBatch): number {
    const window = this.#window
    const { context } = this.#decoder
    const before = context.records
    for (let lines = 0; lines < MESSAGES_PER_FILL_MAX && batch.hasRoom(); lines++) {
      const need = window.need(LINE_BYTES_MAX)
      if (need === Need.NotYet) break
      if (window.start === window.end) return this.#finish(context.records - before)
      this.#readLine(batch, need === Need.End)
    }
    const records = context.records - before
    return records > 0 ? records : FeedRead.NotYet
  }

  report(): ProtocolReport {
    const { counts } = this.#decoder.context
    const [firstMessageNs, lastMessageNs] = counts.timeNs
    return {
      ...EMPTY_REPORT,
      messages: countsByLetter(counts.byType),
      rejected: countsByLetter(counts.rejectedByType),
      undecoded: { ...counts.undecoded(), ...(this.#longLines > 0 && { lineTooLong: this.#longLines }) },
      firstMessageNs: firstMessageNs!,
      lastMessageNs: lastMessageNs!,
    }
  }

  #finish(records: number): number {
    return records > 0 ? records : FeedRead.End
  }

  /** Reads the line at the window's start, or steps over what of a long one is there. */
  #readLine(batch: RecordBatch, isLast: boolean): void {
    const window = this.#window
    const { u8, start } = window
    const end = Math.min(window.end, start + LINE_BYTES_MAX)
    let at = start
    while (at < end && u8[at] !== LINE_FEED) at++
    const hasEnd = at < end
    window.start = hasEnd ? at + 1 : end
    if (this.#isInLongLine || (!hasEnd && !isLast)) {
      if (!this.#isInLongLine) this.#longLines++
      this.#isInLongLine = !hasEnd
      return
    }
    const from = u8[start] === SEQUENCED ? start + 1 : start
    const length = (at > from && u8[at - 1] === CARRIAGE_RETURN ? at - 1 : at) - from
    if (!hasEnd && !isWhole(u8, from, length)) {
      this.#damage.note(Damage.TruncatedTail, window.base[0]! + start)
      return
    }
    if (length > 0) this.#decoder.decode(u8, from, length, batch)
  }
}

/** Whether a line is as long as its type wants. */
function isWhole(bytes: Uint8Array, at: number, length: number): boolean {
  const least = length > TextAt.Type ? TEXT_LENGTH_MIN[bytes[at + TextAt.Type]!]! : 0
  return least > 0 && length >= least
}

/** How much the beginning of a file looks like PITCH as text: lines of a time, a known type and the type's length. */
function looksLikePitchText(head: Uint8Array, isWholeFile: boolean): Sureness {
  const time = new Float64Array(1)
  let at = 0
  let matching = 0
  for (let line = 0; line < LINES_LOOKED_AT && at < head.length; line++) {
    let end = at
    while (end < head.length && head[end] !== LINE_FEED) end++
    if (end === head.length && !isWholeFile) break
    const from = head[at] === SEQUENCED ? at + 1 : at
    const length = (head[end - 1] === CARRIAGE_RETURN ? end - 1 : end) - from
    const isShort = length <= RECOGNISED_LINE_BYTES_MAX
    if (isShort && isWhole(head, from, length) && readDigits(head, from + TextAt.Time, TextWidth.Time, time, 0))
      matching++
    at = end + 1
  }
  if (matching === 0) return Sureness.No
  return matching >= 2 ? Sureness.Certain : Sureness.Likely
}

/** Counts by type letter; codes that are no printable character are given in hexadecimal. */
function countsByLetter(byType: Float64Array): Record<string, number> {
  const counts: Record<string, number> = {}
  for (let type = 0; type < 256; type++) {
    const name = type > 0x20 && type < 0x7f ? String.fromCharCode(type) : `0x${type.toString(16).padStart(2, '0')}`
    if (byType[type] !== 0) counts[name] = byType[type]!
  }
  return counts
}
