import { XkError } from '../../kernels/host/xk-error.ts'
import { CATALOGUE_TABLES, columnNames } from '../../storage/catalogue/schema.ts'
import { findNearestName } from '../cli/nearest-name.ts'

const TABLES = CATALOGUE_TABLES.map(({ name }) => name)
const COLUMNS = [...new Set(CATALOGUE_TABLES.flatMap(columnNames))]

/** Adds to what SQLite refused the name that was meant, where one is near; any other error is as it was. */
export function explainSqlError(error: XkError): XkError {
  if (error.code !== 'catalogue-sql') return error
  const [, kind, name] = /no such (table|column): (?:\w+\.)?(\w+)/.exec(error.what) ?? []
  if (name === undefined) return error
  const meant = findNearestName(name, kind === 'table' ? TABLES : COLUMNS)
  if (meant === undefined) return error
  const { code, what, where, next, exitCode } = error
  return new XkError({ code, what, where, next: `did you mean ${meant}? ${next}`, exitCode, cause: error })
}
