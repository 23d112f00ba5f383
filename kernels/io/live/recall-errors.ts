import { ExitCode, XkError } from '../../host/xk-error.ts'
import { Header, RecordType } from '../../records/catalogue.ts'
import type { RecordViews } from '../../records/views.ts'

/** Code of the error of `failDiffering`. */
export const SESSION_DIFFERS = 'session-differs'

/** A live session cannot go on: what a dead kernel had published does not come out again. @throws XkError */
export function failDiffering(views: RecordViews, at: number, how: string): never {
  throw new XkError({
    code: SESSION_DIFFERS,
    what: `the session cannot be taken up: ${RecordType[views.u16[(at + Header.Type) >> 1]!]} was published, ${how}`,
    where: `inbound sequence ${views.f64[(at + Header.Sequence) >> 3]}`,
    next: 'compare the positions with the venue, cancel what is open there, and start anew',
    exitCode: ExitCode.Journal,
  })
}

/** A live session cannot go on: the venue does not tell what it has told before. @throws XkError */
export function failUnanswered(sequence: number, reason: string): never {
  throw new XkError({
    code: 'venue-silent',
    what: `the session cannot be taken up: the venue does not repeat what it has answered (${reason})`,
    where: `inbound sequence ${sequence}`,
    next: 'compare the positions with the venue, cancel what is open there, and start anew',
    exitCode: ExitCode.Kernel,
  })
}
