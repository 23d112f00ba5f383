import type { MoldCaptureOptions } from './capture-writer.ts'
import { midnightEpochSeconds } from './session-date.ts'
import type { ResolvedOptions } from './session-options.ts'

/** What the capture of a generated session is called and how it is cut into packets. */
export function describeGeneratedCapture(options: ResolvedOptions): MoldCaptureOptions {
  const { seed, session, date, utcOffsetMinutes, packets } = options
  return {
    session,
    midnightSeconds: midnightEpochSeconds(date, utcOffsetMinutes),
    address: packets,
    payloadBytesMax: packets.payloadBytesMax,
    flushNs: packets.flushNs,
    delaySeed: seed,
    comment: `Generated session, seed ${seed}; exchange date ${date}, clock UTC${formatUtcOffset(utcOffsetMinutes)}`,
    application: 'crosskernel xk generate',
    interfaceName: 'generated',
  }
}

/** A clock's distance from UTC as people write it: `-05:00`. */
function formatUtcOffset(utcOffsetMinutes: number): string {
  const minutes = Math.abs(utcOffsetMinutes)
  const sign = utcOffsetMinutes < 0 ? '-' : '+'
  return `${sign}${pad2(Math.floor(minutes / 60))}:${pad2(minutes % 60)}`
}

function pad2(value: number): string {
  return value < 10 ? `0${value}` : `${value}`
}
