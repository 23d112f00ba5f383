import { writeSync } from 'node:fs'
import { CatalogueQuery } from '../../storage/catalogue/query.ts'
import { errorFacts, toXkError } from '../cli/errors.ts'
import { explainSqlError } from './explain-sql.ts'
import { type RowFormat, renderRows } from './print-rows.ts'

/*
 * Asks a catalogue and prints the rows: a process of its own, because SQLite cannot be interrupted from JavaScript and a query may
 * take as long as its author likes. Killing it is safe: it only reads. Argument: the order as JSON. An error goes to the parent.
 */

export interface QueryOrder {
  readonly path: string
  readonly sql: string
  readonly format: RowFormat
}

/** Bytes gathered before one write. */
const GATHERED_CHARS = 1 << 16
const STDOUT = 1

/** Writes all of it, also to a pipe whose reader is slow. */
function print(text: string): void {
  const bytes = Buffer.from(text, 'utf8')
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(STDOUT, bytes, at)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      // A reader that has seen enough, such as head(1), is no error of ours.
      if (code === 'EPIPE') process.exit(0)
      if (code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    }
  }
}

try {
  const { path, sql, format } = JSON.parse(process.argv[2]!) as QueryOrder
  const query = new CatalogueQuery(path, sql)
  let gathered = ''
  for (const piece of renderRows(query.columns, query.rows(), format)) {
    gathered += piece
    if (gathered.length < GATHERED_CHARS) continue
    print(gathered)
    gathered = ''
  }
  print(gathered)
  query.close()
} catch (error) {
  process.send!(errorFacts(explainSqlError(toXkError(error))))
}
process.disconnect()
