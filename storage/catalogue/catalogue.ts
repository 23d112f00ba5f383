import { mkdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { ExitCode } from '../../kernels/host/xk-error.ts'
import { CatalogueError, sqliteCodeOf, toCatalogueError } from './catalogue-error.ts'
import {
  CATALOGUE_APPLICATION_ID,
  CATALOGUE_SCHEMA_VERSION,
  CATALOGUE_TABLES,
  columnNames,
  createStatement,
  type TableName,
} from './schema.ts'

/** How long a writer waits for another one: a long day takes some seconds to index. */
const BUSY_TIMEOUT_MS = 60_000
/** Beside the file: SQLite's write-ahead log and the index of it (sqlite.org/wal.html). */
const COMPANIONS = ['', '-wal', '-shm']

export type SqlValue = string | number | bigint | null

/** Takes the rows of one session; the values of a row stand in the order of the table's columns, without `session`. */
export interface SessionRows {
  insert(table: TableName, ...values: SqlValue[]): void
}

/**
 * The catalogue of a folder of journals: a SQLite file in WAL mode, so that readers never wait for the writer. Each session is
 * written in one transaction: it is there as a whole or not at all.
 */
export class Catalogue {
  readonly path: string
  readonly #database: Database.Database

  private constructor(path: string, database: Database.Database) {
    this.path = path
    this.#database = database
  }

  /**
   * Opens the catalogue at a path for writing and makes it where there is none. One of another version, or that is no SQLite
   * file, is emptied: its contents can be had again from the journals.
   * @throws CatalogueError
   */
  static open(path: string): Catalogue {
    mkdirSync(dirname(path), { recursive: true })
    try {
      return new Catalogue(path, openDatabase(path))
    } catch (error) {
      const code = sqliteCodeOf(error)
      if (code !== 'SQLITE_NOTADB' && code !== 'SQLITE_CORRUPT') throw toCatalogueError(error, path)
    }
    for (const companion of COMPANIONS) rmSync(`${path}${companion}`, { force: true })
    try {
      return new Catalogue(path, openDatabase(path))
    } catch (error) {
      throw toCatalogueError(error, path)
    }
  }

  /** Sessions in the catalogue, by name. */
  sessions(): string[] {
    return this.#database.prepare('SELECT session FROM sessions ORDER BY session').pluck().all() as string[]
  }

  /**
   * Puts a session in place of what the catalogue has of it.
   * @param write gives its rows; when it throws, the catalogue stays as it was
   * @throws CatalogueError, what `write` throws
   */
  putSession(session: string, write: (rows: SessionRows) => void): void {
    this.#change(() => {
      this.#forget(session)
      write(this.#rowsOf(session))
    })
  }

  /** Takes sessions out, all in one transaction; those that it does not have are no error. @throws CatalogueError */
  forgetSessions(sessions: readonly string[]): void {
    this.#change(() => {
      for (const session of sessions) this.#forget(session)
    })
  }

  #forget(session: string): void {
    for (const { name } of CATALOGUE_TABLES) {
      this.#database.prepare(`DELETE FROM ${name} WHERE session = ?`).run(session)
    }
  }

  /**
   * Empties the catalogue and fills it anew, all in one transaction: readers see the old one until the new one is whole.
   * @param fill is given a function that puts one session; what that throws undoes the rows of the session alone
   * @throws CatalogueError, what `fill` throws
   */
  rebuild(fill: (put: (session: string, write: (rows: SessionRows) => void) => void) => void): void {
    this.#change(() => {
      makeTables(this.#database)
      fill((session, write) => this.#database.transaction(() => write(this.#rowsOf(session)))())
    })
  }

  /** Writes what the log still holds into the file and closes it. */
  close(): void {
    this.#database.pragma('wal_checkpoint(TRUNCATE)')
    this.#database.close()
  }

  #change(body: () => void): void {
    try {
      this.#database.transaction(body).immediate()
    } catch (error) {
      throw toCatalogueError(error, this.path)
    }
  }

  #rowsOf(session: string): SessionRows {
    const inserts = new Map<string, (values: SqlValue[]) => void>()
    for (const table of CATALOGUE_TABLES) {
      const names = columnNames(table)
      const places = names.map(() => '?').join(', ')
      const statement = this.#database.prepare(`INSERT INTO ${table.name} (${names.join(', ')}) VALUES (${places})`)
      const isWhole = table.columns.map((column) => / INTEGER\??$/.test(column))
      inserts.set(table.name, (values) => {
        for (let i = 0; i < values.length; i++) values[i] = fitValue(values[i]!, isWhole[i]!)
        statement.run(session, ...values)
      })
    }
    return { insert: (table, ...values) => inserts.get(table)!(values) }
  }
}

/** What a column can hold of a value, whatever a record says: SQLite has no NaN, and its integers have 64 bits with a sign. */
function fitValue(value: SqlValue, isWhole: boolean): SqlValue {
  if (typeof value === 'bigint') return BigInt.asIntN(64, value)
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  if (Number.isNaN(value)) return 0
  if (!isWhole) return value
  return Number.isFinite(value) ? BigInt.asIntN(64, BigInt(Math.trunc(value))) : 0
}

function openDatabase(path: string): Database.Database {
  const database = new Database(path, { timeout: BUSY_TIMEOUT_MS })
  try {
    assertOurs(database, path)
    database.pragma('journal_mode = WAL')
    // What a power cut takes can be had again from the journals: the file stays sound, the last sessions may be missing.
    database.pragma('synchronous = NORMAL')
    const makeIfOther = database.transaction(() => {
      if (database.pragma('user_version', { simple: true }) !== CATALOGUE_SCHEMA_VERSION) makeTables(database)
    })
    makeIfOther.immediate()
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Refuses to empty a database that is someone else's. */
function assertOurs(database: Database.Database, path: string): void {
  const tables = database.prepare('SELECT count(*) FROM sqlite_master').pluck().get() as number
  if (tables === 0 || database.pragma('application_id', { simple: true }) === CATALOGUE_APPLICATION_ID) return
  const what = 'the file is a SQLite database, but no catalogue'
  throw new CatalogueError('foreign', what, path, 'move it away', ExitCode.Input)
}

function makeTables(database: Database.Database): void {
  const old = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all() as string[]
  for (const name of old) database.exec(`DROP TABLE "${name.replaceAll('"', '""')}"`)
  for (const table of CATALOGUE_TABLES) database.exec(createStatement(table))
  database.pragma(`application_id = ${CATALOGUE_APPLICATION_ID}`)
  database.pragma(`user_version = ${CATALOGUE_SCHEMA_VERSION}`)
}
