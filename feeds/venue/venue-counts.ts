/** What the simulated venue counts; indices of its `counts`. */
export enum VenueCount {
  Accepted = 0,
  /** New orders and replaces refused. */
  Rejected = 1,
  Cancelled = 2,
  Replaced = 3,
  CancelRejected = 4,
  /** Outbound records of a type that the venue does not know. */
  UnknownRequests = 5,
  Count = 6,
}
