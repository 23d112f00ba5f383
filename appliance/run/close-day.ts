import type { DayFacts } from '../../kernels/io/day-records.ts'
import { toXkError } from '../cli/errors.ts'
import { writeEndOfDay } from '../day/end-of-day.ts'
import type { SessionPlan } from './session-plan.ts'
import type { ReplayResult } from './types.ts'

type ClosedSession = Pick<SessionPlan, 'header' | 'storage'> & { readonly io: { readonly day?: DayFacts | undefined } }

/** The run is over and its journal is whole: an end-of-day file that cannot be written is a warning. */
export function closeDay(
  { header, storage, io }: ClosedSession,
  { positions, fills }: Pick<ReplayResult, 'positions' | 'fills'>,
  onWarning: (line: string) => void,
): void {
  const { journalPath, journalId } = storage
  try {
    writeEndOfDay({ journalPath, journalId, header, positions, fills, day: io.day })
  } catch (error) {
    onWarning(`there is no end-of-day file: ${toXkError(error).message}`)
  }
}
