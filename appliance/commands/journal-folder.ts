import { readdirSync, statSync } from 'node:fs'
import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'
import { parseSegmentName } from '../../storage/journal/layout.ts'

/** @throws XkError when a path is no folder, a system error when there is none */
export function assertJournalFolder(path: string): void {
  if (!statSync(path).isDirectory()) throw refuse('not a journal', path)
}

/** @throws XkError when a path is no folder that holds segments, a system error when there is none */
export function assertJournal(path: string): void {
  assertJournalFolder(path)
  if (!readdirSync(path).some((name) => parseSegmentName(name) > 0)) throw refuse('the folder holds no journal', path)
}

function refuse(what: string, where: string): XkError {
  const next = 'name the folder that holds the segments'
  return new XkError({ code: 'journal-not-a-folder', what, where, next, exitCode: ExitCode.Input })
}
