/**
 * Whether the time stamp counter can be a clock here, and its scale.
 *
 * The counter is trusted when the kernel itself uses it as its clock source (it then watches over it) and the processor
 * says that it ticks at a constant rate in all power states. Its frequency is what the processor or the hypervisor
 * states, when a measurement against CLOCK_MONOTONIC_RAW does not contradict it; else what was measured.
 *
 * A calibration crosses into native code as eight doubles:
 *
 *     0        8            16          24         32         40              48                   56
 *     ┌────────┬────────────┬───────────┬──────────┬──────────┬───────────────┬────────────────────┬────────────────┐
 *     │ source │ anchor     │ anchor    │ anchor   │ ns per   │ anchor        │ frequency          │ frequency      │
 *     │ 1 tsc  │ ticks high │ ticks low │ ns       │ tick     │ error ± ns    │ error ± ppm        │ 1 stated       │
 *     └────────┴────────────┴───────────┴──────────┴──────────┴───────────────┴────────────────────┴────────────────┘
 * @module
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { hostAddon } from './addon.ts'

/** How stamps are made; plain data, so that one process can hand it to another. */
export interface ClockCalibration {
  readonly source: 'tsc' | 'clock_gettime'
  /** The counter at the anchor, as two words: together they pass 2^53. */
  readonly anchorTicksHigh: number
  readonly anchorTicksLow: number
  /** CLOCK_MONOTONIC at the anchor. */
  readonly anchorNs: number
  readonly nsPerTick: number
  /** By how much the anchor may be off CLOCK_MONOTONIC, either way. */
  readonly anchorErrorNs: number
  /** By how much the rate may be off CLOCK_MONOTONIC_RAW, either way, in parts per million. */
  readonly frequencyErrorPpm: number
  /** Where the rate comes from: stated by CPUID, or measured. */
  readonly frequencyFrom: 'cpuid' | 'measured'
}

const CALIBRATION_DOUBLES = 8
const MEASURE_MS = 10

interface TickSample {
  readonly ticks: bigint
  readonly timeNs: number
  readonly errorTicks: number
}

/** The calibration of a process that stamps by CLOCK_MONOTONIC. */
export const monotonicCalibration: ClockCalibration = {
  source: 'clock_gettime',
  anchorTicksHigh: 0,
  anchorTicksLow: 0,
  anchorNs: 0,
  nsPerTick: 1,
  anchorErrorNs: 0,
  frequencyErrorPpm: 0,
  frequencyFrom: 'measured',
}

/** Makes a calibration for this host; sleeps 10 ms when it is one of the counter. */
export function calibrateClock(): ClockCalibration {
  return isTscTrustworthy() ? calibrateTsc() : monotonicCalibration
}

function isTscTrustworthy(): boolean {
  const source = readStart('/sys/devices/system/clocksource/clocksource0/current_clocksource').trim()
  if (source !== 'tsc') return false
  const flags = /^flags\s*:(.*)$/m.exec(readStart('/proc/cpuinfo'))?.[1]?.split(' ') ?? []
  return ['constant_tsc', 'nonstop_tsc', 'rdtscp'].every((flag) => flags.includes(flag))
}

/** The first 8 KiB: /proc/cpuinfo is long on large machines, and its first processor speaks for all. */
function readStart(path: string): string {
  try {
    const fd = openSync(path, 'r')
    try {
      const bytes = new Uint8Array(8192)
      return new TextDecoder().decode(bytes.subarray(0, readSync(fd, bytes)))
    } finally {
      closeSync(fd)
    }
  } catch {
    return ''
  }
}

function calibrateTsc(): ClockCalibration {
  const start = sampleTicks(true)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, MEASURE_MS)
  const end = sampleTicks(true)
  const anchor = sampleTicks(false)
  const elapsedTicks = Number(end.ticks - start.ticks)
  const measuredPerSecond = (elapsedTicks * 1e9) / (end.timeNs - start.timeNs)
  const errorPpm = ((start.errorTicks + end.errorTicks) / elapsedTicks) * 1e6
  const statedPerSecond = hostAddon().cpuidTicksPerSecond()
  const agrees = Math.abs(statedPerSecond / measuredPerSecond - 1) * 1e6 <= errorPpm
  const nsPerTick = 1e9 / (agrees ? statedPerSecond : measuredPerSecond)
  return {
    source: 'tsc',
    anchorTicksHigh: Number(anchor.ticks >> 32n),
    anchorTicksLow: Number(anchor.ticks & 0xffffffffn),
    anchorNs: anchor.timeNs,
    nsPerTick,
    anchorErrorNs: anchor.errorTicks * nsPerTick,
    frequencyErrorPpm: errorPpm,
    frequencyFrom: agrees ? 'cpuid' : 'measured',
  }
}

function sampleTicks(raw: boolean): TickSample {
  const target = new Float64Array(4)
  hostAddon().sampleTicks(target.buffer, raw)
  const [high, low, timeNs, errorTicks] = target as unknown as [number, number, number, number]
  return { ticks: (BigInt(high) << 32n) | BigInt(low), timeNs, errorTicks }
}

/** The calibration that is in force in this process, by whichever thread it was set; undefined when none is yet. */
export function readCalibration(): ClockCalibration | undefined {
  const target = new Float64Array(CALIBRATION_DOUBLES)
  if (hostAddon().readClockSetting(target.buffer) !== 1) return undefined
  return {
    source: target[0] === 1 ? 'tsc' : 'clock_gettime',
    anchorTicksHigh: target[1]!,
    anchorTicksLow: target[2]!,
    anchorNs: target[3]!,
    nsPerTick: target[4]!,
    anchorErrorNs: target[5]!,
    frequencyErrorPpm: target[6]!,
    frequencyFrom: target[7] === 1 ? 'cpuid' : 'measured',
  }
}

/** Puts a calibration in force for all threads of this process. */
export function writeCalibration(calibration: ClockCalibration): void {
  const doubles = Float64Array.of(
    calibration.source === 'tsc' ? 1 : 0,
    calibration.anchorTicksHigh,
    calibration.anchorTicksLow,
    calibration.anchorNs,
    calibration.nsPerTick,
    calibration.anchorErrorNs,
    calibration.frequencyErrorPpm,
    calibration.frequencyFrom === 'cpuid' ? 1 : 0,
  )
  hostAddon().setClock(doubles.buffer)
}
