import { midnightBefore, midnightOf } from '../protocol/session-epoch.ts'
import { type CaptureDescription, describeCapture } from './describe-capture.ts'
import { CaptureKind } from './recognise.ts'

/** Where the exchange is, if not told otherwise: all of the feeds so far but one are of New York. */
export const TIME_ZONE_DEFAULT = 'America/New_York'

export interface SessionEpochOptions {
  /** IANA name of the exchange's time zone, America/New_York if not given. */
  readonly timeZone?: string | undefined
  /** The session's day there, YYYY-MM-DD; if not given, that of the first packet. */
  readonly date?: string | undefined
}

/**
 * The moment that the times of a session's records count from: midnight of the session's day where the exchange is.
 * @param files paths of its captures
 * @returns whole seconds since 1970; 0 when neither the files (messages alone have no date) nor the options tell the day
 * @throws CaptureError when a file is missing, empty, unreadable or of no known kind
 * @throws RangeError for an unknown zone or a date that cannot be
 */
export function findSessionEpoch(files: string | readonly string[], options: SessionEpochOptions = {}): number {
  const paths = typeof files === 'string' ? [files] : files
  return epochOf(paths.map(describeCapture), options)
}

/** As `findSessionEpoch`, of files that are described already. */
export function epochOf(files: readonly CaptureDescription[], options: SessionEpochOptions): number {
  const { timeZone = TIME_ZONE_DEFAULT, date } = options
  if (date !== undefined) return midnightOf(date, timeZone)
  const seconds = files.map(findFirstSeconds).filter((first) => first !== undefined)
  return seconds.length === 0 ? 0 : midnightBefore(Math.min(...seconds), timeZone)
}

function findFirstSeconds(file: CaptureDescription): number | undefined {
  const { recognised, firstTime, head } = file
  if (recognised.kind !== CaptureKind.Messages) return firstTime?.seconds
  return recognised.protocol.findFirstSeconds?.(head)
}
