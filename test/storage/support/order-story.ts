import { RecordType, RejectOrigin, RejectReason } from '../../../kernels/records/catalogue.ts'
import type { PlainRecord } from '../../../kernels/records/codec.ts'

const own = { instrument: 1, source: 1 }

/**
 * A session of one strategy: order 1 is filled in two parts, order 2 replaced by 3, which is cancelled, order 4 refused by the
 * gate, order 5 still open at the end.
 */
export const STORY: { readonly inbound: PlainRecord[]; readonly outbound: PlainRecord[] } = {
  inbound: [
    {
      record: 'sessionStart',
      epoch: 1_577_682_000n * 1_000_000_000n,
      seed: 7,
      config: 11,
      strategyCount: 1,
      venue: 'test',
    },
    { record: 'instrument', instrument: 1, symbol: 'AAPL', priceExponent: -4, quantityExponent: 0, tickSize: 100 },
    { record: 'routed', ...own, outboundSequence: 1, orderId: 1, requestType: RecordType.NewOrder },
    { record: 'accepted', ...own, orderId: 1, venueOrder: '77', price: 1_000_000, quantity: 100 },
    {
      record: 'filled',
      ...own,
      orderId: 1,
      price: 1_000_000,
      quantity: 60,
      leavesQuantity: 40,
      liquidity: 1,
      match: '5',
    },
    { record: 'filled', ...own, orderId: 1, price: 999_900, quantity: 40, leavesQuantity: 0, liquidity: 2, match: '6' },
    { record: 'accepted', ...own, orderId: 2, price: 1_010_000, quantity: 50, side: 1 },
    { record: 'replaced', ...own, orderId: 2, newOrderId: 3, price: 1_020_000, quantity: 50 },
    { record: 'cancelled', ...own, orderId: 3, reason: 1, quantity: 50 },
    {
      ...own,
      record: 'rejected',
      outboundSequence: 5,
      orderId: 4,
      origin: RejectOrigin.Gate,
      reason: RejectReason.MaxQuantity,
      requestType: RecordType.NewOrder,
      value: 9_000,
      threshold: 5_000,
    },
    { record: 'accepted', ...own, orderId: 5, price: 990_000, quantity: 10 },
    { record: 'gap', line: 2, firstMissing: 100, missingCount: 3 },
    { record: 'stale', instrument: 1, reason: 1, line: 2 },
    { record: 'command', code: 1, argument: 2, value: 3 },
    { record: 'sessionEnd', inboundRecords: 15 },
  ],
  outbound: [
    { record: 'newOrder', ...own, causeSequence: 2, orderId: 1, price: 1_000_000, quantity: 100 },
    { record: 'newOrder', ...own, causeSequence: 6, orderId: 2, price: 1_010_000, quantity: 50, side: 1 },
    { record: 'replaceOrder', ...own, causeSequence: 7, orderId: 2, newOrderId: 3, price: 1_020_000, quantity: 50 },
    { record: 'cancelOrder', ...own, causeSequence: 8, orderId: 3 },
    { record: 'newOrder', ...own, causeSequence: 9, orderId: 4, price: 1_000_000, quantity: 9_000 },
    { record: 'newOrder', ...own, causeSequence: 10, orderId: 5, price: 990_000, quantity: 10 },
  ],
}
