import { RecordType, Statistic, type StatisticKind } from '../../kernels/records/catalogue.ts'
import type { RecordBatch } from '../record-batch.ts'
import { type IexMessage, openRecord } from './message.ts'

/**
 * Begins a statistic of the message's instrument; the caller stores its value and closes it.
 * @returns the slot of its value in `batch.views.f64`
 */
export function openStatistic(message: IexMessage, kind: StatisticKind, detail: number, batch: RecordBatch): number {
  const { i32, f64 } = batch.views
  const to = openRecord(message, Statistic.Bytes, RecordType.Statistic, batch)
  i32[(to + Statistic.Kind) >> 2] = kind
  i32[(to + Statistic.Detail) >> 2] = detail
  f64[(to + Statistic.SourceTime) >> 3] = message.timeNs[0]!
  return (to + Statistic.Value) >> 3
}

/** Appends the statistic begun last. @returns 1, the number of records */
export function closeStatistic(batch: RecordBatch): number {
  batch.usedBytes += Statistic.Bytes
  return 1
}
