import { yieldCore } from '../../../kernels/host/cores.ts'

/** Every so many pauses the parent is looked for. */
const PAUSES_MASK = 1023

const parentPid = process.ppid
let pauses = 0

/** Lets others run; ends the process when the test that started it is gone. */
export function pause(): void {
  yieldCore()
  pauses = (pauses + 1) & PAUSES_MASK
  if (pauses === 0 && process.ppid !== parentPid) process.exit(1)
}
