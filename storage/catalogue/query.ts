import Database from 'better-sqlite3'
import { ExitCode } from '../../kernels/host/xk-error.ts'
import type { SqlValue } from './catalogue.ts'
import { CatalogueError, sqliteCodeOf, toCatalogueError } from './catalogue-error.ts'
import { CATALOGUE_SCHEMA_VERSION } from './schema.ts'

/** How long a reader waits, which in WAL mode it does only while a catalogue is being made. */
const BUSY_TIMEOUT_MS = 5_000

/** One query on a catalogue, over a connection that cannot write. */
export class CatalogueQuery {
  readonly columns: readonly string[]
  readonly #path: string
  readonly #database: Database.Database
  readonly #statement: Database.Statement

  /**
   * @param sql one statement that gives rows
   * @throws CatalogueError for a file that is no catalogue, and for SQL that is refused
   */
  constructor(path: string, sql: string) {
    this.#path = path
    try {
      this.#database = new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS })
    } catch (error) {
      throw toCatalogueError(error, path)
    }
    try {
      this.#assertVersion()
      this.#statement = this.#prepare(sql)
      this.columns = this.#statement.columns().map(({ name }) => name)
    } catch (error) {
      this.#database.close()
      throw toCatalogueError(error, path)
    }
  }

  /** The rows, each in the order of `columns`; whole numbers as bigint. @throws CatalogueError */
  *rows(): Generator<readonly (SqlValue | Buffer)[]> {
    try {
      yield* this.#statement.iterate() as IterableIterator<(SqlValue | Buffer)[]>
    } catch (error) {
      throw sqliteCodeOf(error) === 'SQLITE_ERROR'
        ? refuse((error as Error).message)
        : toCatalogueError(error, this.#path)
    }
  }

  close(): void {
    this.#database.close()
  }

  #assertVersion(): void {
    const version = this.#database.pragma('user_version', { simple: true })
    if (version === CATALOGUE_SCHEMA_VERSION) return
    const what = `the catalogue is of version ${String(version)}, this build reads ${CATALOGUE_SCHEMA_VERSION}`
    throw new CatalogueError('version', what, this.#path, 'build it again: xk journal reindex', ExitCode.Input)
  }

  #prepare(sql: string): Database.Statement {
    let statement: Database.Statement
    try {
      statement = this.#database.prepare(sql)
    } catch (error) {
      if (error instanceof RangeError) throw refuse(error.message.replace(/^The supplied SQL string /, 'the text '))
      if (sqliteCodeOf(error) === 'SQLITE_ERROR') throw refuse((error as Error).message)
      throw error
    }
    if (!statement.reader || !statement.readonly) throw refuse('the statement is no query: the catalogue is only read')
    return statement.raw(true).safeIntegers(true)
  }
}

function refuse(what: string): CatalogueError {
  const next = 'xk journal query without SQL lists tables and columns'
  return new CatalogueError('sql', what, 'the SQL given', next, ExitCode.Usage)
}
