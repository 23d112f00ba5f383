import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'

/** The catalogue cannot be opened, written or asked. */
export class CatalogueError extends XkError {
  constructor(code: string, what: string, where: string, next: string, exitCode: ExitCode, cause?: unknown) {
    super({ code: `catalogue-${code}`, what, where, next, exitCode, cause })
  }
}

const REBUILD = 'build it again from the journals: xk journal reindex'

interface Known {
  readonly what: string
  readonly next: string
  readonly exitCode: ExitCode
}

/** What SQLite refuses, by its result code (sqlite.org/rescode.html). */
const KNOWN: Readonly<Record<string, Known>> = {
  SQLITE_NOTADB: { what: 'the catalogue is no SQLite file', next: REBUILD, exitCode: ExitCode.Input },
  SQLITE_CORRUPT: { what: 'the catalogue is damaged', next: REBUILD, exitCode: ExitCode.Input },
  SQLITE_BUSY: {
    what: 'another process writes the catalogue',
    next: 'wait until it is done, then try again',
    exitCode: ExitCode.Busy,
  },
  SQLITE_FULL: {
    what: 'no space left for the catalogue',
    next: 'free some, then: xk journal reindex',
    exitCode: ExitCode.Host,
  },
  SQLITE_READONLY: {
    what: 'the catalogue cannot be written',
    next: 'check the owner and mode of its file and folder',
    exitCode: ExitCode.Host,
  },
  SQLITE_CANTOPEN: {
    what: 'the catalogue cannot be opened',
    next: 'check the folder, or make one: xk journal reindex',
    exitCode: ExitCode.Input,
  },
}

/** SQLite's result code of a thrown value, such as SQLITE_BUSY without its extension; undefined for anything else. */
export function sqliteCodeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown) || typeof thrown.code !== 'string') return undefined
  return /^SQLITE_[A-Z]+/.exec(thrown.code)?.[0]
}

/** A failure of SQLite as a typed error; other things are as they were. */
export function toCatalogueError(thrown: unknown, path: string): unknown {
  const code = sqliteCodeOf(thrown)
  if (code === undefined) return thrown
  const known = KNOWN[code] ?? {
    what: `the catalogue failed: ${(thrown as Error).message}`,
    next: REBUILD,
    exitCode: ExitCode.Host,
  }
  const name = code.slice('SQLITE_'.length).toLowerCase()
  return new CatalogueError(name, known.what, path, known.next, known.exitCode, thrown)
}
