import type { FeedShared } from '../protocol/feed-shared.ts'
import { MessageArbiter } from '../sequence/message-arbiter.ts'
import { SESSIONS_MAX, SessionTable } from '../sequence/session-table.ts'
import { AuctionIndex } from './auction-index.ts'
import { LiveOrders } from './live-orders.ts'
import { SymbolDirectory } from './symbol-directory.ts'
import { UnitClock } from './unit-clock.ts'

/**
 * What all PITCH of a source shares, of whatever product and transport: a unit's lines meet here even if the first packet
 * of one looked like equities and of another like futures.
 */
export class PitchState {
  readonly symbols: SymbolDirectory
  readonly orders: LiveOrders
  readonly auctions = new AuctionIndex()
  readonly clock: UnitClock
  readonly arbiter: MessageArbiter
  /** By session: the unit carries complex instruments, whose short prices are signed. */
  readonly isComplex = new Uint8Array(SESSIONS_MAX)
  /** By session: between a transaction's begin and its end. */
  readonly isInTransaction = new Uint8Array(SESSIONS_MAX)
  /** By session: the last record said that more follow. */
  readonly isMoreDue = new Uint8Array(SESSIONS_MAX)

  constructor(shared: FeedShared) {
    this.symbols = new SymbolDirectory(shared.instruments)
    this.orders = new LiveOrders(this.symbols, shared.ordersMax)
    this.clock = new UnitClock(shared.epoch)
    this.arbiter = new MessageArbiter(new SessionTable(nameUnit), shared.packetTime)
  }
}

const states = new WeakMap<FeedShared, PitchState>()

/** The state of a source, made at first use. */
export function pitchStateOf(shared: FeedShared): PitchState {
  let state = states.get(shared)
  if (state === undefined) {
    state = new PitchState(shared)
    states.set(shared, state)
  }
  return state
}

/** A unit is known by the port that its lines share; over TCP every direction of a connection stands for itself. */
function nameUnit(port: number, unit: number): string {
  return port < 0 ? `unit ${unit} stream ${-1 - port}` : `unit ${unit} port ${port}`
}
