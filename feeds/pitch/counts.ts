import { PITCH_LENGTH_MIN } from './message-lengths.ts'

/** Why a message was not decoded. */
export enum PitchReject {
  /** It was. */
  None = -1,
  UnknownType = 0,
  /** Shorter than its fields. */
  WrongLength = 1,
  /** A time past the end of a day. */
  TimeOutOfRange = 2,
  /** Neither B nor S. */
  UnknownSide = 3,
  /** A further symbol when all instrument ids are taken. */
  TooManyInstruments = 4,
  /** An order that was added before the capture begins, or in a gap: its instrument is unknown. */
  UnknownOrder = 5,
  /** An order beyond the bound of the order index. */
  TooManyOrders = 6,
  /** A trade of an auction that was announced before the capture begins, or in a gap. */
  UnknownAuction = 7,
  /** Text: a number, an order's id or the end of the line is not where it belongs. */
  BadField = 8,
  Count = 9,
}

/** Names of the reasons in reports, by reason. */
const REJECT_NAMES: readonly string[] = [
  'unknownMessageType',
  'wrongMessageLength',
  'messageTimeOutOfRange',
  'unknownSide',
  'tooManyInstruments',
  'unknownOrder',
  'tooManyOrders',
  'unknownAuction',
  'badField',
]

/** What a decoder has seen: one double a counter, since a day holds more than 2^31 messages. */
export class PitchCounts {
  /** Messages of a known type and sufficient length, by type code; those rejected for their contents included. */
  readonly byType = new Float64Array(256)
  /** Messages not decoded, by reason. */
  readonly rejected = new Float64Array(PitchReject.Count)
  /** Messages not decoded, by type code. */
  readonly rejectedByType = new Float64Array(256)
  /** Times of the first and the last message whose time is known, ns since the session's epoch; −1 before the first. */
  readonly timeNs = new Float64Array([-1, -1])

  /** Counts a message that is not decoded. */
  reject(type: number, reason: PitchReject): void {
    this.rejected[reason]!++
    this.rejectedByType[type]!++
  }

  /** Counts a message of a binary feed that is unknown or too short. */
  rejectShape(type: number): void {
    this.reject(type, PITCH_LENGTH_MIN[type] === 0 ? PitchReject.UnknownType : PitchReject.WrongLength)
  }

  /** Notes the time in `time[0]` as that of the last message. */
  noteTime(time: Float64Array): void {
    if (this.timeNs[0]! < 0) this.timeNs[0] = time[0]!
    this.timeNs[1] = time[0]!
  }

  /** Messages not decoded by reason, for reports; reasons that did not occur are left out. */
  undecoded(): Record<string, number> {
    const undecoded: Record<string, number> = {}
    for (let reason = 0; reason < PitchReject.Count; reason++) {
      if (this.rejected[reason] !== 0) undecoded[REJECT_NAMES[reason]!] = this.rejected[reason]!
    }
    return undecoded
  }
}

/** Counts by type as the binary feeds are spoken of, for reports: `{ '0x22': 7 }`. */
export function countsInHex(byType: Float64Array): Record<string, number> {
  const counts: Record<string, number> = {}
  for (let type = 0; type < 256; type++) {
    if (byType[type] !== 0) counts[`0x${type.toString(16).padStart(2, '0')}`] = byType[type]!
  }
  return counts
}
