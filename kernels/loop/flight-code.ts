/** Codes of the flight recorder's entries. */
export enum FlightCode {
  Prepared = 1,
  Running = 2,
  Stopping = 3,
  Finished = 4,
  Failed = 5,
  /** The host refused something that the kernel can do without. */
  Lacking = 6,
}
