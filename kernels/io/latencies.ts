/** Latencies of the simulated path, in nanoseconds of virtual time; all constant for now. */
export interface VirtualLatencies {
  /** From the exchange to the strategy, for market data. */
  readonly feedLatencyNs: number
  /** From the gate's decision to the venue. */
  readonly entryLatencyNs: number
  /** From the venue to the strategy, for responses. */
  readonly responseLatencyNs: number
  /** From the gate's decision to the strategy, for the gate's verdicts. */
  readonly gateLatencyNs: number
}

/**
 * The lookahead: no record of time t can have an effect on the inbound stream before t + lookahead. It is the least of
 * the floors of the feedback paths: the gate's verdict, and the way to the venue and back.
 */
export function lookaheadNs(latencies: VirtualLatencies): number {
  return Math.min(latencies.gateLatencyNs, latencies.entryLatencyNs + latencies.responseLatencyNs)
}
