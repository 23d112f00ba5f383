import { FLOWS_MAX } from '../net/flow-table.ts'
import { InstrumentTable } from './instrument-table.ts'
import { SessionEpoch } from './session-epoch.ts'

export interface FeedSharedOptions {
  /** Bound of instrument ids, 65,536 if not given. */
  readonly instrumentsMax?: number | undefined
  /** The epoch of the records' times; unset, it is taken from the first packet. */
  readonly epochSeconds?: number | undefined
  /** SBE schema files (XML) for the protocols that are described by one; see the mdp3 room. */
  readonly schemas?: readonly string[] | undefined
}

/** What all protocols of one source share: instrument ids, and the moment that times count from. */
export class FeedShared {
  readonly instruments: InstrumentTable
  readonly epoch = new SessionEpoch()
  readonly schemas: readonly string[]
  /** Port that each flow goes to, by flow; 0 where unknown. */
  readonly targetPorts: Uint16Array

  /** @param targetPorts the flow table's */
  constructor(options: FeedSharedOptions = {}, targetPorts = new Uint16Array(FLOWS_MAX + 1)) {
    this.targetPorts = targetPorts
    this.instruments = new InstrumentTable(options.instrumentsMax)
    this.schemas = options.schemas ?? []
    if (options.epochSeconds !== undefined) this.epoch.set(options.epochSeconds)
  }
}
