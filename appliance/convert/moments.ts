import { midnightOf } from '../../feeds/protocol/session-epoch.ts'
import { UsageError } from '../cli/errors.ts'

const SECOND_NS = 1_000_000_000
const CLOCK = String.raw`(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?`
const TIME_OF_DAY = new RegExp(`^${CLOCK}$`)
const DATE_TIME = new RegExp(String.raw`^(\d{4}-\d{2}-\d{2})[T ]${CLOCK}(Z|[+-]\d{2}:\d{2})?$`)

/** What a moment on the command line is read against. */
export interface MomentFrame {
  /** Unix time of the session's epoch; undefined while the date is not known. */
  readonly epochSeconds: number | undefined
  /** IANA name of the exchange's time zone. */
  readonly timeZone: string
}

function clockNs(match: readonly (string | undefined)[], first: number): number {
  const [hours, minutes, seconds, fraction] = match.slice(first, first + 4)
  const whole = Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds ?? 0)
  return whole * SECOND_NS + Number((fraction ?? '').padEnd(9, '0'))
}

/**
 * A moment as people write it, in ns since the session's epoch: a time of the exchange's day (09:30, 09:30:00.5), an ISO date and
 * time (without a zone, the exchange's), or the number that the column timeNs holds.
 * @param option the option's name, for the error
 * @throws UsageError, RangeError for a date that cannot be
 */
export function parseMoment(option: string, text: string, frame: MomentFrame): number {
  const time = TIME_OF_DAY.exec(text)
  if (time !== null && Number(time[1]) <= 24 && Number(time[2]) < 60) return clockNs(time, 1)
  const epochNs = BigInt(frame.epochSeconds ?? 0) * BigInt(SECOND_NS)
  if (/^\d+$/.test(text)) return Number(BigInt(text) - epochNs)
  const full = DATE_TIME.exec(text)
  if (full === null) {
    const next = 'write 09:30:00.5, 2019-12-30T09:30:00, 2019-12-30T14:30:00Z, or nanoseconds'
    throw new UsageError(`${option} "${text}" is no time`, next)
  }
  if (frame.epochSeconds === undefined) {
    const next = 'give a time of day, or the date of the input with --date'
    throw new UsageError(`${option} "${text}" has a date, but that of the input is not known`, next)
  }
  const [, date, , , , , zone] = full
  const midnight =
    zone === undefined ? midnightOf(date!, frame.timeZone) : Date.parse(`${date}T00:00:00${zone}`) / 1_000
  if (Number.isNaN(midnight)) throw new UsageError(`${option} "${text}" is no time`, 'write 2019-12-30T14:30:00Z')
  return (midnight - frame.epochSeconds) * SECOND_NS + clockNs(full, 2)
}
