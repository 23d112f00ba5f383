/**
 * The numeric limits of the gate, as the records name them (`Command.Argument`, `CommandOutcome.Argument`). A number is
 * never reused. Every limit is inclusive, and smaller is tighter.
 */
export enum Limit {
  None = 0,
  /** Largest quantity of one order. */
  MaxQuantity = 1,
  /** Largest value of one order. */
  MaxValue = 2,
  PriceCollarBps = 3,
  WindowCollarBps = 4,
  LongPositionMax = 5,
  ShortPositionMax = 6,
  InstrumentGrossMax = 7,
  InstrumentNetMax = 8,
  /** From here on of the firm, not of an instrument. */
  GrossMax = 9,
  NetMax = 10,
  CreditMax = 11,
  LossMax = 12,
  OpenOrdersMax = 13,
  DecisionAgeMsMax = 14,
  MessagesPerSecondMax = 15,
  MessagesBurstMax = 16,
  DuplicatesMax = 17,
  ExecutionsMax = 18,
  OrderToTradeMax = 19,
  Count = 20,
}

/** Limits below this one may differ by instrument. */
export const FIRM_LIMITS_FROM = Limit.GrossMax

/** Names as the configuration spells them, by `Limit`. */
export const LIMIT_NAMES: readonly string[] = Object.keys(Limit)
  .filter((name) => Number.isNaN(Number(name)) && name !== 'Count')
  .map((name) => name.charAt(0).toLowerCase() + name.slice(1))

/** The limit of a name, or `Limit.None`. */
export function findLimit(name: string): Limit {
  const index = LIMIT_NAMES.indexOf(name)
  return index < 0 ? Limit.None : index
}
