/** What a live kernel counts. */
export enum LiveCount {
  InboundRecords = 0,
  MarketRecords = 1,
  Routed = 2,
  RejectedByGate = 3,
  RequestsAfterEnd = 4,
  /** Steps in which the inbound ring had no room for what was there. */
  HeldSteps = 5,
  LastTimeNs = 6,
  /** Sequence of the last request that has its verdict. */
  LastOutbound = 7,
  Count = 8,
}
