import { FlowTable } from '../net/flow-table.ts'
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

/** What all protocols of one source share: instrument ids, the moment that times count from, and the flows' addresses. */
export class FeedShared {
  readonly instruments: InstrumentTable
  readonly epoch = new SessionEpoch()
  readonly flows = new FlowTable()
  readonly schemas: readonly string[]

  constructor(options: FeedSharedOptions = {}) {
    this.instruments = new InstrumentTable(options.instrumentsMax)
    this.schemas = options.schemas ?? []
    if (options.epochSeconds !== undefined) this.epoch.set(options.epochSeconds)
  }
}
