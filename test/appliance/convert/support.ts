import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll } from 'vitest'
import { type ConvertRequest, type ConvertResult, convert } from '../../../appliance/convert/convert.ts'
import { chooseTarget } from '../../../appliance/convert/target.ts'
import { parseMoment } from '../../../feeds/book-view/moment.ts'

/** A folder that goes away with the test file. */
export function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'xk-convert-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

type ConvertOptions = Omit<Partial<ConvertRequest>, 'from' | 'to'> & {
  readonly format?: string
  readonly from?: string
  readonly to?: string
}

/** Converts as the command does. */
export function convertFile(input: string, out: string, options: ConvertOptions = {}): Promise<ConvertResult> {
  const { from, to, ...others } = options
  return convert({
    input,
    target: chooseTarget(out, options.format),
    timeZone: 'America/New_York',
    signal: new AbortController().signal,
    onProgress: () => {},
    ...others,
    from: from === undefined ? undefined : parseMoment('--from', from),
    to: to === undefined ? undefined : parseMoment('--to-time', to),
  })
}

/** What DuckDB answers: rows of values, all as text. */
export async function query(sql: string): Promise<string[][]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  try {
    const reader = await connection.runAndReadAll(sql)
    return reader.getRows().map((row) => row.map((value) => (value === null ? '' : String(value))))
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
