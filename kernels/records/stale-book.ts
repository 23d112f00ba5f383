/**
 * What is noted of a book for Stale records. A feed that is whole again takes back what was said of all, so a book that lost
 * changes of its own is not trusted for it; a book that is whole again is, whatever was said.
 */
export enum StaleBook {
  Itself = 1,
  WithAll = 2,
}

/** @param bits noted so far @param said what a record is about @returns the bits from here on */
export function noteStale(bits: number, said: StaleBook, isTrusted: boolean): number {
  if (!isTrusted) return bits | said
  return said === StaleBook.Itself ? 0 : bits & ~said
}
