import { FrameTime } from './frame-reader.ts'

const NANOS_PER_SECOND = 1e9
/** Units per second beyond which a step of the division below would pass 2^53. */
const UNITS_PER_SECOND_MAX = 2 ** 36

/**
 * Units per second of a pcapng `if_tsresol` byte.
 * @returns 0 for a resolution that cannot be brought to nanoseconds exactly (finer than 2^−36 s)
 */
export function readTimeResolution(resolution: number): number {
  const exponent = resolution & 0x7f
  const units = (resolution & 0x80) === 0 ? 10 ** exponent : 2 ** exponent
  return units <= UNITS_PER_SECOND_MAX ? units : 0
}

/**
 * Splits a u64 count of units into whole seconds and nanoseconds, rounding down, by long division in four 16-bit
 * steps: nanoseconds since 1970 do not fit a double, and BigInt would allocate.
 * @param high and `low`: the words, as int32
 * @param slot of `units` that holds the units per second, 0 for an unknown unit (the time is then 0)
 */
export function splitTime(high: number, low: number, units: Float64Array, slot: number, time: Float64Array): void {
  const perSecond = units[slot]!
  if (perSecond === 0) {
    time[FrameTime.Seconds] = 0
    time[FrameTime.Nanos] = 0
    return
  }
  let rest = high >>> 16
  let seconds = 0
  for (let step = 0; step < 3; step++) {
    const next = step === 0 ? high & 0xffff : step === 1 ? low >>> 16 : low & 0xffff
    if (step === 0) {
      seconds = Math.floor(rest / perSecond)
      rest -= seconds * perSecond
    }
    const value = rest * 65536 + next
    const quotient = Math.floor(value / perSecond)
    rest = value - quotient * perSecond
    seconds = seconds * 65536 + quotient
  }
  time[FrameTime.Seconds] = seconds
  time[FrameTime.Nanos] = Math.floor((rest * NANOS_PER_SECOND) / perSecond)
}
