import { nameCounts } from '../itch50/counts.ts'

/** Why a message was not decoded. */
export enum IexReject {
  UnknownType = 0,
  /** Shorter than its type; longer ones are as specified. */
  WrongLength = 1,
  /** The timestamp lies before the session's epoch, or a hundred days behind it. */
  TimeOutOfRange = 2,
  /** A price that a double does not hold exactly. */
  PriceOutOfRange = 3,
  /** A subtype (side, status, indicator, price type) that the specification has not. */
  UnknownCode = 4,
  /** A further symbol when all instrument ids are taken. */
  TooManyInstruments = 5,
  Count = 6,
}

/** Names of the reasons in reports, by reason. */
export const IEX_REJECT_NAMES: readonly string[] = [
  'unknownMessageType',
  'wrongMessageLength',
  'messageTimeOutOfRange',
  'priceOutOfRange',
  'unknownCode',
  'tooManyInstruments',
]

/** What a decoder has seen: one double a counter, since a day holds more than 2^31 messages. */
export class IexCounts {
  /** Messages of a known type and enough length, by type code; those rejected for their contents included. */
  readonly byType = new Float64Array(256)
  /** Messages not decoded, by reason. */
  readonly rejected = new Float64Array(IexReject.Count)
  /** Messages not decoded, by type code. */
  readonly rejectedByType = new Float64Array(256)
  /** Times of the first and the last message, ns since the session's epoch; −1 before the first. */
  readonly timeNs = new Float64Array([-1, -1])

  reject(type: number, reason: IexReject): void {
    this.rejected[reason]!++
    this.rejectedByType[type]!++
  }

  /** Counts by letter, for reports; types that did not occur are left out. */
  toObject(): Record<string, number> {
    return nameCounts(this.byType)
  }

  /** Messages not decoded, by letter. */
  rejectedToObject(): Record<string, number> {
    return nameCounts(this.rejectedByType)
  }

  /** Messages not decoded, by reason. */
  reasonsToObject(): Record<string, number> {
    const reasons: Record<string, number> = {}
    IEX_REJECT_NAMES.forEach((name, reason) => {
      if (this.rejected[reason] !== 0) reasons[name] = this.rejected[reason]!
    })
    return reasons
  }
}
