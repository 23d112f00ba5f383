/** Whether V8 runs a function as optimised machine code now (`--allow-natives-syntax`; the bit is kTurboFanned in V8's runtime.h). */
const statusOf = new Function('subject', 'return %GetOptimizationStatus(subject)') as (subject: unknown) => number
const TURBOFANNED = 1 << 6

export function isOptimised(subject: unknown): boolean {
  return (statusOf(subject) & TURBOFANNED) !== 0
}

const prepare = new Function('subject', '%PrepareFunctionForOptimization(subject)') as (subject: unknown) => void
const optimiseOnNextCall = new Function('subject', '%OptimizeFunctionOnNextCall(subject)') as (subject: unknown) => void

/**
 * Has V8 compile a function at its next call, on this thread: its own compiling thread comes late where all cores spin.
 * @param warmUp calls the function as it will be called
 */
export function optimise(subject: unknown, warmUp: () => void): void {
  prepare(subject)
  warmUp()
  optimiseOnNextCall(subject)
}

/** Keeps a function interpreted, so that what it calls is compiled by itself and not as a part of it. */
export const neverOptimise = new Function('subject', '%NeverOptimizeFunction(subject)') as (subject: unknown) => void
