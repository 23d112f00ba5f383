import type { RecordViews } from '../../kernels/records/views.ts'

/** Whether `bytes` bytes (a multiple of 4) from `at` are zero. */
export function isBlank(views: RecordViews, at: number, bytes: number): boolean {
  const end = (at + bytes) >> 2
  for (let i = at >> 2; i < end; i++) if (views.i32[i] !== 0) return false
  return true
}
