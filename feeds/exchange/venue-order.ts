/** How an order stands, or how it ended. */
export enum VenueOrderStage {
  /** Entered, and nothing came of it yet. */
  Entered = 0,
  Live = 1,
  Filled = 2,
  Cancelled = 3,
  Rejected = 4,
  /** Another order took its place. */
  Replaced = 5,
  /** A replace whose order was gone, or was cancelled instead: no message about it was sent, and its name is free. */
  Void = 6,
}

/** What happened to one order of a user at the venue: the record that the user's own is compared with. */
export interface VenueOrderLife {
  stage: VenueOrderStage
  /** As accepted: the open shares and the price that it has, which may differ from what was entered. */
  acceptedShares: number
  acceptedPrice: number
  executions: number
  executedShares: number
  /** Sum of price × shares of its executions, in 1/10,000; exact below 2^53. */
  executedValue: number
  /** Taken off it, by whomever. */
  cancelledShares: number
  /** Letter of the latest reject or cancel, 0 for none. */
  reason: number
}

/** The life of an order that nothing has happened to. */
export function newVenueOrderLife(): VenueOrderLife {
  return {
    stage: VenueOrderStage.Entered,
    acceptedShares: 0,
    acceptedPrice: 0,
    executions: 0,
    executedShares: 0,
    executedValue: 0,
    cancelledShares: 0,
    reason: 0,
  }
}

/** Shares that may still trade. */
export function openSharesOf(life: VenueOrderLife): number {
  return life.stage === VenueOrderStage.Live ? life.acceptedShares - life.executedShares - life.cancelledShares : 0
}
