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
  /** Longest time from the moment in which all orders were to be cancelled until the socket had the last cancel. */
  CancelAllNsMax = 7,
  Count = 8,
}
