import { Side } from '../../kernels/records/catalogue.ts'
import { leavesOf, type OrderLife, OrderStage } from '../../storage/session/order-life.ts'
import type { VenueOrderFacts } from '../venue/venue-orders.ts'
import { type JournalLives, readJournalLives } from './journal-lives.ts'

const TOKEN_PREFIX = 5
const TOKEN_BASE = 36
/** Breaks that are told one by one; beyond, only their number. */
const BREAKS_TOLD_MAX = 20

/** How a stage of the venue's record is called in the journal's. */
const STAGES: Readonly<Record<VenueOrderFacts['stage'], OrderStage>> = {
  Entered: OrderStage.Routed,
  Live: OrderStage.Open,
  Filled: OrderStage.Filled,
  Cancelled: OrderStage.Cancelled,
  Rejected: OrderStage.Rejected,
  Replaced: OrderStage.Replaced,
  // Passed over by the venue: the gateway tells its strategy that it came too late.
  Void: OrderStage.Rejected,
}

/** What the venue holds of one account. Cash in 1/10,000 × shares. */
export interface VenueAccount {
  readonly shares: Readonly<Record<string, number>>
  readonly cash: number
}

/** What came of a comparison; field names are relied on by scripts. */
export interface LivesComparison {
  /** Orders that the venue has recorded. */
  readonly orders: number
  readonly fills: number
  /** Orders that a strategy sent when the session was over: nobody judged them. */
  readonly afterEnd: number
  /** In what the two differ: a sentence each; empty when they agree. */
  readonly breaks: readonly string[]
  /** Breaks beyond those told. */
  readonly breaksMore: number
}

/**
 * Compares the venue's record of a user with the appliance's journal: every order, its terms, fills and end; shares by symbol;
 * cash as the sum of price × quantity. Orders meet by their token, which is made of the outbound sequence.
 * @throws JournalIoError, JournalCorruptError when the journal cannot be read
 */
export function compareLives(
  journalPath: string,
  venueOrders: Iterable<VenueOrderFacts>,
  account: VenueAccount,
): LivesComparison {
  const journal = readJournalLives(journalPath)
  const breaks: string[] = []
  const seen = new Set<number>()
  let orders = 0
  for (const order of venueOrders) {
    orders++
    const sequence = Number.parseInt(order.token.slice(TOKEN_PREFIX), TOKEN_BASE)
    seen.add(sequence)
    const life = journal.orders.get(sequence)
    if (life === undefined) breaks.push(`the journal has no order ${order.token}`)
    else breaks.push(...compareOrder(order, life, journal))
  }
  const judged = lastJudged(journal)
  let afterEnd = 0
  for (const life of journal.orders.values()) {
    if (seen.has(life.sequence) || life.stage === OrderStage.Rejected) continue
    if (life.stage === OrderStage.Sent && life.sequence > judged) afterEnd++
    else
      breaks.push(`the venue has no order of outbound sequence ${life.sequence}: ${nameOf(life.stage)} in the journal`)
  }
  compareAccount(journal, account, breaks)
  return {
    orders,
    fills: journal.fills,
    afterEnd,
    breaks: breaks.slice(0, BREAKS_TOLD_MAX),
    breaksMore: Math.max(0, breaks.length - BREAKS_TOLD_MAX),
  }
}

/** Outbound sequence of the latest order that the gate has judged: it takes them in their order. */
function lastJudged({ orders }: JournalLives): number {
  let last = 0
  for (const { stage, sequence } of orders.values()) if (stage !== OrderStage.Sent) last = Math.max(last, sequence)
  return last
}

function compareOrder(order: VenueOrderFacts, life: OrderLife, journal: JournalLives): string[] {
  const toPrice = (price: number) => journal.toWirePrice(life.instrument, price)
  const facts: [what: string, venue: string | number, own: string | number][] = [
    ['its symbol is', order.symbol, journal.symbolOf(life.instrument)],
    ['its side is', order.side, life.side === Side.Buy ? 'buy' : 'sell'],
    ['its stage is', nameOf(STAGES[order.stage]), nameOf(life.stage)],
    ['its executions are', order.executions, life.fills],
    ['its executed shares are', order.executedShares, life.filledQuantity],
    ['its price × shares is', order.executedValue, toPrice(life.filledValue)],
    ['its open shares are', openOf(order), leavesOf(life)],
  ]
  if (order.acceptedShares > 0 && order.acceptedPrice > 0 && life.acceptedTimeNs >= 0) {
    facts.push(['its accepted price is', order.acceptedPrice, toPrice(life.price)])
  }
  return facts
    .filter(([, venue, own]) => venue !== own)
    .map(([what, venue, own]) => `order ${order.token}: ${what} ${venue} at the venue, ${own} in the journal`)
}

function openOf({ stage, acceptedShares, executedShares, cancelledShares }: VenueOrderFacts): number {
  return stage === 'Live' ? acceptedShares - executedShares - cancelledShares : 0
}

function compareAccount(journal: JournalLives, account: VenueAccount, breaks: string[]): void {
  for (const symbol of new Set([...journal.shares.keys(), ...Object.keys(account.shares)])) {
    const [venue, own] = [account.shares[symbol] ?? 0, journal.shares.get(symbol) ?? 0]
    if (venue !== own) breaks.push(`${symbol}: ${venue} shares at the venue, ${own} in the journal`)
  }
  if (account.cash !== journal.cash) breaks.push(`cash: ${account.cash} at the venue, ${journal.cash} in the journal`)
}

function nameOf(stage: OrderStage): string {
  return OrderStage[stage].toLowerCase()
}
