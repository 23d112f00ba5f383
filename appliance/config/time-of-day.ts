import { type Setting, setting } from './setting-kinds.ts'

const SECOND_NS = 1e9

/** `09:30`, `09:30:15`, `09:30:15.25` as ns since midnight; hours run past 24 in a session of several days. */
export function parseTimeOfDay(value: unknown): number | undefined {
  const match = typeof value === 'string' ? /^(\d{1,4}):([0-5]\d)(?::([0-5]\d)(\.\d{1,9})?)?$/.exec(value) : null
  if (match === null) return undefined
  const seconds = Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3] ?? 0)
  return seconds * SECOND_NS + Math.round(Number(match[4] ?? 0) * SECOND_NS)
}

/** A time of the exchange's day, or "none". */
export function timeOfDay(about: string, reason: string): Setting<string> {
  const allowed = '"none", or a time of day such as 09:30 or 09:30:15.250'
  return setting({ about, fallback: 'none', reason }, allowed, (value) =>
    value === 'none' || parseTimeOfDay(value) !== undefined ? (value as string) : undefined,
  )
}
