import { hostAddon } from './addon.ts'
import { requireInteger, requireWithin } from './arguments.ts'
import { type ClockCalibration, calibrateClock, readCalibration, writeCalibration } from './clock-calibration.ts'
import { requireSuccess } from './errors.ts'

export type { ClockCalibration } from './clock-calibration.ts'

/** Slots that one target can have: a handle and a slot travel to native code as one small integer. */
const SLOT_BITS = 12
export const STAMP_SLOTS_MAX = 1 << SLOT_BITS

/** CLOCK_MONOTONIC in nanoseconds: exact below 2^53 ns (104 days of uptime), then to 2 ns. Not for hot paths. */
export function monotonicNs(): number {
  return hostAddon().monotonicNs()
}

/** CLOCK_REALTIME: seconds since 1970 and the nanoseconds beyond them, apart because their sum passes 2^53. */
export function realtimeNow(): { seconds: number; nanoseconds: number } {
  const target = new Float64Array(2)
  const outcome = hostAddon().realtime(target.buffer)
  requireSuccess(outcome, () => ({ call: 'clock_gettime', attempted: 'read CLOCK_REALTIME' }))
  return { seconds: target[0]!, nanoseconds: target[1]! }
}

/**
 * By how many ns CLOCK_REALTIME may be off at most, as its discipline (chronyd, ptp4l, ntpd) has told the kernel; it grows by 500 ppm
 * between corrections, to 16 s where there is no discipline. @throws HostError
 */
export function clockErrorNs(): number {
  const outcome = hostAddon().clockError()
  if (outcome < 0) requireSuccess(outcome, () => ({ call: 'adjtimex', attempted: "read the clock's discipline" }))
  return outcome
}

export interface ClockFacts extends ClockCalibration {
  /** Of the counter; 1e9 when stamps come from clock_gettime. */
  readonly ticksPerSecond: number
}

/**
 * How stamps are made in this process; calibrates when nothing has yet. Stamps lie on the line of CLOCK_MONOTONIC at the
 * anchor; from there they keep the counter's own rate, from which CLOCK_MONOTONIC may be slewed by up to 500 ppm (NTP).
 * Two processes that share one calibration stamp on exactly one line; two that calibrated for themselves may differ by
 * the sum of their anchor errors, plus what their frequencies differ by, plus the slew between their anchors.
 */
export function clockFacts(): ClockFacts {
  const inForce = readCalibration()
  const calibration = inForce ?? calibrateClock()
  if (inForce === undefined) writeCalibration(calibration)
  return { ...calibration, ticksPerSecond: 1e9 / calibration.nsPerTick }
}

/** Makes this process stamp on the same line as the process that gave this calibration. Before its first stamp. */
export function adoptClock(calibration: ClockCalibration): void {
  if (calibration.source !== 'tsc' && calibration.source !== 'clock_gettime') {
    throw new RangeError(`a clock calibration has no source "${String(calibration.source)}"`)
  }
  requireInteger('anchorTicksHigh', calibration.anchorTicksHigh, 0, 0xffffffff)
  requireInteger('anchorTicksLow', calibration.anchorTicksLow, 0, 0xffffffff)
  if (!(calibration.nsPerTick > 0 && Number.isFinite(calibration.anchorNs))) {
    throw new RangeError(`a clock calibration of ${calibration.nsPerTick} ns per tick`)
  }
  writeCalibration(calibration)
}

/** Where this thread tells native code what to stamp: a store costs less than an argument. */
let request: Int32Array<ArrayBuffer> | undefined

function stampRequest(): Int32Array<ArrayBuffer> {
  if (request === undefined) {
    request = new Int32Array(1)
    const outcome = hostAddon().setStampRequest(request.buffer)
    requireSuccess(outcome, () => ({ call: 'setStampRequest', attempted: 'prepare timestamps' }))
  }
  return request
}

const released = new FinalizationRegistry<number>((handle) => {
  hostAddon().releaseStamps(handle)
})

/** Writes timestamps into memory from native code, so that no double is boxed and nothing is allocated. */
export class StampClock {
  readonly slots: number
  /** Keeps the memory alive as long as native code may write to it. */
  readonly target: Float64Array<ArrayBufferLike>
  readonly #stamp: () => void
  readonly #request: Int32Array<ArrayBuffer>
  readonly #handle: number
  readonly #base: number

  /**
   * @param target where the stamps go, of at most 4096 slots; in a region or on the heap. A view of part of a buffer
   *   serves as well.
   * @throws HostError ENOMEM when 1024 clocks are in use
   */
  constructor(target: Float64Array<ArrayBufferLike>) {
    requireInteger('slots', target.length, 1, STAMP_SLOTS_MAX)
    requireWithin(target.buffer, target.byteOffset, target.byteLength, 8)
    clockFacts()
    const addon = hostAddon()
    const memory = new Uint8Array(target.buffer, target.byteOffset, target.byteLength)
    this.#handle = requireSuccess(addon.registerStamps(memory, 0, target.length), () => ({
      call: 'registerStamps',
      attempted: 'register a target of timestamps',
      next: 'at most 1024 clocks can be in use',
    }))
    this.#stamp = addon.stamp
    this.#request = stampRequest()
    this.#base = this.#handle << SLOT_BITS
    this.target = target
    this.slots = target.length
    released.register(this, this.#handle, this)
  }

  /** Writes the time now, in ns on the line of CLOCK_MONOTONIC, into `target[slot]`. */
  stamp(slot: number): void {
    if (slot >>> 0 >= this.slots) throw new RangeError(`a clock of ${this.slots} slots has no slot ${slot}`)
    this.#request[0] = this.#base | slot
    this.#stamp()
  }

  /** Gives the registration back; stamps are ignored from now on. */
  release(): void {
    if (released.unregister(this)) hostAddon().releaseStamps(this.#handle)
  }
}
