/** Seconds from the Unix epoch to the exchange's midnight. Source: days from a civil date, proleptic Gregorian. */
export function midnightEpochSeconds(date: string, utcOffsetMinutes: number): number {
  const year = Number(date.slice(0, 4))
  const month = Number(date.slice(5, 7))
  const day = Number(date.slice(8, 10))
  // Years start in March here, so that the leap day is the last of its year.
  const shifted = month <= 2 ? year - 1 : year
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const leaps = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400)
  return (shifted * 365 + leaps + dayOfYear - 719_468) * 86_400 - utcOffsetMinutes * 60
}
