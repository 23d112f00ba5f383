/** Why bytes are no message. */
export enum OuchFault {
  None = 0,
  Empty = 1,
  UnknownType = 2,
  WrongLength = 3,
  /** A price or a time of 2^53 and more. */
  NumberRange = 4,
  /** Options that do not fill the appendage, or a value of another length than its tag's. */
  BadAppendage = 5,
  /** An option twice, or one that such a message cannot have. */
  OptionNotAllowed = 6,
  Count = 7,
}

/** What the faults are called in counters and reports, by `OuchFault`. */
export const OUCH_FAULT_NAMES: readonly string[] = [
  'none',
  'emptyMessage',
  'unknownMessageType',
  'wrongMessageLength',
  'numberOutOfRange',
  'badAppendage',
  'optionNotAllowed',
]
