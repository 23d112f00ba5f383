import { RTYPE_NAMES } from './layout.ts'

/** Why a record was not decoded, or not wholly. */
export enum DbnReject {
  UnknownType = 0,
  WrongLength = 1,
  /** The time is undefined, or years away from the session. */
  TimeOutOfRange = 2,
  UnknownSide = 3,
  UnknownAction = 4,
  /** A price that a double cannot hold exactly, or none where there must be one. */
  BadPrice = 5,
  TooManyInstruments = 6,
  /** A symbol longer than the record's field: cut, the record is decoded. */
  LongSymbol = 7,
  /** An order beyond the bound of known orders: a later modification costs it its place in the queue. */
  UntrackedOrder = 8,
  /** The metadata is not as its lengths say: the rest of it is skipped. */
  BadMetadata = 9,
  /** Symbol mappings beyond their bound: those instruments have no symbol. */
  TooManyMappings = 10,
  Count = 11,
}

/** Names of the reasons in reports, by reason. */
export const DBN_REJECT_NAMES: readonly string[] = [
  'unknownMessageType',
  'wrongMessageLength',
  'messageTimeOutOfRange',
  'unknownSide',
  'unknownAction',
  'badPrice',
  'tooManyInstruments',
  'longSymbol',
  'untrackedOrder',
  'badMetadata',
  'tooManyMappings',
]

/** What a decoder has seen. */
export class DbnCounts {
  /** Records of a known type and length, by type. */
  readonly byType = new Float64Array(256)
  /** By `DbnReject`. */
  readonly rejected = new Float64Array(DbnReject.Count)
  readonly rejectedByType = new Float64Array(256)
  /** `ts_event` of the first and the last record, ns since the session's epoch; −1 before the first. */
  readonly timeNs = new Float64Array([-1, -1])

  reject(type: number, reason: DbnReject): void {
    this.rejected[reason]!++
    this.rejectedByType[type]!++
  }
}

/** Counts by record type, as `{ '0xa0 mbo': 12 }`; types that did not occur are left out. */
export function nameRecordTypes(byType: Float64Array): Record<string, number> {
  const counts: Record<string, number> = {}
  for (let type = 0; type < 256; type++) {
    if (byType[type] === 0) continue
    const code = `0x${type.toString(16).padStart(2, '0')}`
    const name = RTYPE_NAMES[type]
    counts[name === undefined ? code : `${code} ${name}`] = byType[type]!
  }
  return counts
}
