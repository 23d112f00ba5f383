import { ExitCode, XkError } from '../host/xk-error.ts'

/**
 * Records that one nanosecond of virtual time may hold besides market data. With a lookahead of 0 a strategy that
 * answers every response with an order would otherwise stop time.
 */
export const FEEDBACK_PER_INSTANT_MAX = 100_000

/** Ends a session whose strategies and venue answer each other for ever within one nanosecond. @throws XkError */
export function failStoppedTime(timeNs: number): never {
  throw new XkError({
    code: 'virtual-time-stopped',
    what: `strategies and venue answer each other over ${FEEDBACK_PER_INSTANT_MAX} times without time passing`,
    where: `virtual time ${timeNs} ns`,
    next: 'give the venue a latency above 0, or let the strategy wait before it answers',
    exitCode: ExitCode.Strategy,
  })
}
