/** What a book counts; indices of its `counts`. Nothing that a feed can send makes a book throw. */
export enum BookCount {
  Adds = 0,
  Executes = 1,
  Reduces = 2,
  Deletes = 3,
  Replaces = 4,
  /** Adds and replaces whose new reference was live already: ignored. */
  Duplicates = 5,
  UnknownExecutes = 6,
  UnknownReduces = 7,
  UnknownDeletes = 8,
  /** Replaces of references never added; their new order is not created. */
  UnknownReplaces = 9,
  /** Orders beyond `ordersMax`, `levelsMax` or `instrumentsMax`: not in the book. */
  OrdersRefused = 10,
  /** Orders whose quantity is not above zero, levels whose quantity is below it, prices that are no number: ignored. */
  Invalid = 11,
  /** Executes and reduces of more than the order had left: the order is deleted. */
  Excess = 12,
  /** Changes of a best price that left the bid above the offer. */
  Crossed = 13,
  /** Changes of a best price that left the bid equal to the offer. */
  Locked = 14,
  /** Level updates by price, those below included. */
  LevelUpdates = 15,
  /** Records of the best bid and offer. */
  TopsOfBook = 16,
  Clears = 17,
  /** Removals of levels that are not there. */
  UnknownLevels = 18,
  /** Levels beyond `levelsMax` or `instrumentsMax`: not in the book. */
  LevelsRefused = 19,
  /** Level updates and best prices at a price that single orders hold: ignored. */
  LevelsAtOrders = 20,
  /** Orders at a price that a level update holds: not in the book. */
  OrdersAtLevels = 21,
  /** Levels that the venue implies from other instruments' orders: not in the book. */
  ImpliedLevels = 22,
  Count = 23,
}

/** The counts as an object, by their names in lower camel case, for reports. */
export function describeBookCounts(counts: Float64Array): Record<string, number> {
  const facts: Record<string, number> = {}
  for (let i = 0; i < BookCount.Count; i++) {
    const name = BookCount[i]!
    facts[name.charAt(0).toLowerCase() + name.slice(1)] = counts[i]!
  }
  return facts
}

/** Bits of what an entry point of a book answers. */
export enum BookChange {
  None = 0,
  /** The book changed. */
  Book = 1,
  /** The best bid or offer of the instrument changed: price, quantity or number of orders. */
  Top = 2,
}
