import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'
import type { StrategyKernelConfig } from '../../kernels/strategy/strategy-config.ts'

export const SESSION_FILE_NAME = 'session.json'
const FORMAT = 2

/** What a journal's folder says of its session: enough to decide again, the strategies' code included. */
export interface SessionFile {
  readonly format: number
  readonly configHash: string
  readonly strategies: readonly { readonly name: string; readonly path: string }[]
  readonly strategy: StrategyKernelConfig
}

/** Leaves the session's description beside the journal's segments. */
export function writeSessionFile(journalPath: string, session: Omit<SessionFile, 'format'>): void {
  const { configHash, strategies, strategy } = session
  writeFileSync(
    join(journalPath, SESSION_FILE_NAME),
    JSON.stringify({ format: FORMAT, configHash, strategies, strategy }, null, 1),
  )
}

/**
 * Reads the description of a journal's session.
 * @throws XkError when the folder is no journal of a session, or of another format
 */
export function readSessionFile(journalPath: string): SessionFile {
  const path = join(journalPath, SESSION_FILE_NAME)
  if (!existsSync(path)) {
    throw new XkError({
      code: 'session-file-missing',
      what: 'this folder holds no journal of a session: session.json is missing',
      where: journalPath,
      next: 'name the folder that xk replay printed as its journal',
      exitCode: ExitCode.Input,
    })
  }
  let session: SessionFile
  try {
    session = JSON.parse(readFileSync(path, 'utf8')) as SessionFile
  } catch (cause) {
    throw unreadable(path, 'it is not JSON', cause)
  }
  if (session.format !== FORMAT) throw unreadable(path, `its format is ${session.format}, this build reads ${FORMAT}`)
  return session
}

function unreadable(path: string, what: string, cause?: unknown): XkError {
  return new XkError({
    code: 'session-file-unreadable',
    what: `the description of the session cannot be used: ${what}`,
    where: path,
    next: 'the records are still readable: xk journal dump',
    exitCode: ExitCode.Journal,
    cause,
  })
}
