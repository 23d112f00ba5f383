/**
 * What happened to one displayed order or level, or one trade whose order is not named, in doubles: noted before the book
 * changes and read after it has. Of a level, the quantity is what it displays.
 */
export enum EventSlot {
  Price = 0,
  Quantity = 1,
  /** Arrival serial of the displayed order. */
  Serial = 2,
  Slots = 3,
}
