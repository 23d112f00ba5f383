import type { FeedShared } from '../protocol/feed-shared.ts'
import { EventEnd } from './event-end.ts'
import { DbnInstruments } from './instruments.ts'
import { LevelTable } from './level-table.ts'
import { OrderTable } from './order-table.ts'
import { SymbolMappings } from './symbol-mappings.ts'

/** What goes on from file to file of a source: instruments, open orders, known levels, events under way. */
export interface DbnState {
  readonly mappings: SymbolMappings
  readonly instruments: DbnInstruments
  readonly orders: OrderTable
  readonly levels: LevelTable
  readonly events: EventEnd
  /** 1 by instrument while its book may be wrong. */
  readonly isStale: Uint8Array
}

const STATES = new WeakMap<FeedShared, DbnState>()

/** The state of a source, made at its first DBN file. */
export function stateOf(shared: FeedShared): DbnState {
  let state = STATES.get(shared)
  if (state === undefined) {
    const { instrumentsMax } = shared.instruments
    const mappings = new SymbolMappings()
    state = {
      mappings,
      instruments: new DbnInstruments(shared.instruments, mappings),
      orders: new OrderTable(shared.ordersMax),
      levels: new LevelTable(instrumentsMax),
      events: new EventEnd(instrumentsMax),
      isStale: new Uint8Array(instrumentsMax + 1),
    }
    STATES.set(shared, state)
  }
  // What a file that was given up has left to write concerns nobody.
  state.levels.begin()
  return state
}
