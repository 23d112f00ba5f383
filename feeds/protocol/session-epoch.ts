const NS_PER_SECOND = 1e9
const NOON_SECONDS = 43_200

/** What one bit 32 and one bit 48 of a count of ns are worth: 2^32 ns and 2^48 ns in seconds and nanoseconds. */
enum WordNs {
  MiddleSeconds = 4,
  MiddleNanos = 294_967_296,
  TopSeconds = 281_474,
  TopNanos = 976_710_656,
}

/**
 * The moment that the times of a session's records count from, in whole seconds since the Unix epoch: midnight of the
 * session's day where the exchange is. Feeds that stamp with ns since midnight need only take their stamps; feeds that
 * stamp with ns since 1970, which a double cannot hold, subtract it exactly.
 */
export class SessionEpoch {
  /** 0 while unset: then times since midnight stay what they are. */
  seconds = 0
  isSet = false

  set(seconds: number): void {
    this.seconds = seconds
    this.isSet = true
  }

  /**
   * Nanoseconds since the epoch of a moment in seconds and nanoseconds since 1970, exact within 104 days. The first moment
   * seen sets an unset epoch to its midnight in UTC. The result lies in `out[slot]`: a double result may be allocated.
   */
  toSession(seconds: number, nanos: number, out: Float64Array, slot: number): void {
    if (!this.isSet) this.set(Math.floor(seconds / 86_400) * 86_400)
    out[slot] = (seconds - this.seconds) * NS_PER_SECOND + nanos
  }

  /**
   * The same for a moment as two 32-bit words of ns since 1970, as the wire has it. Exact: 2^32 ns and 2^48 ns are taken as
   * seconds and the nanoseconds left over, whose multiples stay below 2^47.
   */
  wordsToSession(high: number, low: number, out: Float64Array, slot: number): void {
    const top = high >>> 16
    const middle = high & 0xffff
    const nanos = top * WordNs.TopNanos + middle * WordNs.MiddleNanos + (low >>> 0)
    const carried = Math.floor(nanos / NS_PER_SECOND)
    const seconds = top * WordNs.TopSeconds + middle * WordNs.MiddleSeconds + carried
    this.toSession(seconds, nanos - carried * NS_PER_SECOND, out, slot)
  }
}

/**
 * Midnight before a moment in a time zone, in seconds since 1970: the epoch of a session whose first packet it is.
 * @param timeZone an IANA name such as America/New_York
 * @throws RangeError for an unknown zone
 */
export function midnightBefore(seconds: number, timeZone: string): number {
  const clock = clockOf(timeZone)
  const whole = Math.floor(seconds)
  const guess = whole - secondsOfDay(clock, whole)
  // On the days when clocks change, the guess is an hour off.
  const off = secondsOfDay(clock, guess)
  return off < NOON_SECONDS ? guess - off : guess + (86_400 - off)
}

/**
 * Midnight of a date in a time zone, in seconds since 1970.
 * @param date YYYY-MM-DD
 * @throws RangeError for an unknown zone or a date that cannot be
 */
export function midnightOf(date: string, timeZone: string): number {
  const utc = readDate(date)
  if (utc === undefined) throw new RangeError(`a session's date is a day as YYYY-MM-DD, not ${date}`)
  // Where clocks are 12 hours or more ahead of UTC's, noon in UTC is of the next day.
  const midnight = midnightBefore(utc + NOON_SECONDS, timeZone)
  return dayOf(midnight + NOON_SECONDS, timeZone) === date
    ? midnight
    : midnightBefore(midnight - NOON_SECONDS, timeZone)
}

/** Whether a text is a day that there is, as YYYY-MM-DD. */
export function isDate(text: string): boolean {
  return readDate(text) !== undefined
}

/** @returns its midnight in UTC, in seconds since 1970 */
function readDate(text: string): number | undefined {
  const [year = 0, month = 0, day = 0] = /^\d{4}-\d{2}-\d{2}$/.test(text) ? text.split('-').map(Number) : []
  const utc = Date.UTC(year, month - 1, day) / 1000
  // What JavaScript takes 30 February for is another day.
  return dayOf(utc, 'UTC') === text ? utc : undefined
}

/** The date of a moment in a time zone, YYYY-MM-DD. */
export function dayOf(seconds: number, timeZone: string): string {
  const clock = new Intl.DateTimeFormat('en-US', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  const parts = clock.formatToParts(new Date(seconds * 1000))
  const read = (type: string) => parts.find((part) => part.type === type)?.value
  return `${read('year')}-${read('month')}-${read('day')}`
}

/** The clocks made so far, by their zone: making one takes as long as a hundred readings. */
const CLOCKS = new Map<string, Intl.DateTimeFormat>()

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const made = CLOCKS.get(timeZone)
  if (made !== undefined) return made
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  // Bound: the zones that there are.
  CLOCKS.set(timeZone, clock)
  return clock
}

function secondsOfDay(clock: Intl.DateTimeFormat, seconds: number): number {
  const parts = clock.formatToParts(new Date(seconds * 1000))
  const read = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0)
  return read('hour') * 3600 + read('minute') * 60 + read('second')
}
