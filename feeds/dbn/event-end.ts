import { FLAG_MORE, RecordType, Statistic, StatisticKind } from '../../kernels/records/catalogue.ts'
import type { DbnCursor } from './cursor.ts'

/**
 * Which instruments are in the middle of an event. The last record of an event may be one that becomes none (a fill, a
 * mere "no action"): then the event's end is told by a Statistic of kind Other, whose detail is the action's code.
 */
export class EventEnd {
  /** 1 by instrument while its last record carried FLAG_MORE. */
  readonly #isOpen: Uint8Array

  constructor(instrumentsMax: number) {
    this.#isOpen = new Uint8Array(instrumentsMax + 1)
  }

  /** To be called behind each record that has flags. @returns how many records there are with the end, if one is due */
  close(cursor: DbnCursor, records: number, action: number): number {
    const { instrument } = cursor
    const isLast = (cursor.flags & FLAG_MORE) === 0
    if (records > 0 || !isLast || this.#isOpen[instrument] === 0) {
      if (isLast) this.#isOpen[instrument] = 0
      else if (records > 0) this.#isOpen[instrument] = 1
      return records
    }
    this.#isOpen[instrument] = 0
    const to = cursor.begin(RecordType.Statistic, Statistic.Bytes)
    cursor.i32[(to + Statistic.Kind) >> 2] = StatisticKind.Other
    cursor.i32[(to + Statistic.Detail) >> 2] = action
    cursor.f64[(to + Statistic.Value) >> 3] = 0
    cursor.f64[(to + Statistic.SourceTime) >> 3] = cursor.sourceTimeNs[0]!
    return 1
  }
}
