import { readCounters } from '../../../kernels/region/counters.ts'
import { closeRegion, openReadOnlyRegion } from '../../../kernels/region/shared.ts'
import { WAIT_MS, waitFor } from './run-xk.ts'

/** A counter of the I/O kernel; 0 where there is none yet. */
export function ioCounter(instance: string, name: string): number {
  try {
    const io = openReadOnlyRegion(`/dev/shm/xk-${instance}/io.region`)
    const value = readCounters(io.buffer, io.offsetOf('counters'))[name]
    closeRegion(io)
    return value ?? 0
  } catch {
    return 0 // not there, or not formatted, yet
  }
}

/** Waits until a counter of the I/O kernel has reached a value. */
export async function awaitIoCounter(instance: string, name: string, least: number): Promise<void> {
  await waitFor(`${name} of ${least}`, () => ioCounter(instance, name) >= least || undefined, WAIT_MS)
}
