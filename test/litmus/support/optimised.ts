/** Whether V8 runs a function as optimised machine code now (`--allow-natives-syntax`; the bit is kTurboFanned in V8's runtime.h). */
const statusOf = new Function('subject', 'return %GetOptimizationStatus(subject)') as (subject: unknown) => number
const TURBOFANNED = 1 << 6

export function isOptimised(subject: unknown): boolean {
  return (statusOf(subject) & TURBOFANNED) !== 0
}
