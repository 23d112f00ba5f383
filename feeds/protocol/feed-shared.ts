import { FlowTable } from '../net/flow-table.ts'
import type { PacketWatch } from '../traffic/packet-watch.ts'
import { InstrumentTable } from './instrument-table.ts'
import { SessionEpoch } from './session-epoch.ts'

export interface FeedSharedOptions {
  /** Bound of instrument ids, 65,536 if not given. */
  readonly instrumentsMax?: number | undefined
  /** Bound of the live orders that a protocol remembers, a power of two from 4,096; the protocol's own default if not given. */
  readonly ordersMax?: number | undefined
  /** The epoch of the records' times; unset, it is taken from the first packet. */
  readonly epochSeconds?: number | undefined
  /** Told of every packet; for the inspection of captures. */
  readonly packetWatch?: PacketWatch | undefined
}

/** What all protocols of one source share: instrument ids, the moment that times count from, and the flows' addresses. */
export class FeedShared {
  readonly instruments: InstrumentTable
  /** Undefined where nobody asked for less than the protocol's default. */
  readonly ordersMax: number | undefined
  readonly epoch = new SessionEpoch()
  readonly flows = new FlowTable()
  /** Seconds and ns of the packet at hand, for the arbiters of lines; undefined where nobody watches. */
  readonly packetTime: Float64Array | undefined

  constructor(options: FeedSharedOptions = {}) {
    this.instruments = new InstrumentTable(options.instrumentsMax)
    this.ordersMax = options.ordersMax
    this.packetTime = options.packetWatch?.time
    if (options.epochSeconds !== undefined) this.epoch.set(options.epochSeconds)
  }
}
