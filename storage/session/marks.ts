import type { RecordViews } from '../../kernels/records/views.ts'

/** What positions are valued at: the last middle of each instrument's book. */
export interface Marks {
  /** Takes an inbound record. */
  note(views: RecordViews, at: number): void
  /** In the instrument's price units; undefined where its book never had two sides. */
  middleOf(instrument: number): number | undefined
}
