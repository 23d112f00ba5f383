import { SimulatedVenue, type VenueLimits } from '../../../feeds/venue/simulated-venue.ts'
import { decodeRecord, encodeRecord, findCanonicalFault, type PlainRecord } from '../../../kernels/records/codec.ts'
import { RecordViews } from '../../../kernels/records/views.ts'
import type { ModelResponse } from './venue-model.ts'

export const LIMITS: VenueLimits = { instrumentsMax: 2, bookOrdersMax: 200, ordersMax: 8 }

/** A venue fed with plain records, its responses as plain records. */
export class VenueHarness {
  readonly venue: SimulatedVenue
  private readonly views = new RecordViews(new ArrayBuffer(512))

  constructor(limits: VenueLimits = LIMITS) {
    this.venue = new SimulatedVenue(limits)
  }

  market(record: PlainRecord, laterNs = 1): PlainRecord[] {
    this.venue.nowNs[0]! += laterNs
    encodeRecord(record, this.views, 0)
    this.venue.applyMarket(this.views, 0)
    return this.drain()
  }

  request(record: PlainRecord): PlainRecord[] {
    this.venue.nowNs[0]! += 1
    encodeRecord(record, this.views, 0)
    this.venue.applyRequest(this.views, 0)
    return this.drain()
  }

  endOfSession(): PlainRecord[] {
    this.venue.endOfSession()
    return this.drain()
  }

  private drain(): PlainRecord[] {
    const records: PlainRecord[] = []
    const { responses } = this.venue
    for (let at = responses.peek(); at >= 0; at = responses.peek()) {
      const fault = findCanonicalFault(responses.views, at)
      if (fault !== undefined) throw new Error(`a response is not canonical: ${fault}`)
      const record = decodeRecord(responses.views, at)
      if (record.time !== this.venue.nowNs[0])
        throw new Error(`a response at ${record.time}, not ${this.venue.nowNs[0]}`)
      records.push(record)
      responses.pop()
    }
    return records
  }
}

/** A response in the form of the plain model. */
export function summarise(r: PlainRecord): ModelResponse {
  const start = [r.record, r.source, r.instrument, r.orderId] as (string | number)[]
  if (r.record === 'accepted') return [...start, r.side, r.price, r.quantity] as ModelResponse
  if (r.record === 'filled') return [...start, r.price, r.quantity, r.leavesQuantity, r.liquidity] as ModelResponse
  if (r.record === 'cancelled') return [...start, r.quantity, r.reason] as ModelResponse
  if (r.record === 'replaced') return [...start, r.newOrderId, r.price, r.quantity] as ModelResponse
  return [...start, r.reason] as ModelResponse
}
