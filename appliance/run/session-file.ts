import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'
import type { StorageConfig } from '../../kernels/storage/storage-config.ts'
import type { StrategyKernelConfig } from '../../kernels/strategy/strategy-config.ts'
import type { SessionHeader } from '../../storage/catalogue/session-facts.ts'
import { replaceFile } from '../../storage/journal/durable-file.ts'
import { hashSession, SESSION_FILE_NAME } from '../../storage/journal/session-proof.ts'

const FORMAT = 2

/** What a journal's folder says of its session: enough to decide again, the strategies' code included. */
export interface SessionFile {
  readonly format: number
  readonly configHash: string
  readonly strategies: readonly { readonly name: string; readonly path: string }[]
  readonly strategy: StrategyKernelConfig
  /** Hashes of code, plugins and configuration, and the run's limits; sessions of older builds have none. */
  readonly header?: SessionHeader | undefined
}

/** Leaves the session's description beside the journal's segments, durable before the first of them. */
export function writeSessionFile(journalPath: string, session: Omit<SessionFile, 'format'>): void {
  replaceFile(join(journalPath, SESSION_FILE_NAME), JSON.stringify(describe(session), null, 1))
}

function describe({ configHash, header, strategies, strategy }: Omit<SessionFile, 'format'>): SessionFile {
  return { format: FORMAT, configHash, header, strategies, strategy }
}

/** The session with the hash of its description among what the storage kernel is told: the journal proves it then. */
export function withSessionHash<S extends Omit<SessionFile, 'format'> & { readonly storage: StorageConfig }>(
  session: S,
): S {
  const sessionHash = hashSession(JSON.stringify(describe(session))) ?? ''
  return { ...session, storage: { ...session.storage, sessionHash } }
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
  let session: SessionFile | null
  try {
    session = JSON.parse(readFileSync(path, 'utf8')) as SessionFile | null
  } catch (cause) {
    throw unreadable(path, 'it is not JSON', cause)
  }
  if (session?.format !== FORMAT) {
    throw unreadable(path, `its format is ${String(session?.format)}, this build reads ${FORMAT}`)
  }
  return session
}

/** The header of a journal's session; undefined where its folder tells none that can be read. */
export function findSessionHeader(journalPath: string): SessionHeader | undefined {
  try {
    const { header } = readSessionFile(journalPath)
    return isHeader(header) ? header : undefined
  } catch (error) {
    if (error instanceof XkError) return undefined
    throw error
  }
}

/** Whether it has what is read of it: the file lies open to all hands. */
function isHeader(header: SessionHeader | undefined): header is SessionHeader {
  if (typeof header !== 'object' || header === null) return false
  const { plugins, files, limits, kind, version, codeHash, configHash, date } = header
  if (!Array.isArray(plugins) || !Array.isArray(files) || typeof limits !== 'object' || limits === null) return false
  if (![kind, version, codeHash, configHash, date ?? ''].every((text) => typeof text === 'string')) return false
  return plugins.every((plugin) => {
    const texts = [plugin?.name, plugin?.path, plugin?.codeHash]
    return texts.every((text) => typeof text === 'string') && typeof plugin.params === 'object'
  })
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
