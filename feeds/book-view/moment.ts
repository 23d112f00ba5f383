import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'

const NS_PER_SECOND = 1_000_000_000n

/** A moment as a person writes it. */
export type Moment =
  /** ns since midnight of the exchange's day. */
  | { readonly kind: 'timeOfDay'; readonly ns: bigint }
  /** ns since 1970. */
  | { readonly kind: 'date'; readonly ns: bigint }
  /** A bare number of ns: since 1970, or since midnight in a file that tells no date. */
  | { readonly kind: 'ns'; readonly ns: bigint }

const TIME = String.raw`(\d{1,2}):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?`
const TIME_OF_DAY = new RegExp(`^${TIME}$`)
const DATE_TIME = new RegExp(String.raw`^(\d{4})-(\d\d)-(\d\d)[T ]${TIME}\s?(Z|UTC|[+-]\d\d:?\d\d)?$`)

/**
 * Reads `09:30:00.123456789` (the exchange's time of day; hours run past 24 in long sessions), an ISO date and time with its
 * zone, or a number of ns since 1970.
 * @param option its name, for errors
 * @throws XkError when it is none of them
 */
export function parseMoment(option: string, text: string): Moment {
  if (/^\d{1,20}$/.test(text)) return { kind: 'ns', ns: BigInt(text) }
  const time = TIME_OF_DAY.exec(text)
  if (time !== null) return { kind: 'timeOfDay', ns: toNs(time.slice(1)) }
  const date = DATE_TIME.exec(text)
  if (date === null) throw refuse(option, `"${text}" is no time`)
  const [, year, month, day, hours, minutes, seconds, fraction, zone] = date
  if (zone === undefined) throw refuse(option, `"${text}" names no time zone`)
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day))
  // What JavaScript takes 30 February for is another day.
  const isDay = new Date(midnight).toISOString().startsWith(`${year}-${month}-${day}`)
  if (!isDay || Number(hours) > 23) throw refuse(option, `"${text}" is no date and time`)
  const sinceMidnight = toNs([hours, minutes, seconds, fraction])
  return { kind: 'date', ns: BigInt(midnight) * 1_000_000n + sinceMidnight - zoneOffsetNs(zone) }
}

/**
 * The moment in ns since the session's epoch.
 * @param epochSeconds midnight of the session's day, in seconds since 1970; undefined where the file tells no date
 * @throws XkError for a date where there is none to compare it with
 */
export function momentToSession(option: string, moment: Moment, epochSeconds: number | undefined): number {
  if (moment.kind === 'timeOfDay') return Number(moment.ns)
  if (epochSeconds === undefined) {
    if (moment.kind === 'ns') return Number(moment.ns)
    throw refuse(option, 'the file tells no date to compare it with')
  }
  return Number(moment.ns - BigInt(epochSeconds) * NS_PER_SECOND)
}

function toNs([hours, minutes, seconds = '0', fraction = '']: readonly (string | undefined)[]): bigint {
  const whole = BigInt(hours!) * 3600n + BigInt(minutes!) * 60n + BigInt(seconds)
  return whole * NS_PER_SECOND + BigInt(fraction.padEnd(9, '0'))
}

function zoneOffsetNs(zone: string): bigint {
  if (zone === 'Z' || zone === 'UTC') return 0n
  const minutes = BigInt(zone.slice(1, 3)) * 60n + BigInt(zone.slice(-2))
  return (zone.startsWith('-') ? -minutes : minutes) * 60n * NS_PER_SECOND
}

function refuse(option: string, what: string): XkError {
  return new XkError({
    code: 'time-option',
    what,
    where: `option ${option}`,
    next: 'write 09:30:00.123456789, 2019-12-30T09:30:00-05:00, or ns since 1970',
    exitCode: ExitCode.Usage,
  })
}
