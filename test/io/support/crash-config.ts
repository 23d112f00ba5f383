import type { IoConfig } from '../../../kernels/io/io-config.ts'
import type { StrategyKernelConfig } from '../../../kernels/strategy/strategy-config.ts'
import { wideLimits } from './limits.ts'

/* What the kernels of the crash world are told. */

export const RINGS = { inboundBytes: 1 << 16, outboundBytes: 1 << 17 }
const INSTRUMENTS_MAX = 8
const BOOK_ORDERS_MAX = 256
const OPEN_ORDERS_MAX = 64
export const SEGMENT_BYTES = 128 * 1024

export const IO_CONFIG: IoConfig = {
  files: [],
  latencies: { feedLatencyNs: 500, entryLatencyNs: 900, responseLatencyNs: 700, gateLatencyNs: 400 },
  gate: wideLimits({
    maxQuantity: 5_000,
    maxValue: 1e6,
    priceCollarBps: 500,
    longPositionMax: 400,
    shortPositionMax: 400,
    openOrdersMax: OPEN_ORDERS_MAX,
    selfMatch: 'cancelOldest',
  }),
  commands: [],
  speed: 0,
  clockIntervalNs: 100_000,
  settleNs: 1_000_000,
  delayLineRecords: 1 << 10,
  reserveBytes: 1 << 12,
  instrumentsMax: INSTRUMENTS_MAX,
  bookOrdersMax: BOOK_ORDERS_MAX,
  stepBudget: 1,
  journalPath: '',
  session: { epochSeconds: 0, seed: 1, configHash: '0'.repeat(16), venue: 'test', strategyCount: 1 },
}

export const STRATEGY_CONFIG: StrategyKernelConfig = {
  bundles: [],
  params: [],
  seed: 1,
  instrumentsMax: INSTRUMENTS_MAX,
  bookOrdersMax: BOOK_ORDERS_MAX,
  openOrdersMax: OPEN_ORDERS_MAX,
  stepBudget: 1,
  journalPath: '',
  snapshots: { everyRecords: 0, pauseMsMax: 50 },
  disabled: [],
}
