import { midnightBefore, midnightOf } from '../protocol/session-epoch.ts'
import { type CaptureDescription, describeCapture } from './describe-capture.ts'
import { CaptureKind } from './recognise.ts'

/** Where the exchange is, if not told otherwise: all of the feeds so far but one are of New York. */
export const TIME_ZONE_DEFAULT = 'America/New_York'

/**
 * Moments before 1990 are no capture times: a clock that was never set, or times that were made up to hide the true ones. Policy:
 * such a file tells no day, as if it had no times.
 */
const CAPTURE_SECONDS_MIN = 631_152_000

export interface SessionEpochOptions {
  /** IANA name of the exchange's time zone, America/New_York if not given. */
  readonly timeZone?: string | undefined
  /** The session's day there, YYYY-MM-DD; if not given, that of the first packet. */
  readonly date?: string | undefined
}

/**
 * The moment that the times of a session's records count from: midnight of the session's day where the exchange is.
 * @param files paths of its captures
 * @returns whole seconds since 1970; 0 when neither the files (messages alone have no date, nor have clocks that were never set) nor the
 *   options tell the day
 * @throws CaptureError when a file is missing, empty, unreadable or of no known kind
 * @throws RangeError for an unknown zone or a date that cannot be
 */
export function findSessionEpoch(files: string | readonly string[], options: SessionEpochOptions = {}): number {
  const paths = typeof files === 'string' ? [files] : files
  return epochOf(
    paths.map((path) => describeCapture(path)),
    options,
  )
}

/** As `findSessionEpoch`, of files that are described already. */
export function epochOf(files: readonly CaptureDescription[], options: SessionEpochOptions): number {
  const { timeZone = TIME_ZONE_DEFAULT, date } = options
  if (date !== undefined) return midnightOf(date, timeZone)
  const seconds = files.map(findFirstSeconds).filter((first) => first >= CAPTURE_SECONDS_MIN)
  return seconds.length === 0 ? 0 : midnightBefore(Math.min(...seconds), timeZone)
}

/** @returns −1 where the file does not tell */
function findFirstSeconds({ recognised, firstTime, head }: CaptureDescription): number {
  if (recognised.kind !== CaptureKind.Messages) return firstTime?.seconds ?? -1
  return recognised.protocol.findFirstSeconds?.(head) ?? -1
}
