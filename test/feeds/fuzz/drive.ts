import { createMemoryReader } from '../../../appliance/work/held-memory.ts'
import { type FuzzOptions, type FuzzResult, runFuzz } from '../../../feeds/fuzz/fuzz.ts'

const readMemory = createMemoryReader()
const nowNs = () => Number(process.hrtime.bigint())

/** Runs to the end; the event loop turns after each epoch, as it does in `xk bench fuzz`. */
export async function fuzz(
  options: Omit<FuzzOptions, 'nowNs' | 'readMemory'> & Partial<Pick<FuzzOptions, 'readMemory'>>,
): Promise<FuzzResult[]> {
  const run = runFuzz({ nowNs, readMemory, ...options })
  for (;;) {
    const step = run.next()
    if (step.done === true) return step.value
    await new Promise((resolve) => setImmediate(resolve))
  }
}
