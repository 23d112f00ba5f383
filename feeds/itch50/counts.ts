import { ITCH50_LENGTH } from './layout.ts'

/** Why a message was not decoded. */
export enum Itch50Reject {
  UnknownType = 0,
  WrongLength = 1,
  /** The timestamp lies past the end of a day. */
  TimeOutOfRange = 2,
  /** Neither B nor S. */
  UnknownSide = 3,
  /** A further stock locate when all instrument ids are taken. */
  TooManyInstruments = 4,
  Count = 5,
}

/** Names of the reasons in reports, by reason. */
export const ITCH50_REJECT_NAMES: readonly string[] = [
  'unknownMessageType',
  'wrongMessageLength',
  'messageTimeOutOfRange',
  'unknownSide',
  'tooManyInstruments',
]

/** What a decoder has seen: one double a counter, since a day holds more than 2^31 messages. */
export class Itch50Counts {
  /** Messages of a known type and its length, by type code; those rejected for their contents included. */
  readonly byType = new Float64Array(256)
  /** Messages not decoded, by reason. */
  readonly rejected = new Float64Array(Itch50Reject.Count)
  /** Messages not decoded, by type code. */
  readonly rejectedByType = new Float64Array(256)
  /** Times of the first and the last message, ns since midnight; −1 before the first. */
  readonly timeNs = new Float64Array([-1, -1])

  /** Messages of known type and length. */
  total(): number {
    let sum = 0
    for (let type = 0; type < 256; type++) sum += this.byType[type]!
    return sum
  }

  /** Counts by letter, for reports; types that did not occur are left out. */
  toObject(): Record<string, number> {
    return nameCounts(this.byType)
  }

  /** Messages not decoded, by letter. */
  rejectedToObject(): Record<string, number> {
    return nameCounts(this.rejectedByType)
  }

  /** Counts a message that is not decoded, by what is wrong with its length. */
  rejectShape(type: number, isEmpty: boolean): void {
    const isUnknown = isEmpty || ITCH50_LENGTH[type]! < 0
    this.reject(isEmpty ? 0 : type, isUnknown ? Itch50Reject.UnknownType : Itch50Reject.WrongLength)
  }

  reject(type: number, reason: Itch50Reject): void {
    this.rejected[reason]!++
    this.rejectedByType[type]!++
  }
}

/** Counts that are not zero, by the letter of their type; codes that are no printable character in hexadecimal. */
export function nameCounts(byType: Float64Array): Record<string, number> {
  const counts: Record<string, number> = {}
  for (let type = 0; type < 256; type++) {
    const name = type > 0x20 && type < 0x7f ? String.fromCharCode(type) : `0x${type.toString(16).padStart(2, '0')}`
    if (byType[type] !== 0) counts[name] = byType[type]!
  }
  return counts
}
