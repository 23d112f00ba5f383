import { statSync } from 'node:fs'
import { basename, extname } from 'node:path'
import type { TableFormat } from '../../storage/export/record-export.ts'
import { UsageError } from '../cli/errors.ts'

export type ConvertFormat = 'itch' | 'pcapng' | TableFormat

export const CONVERT_FORMATS: readonly ConvertFormat[] = ['itch', 'pcapng', 'csv', 'parquet', 'jsonl']

const BY_EXTENSION: Readonly<Record<string, ConvertFormat>> = {
  '.itch': 'itch',
  '.pcapng': 'pcapng',
  '.csv': 'csv',
  '.parquet': 'parquet',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
}

/** What is to be written, and where. */
export interface ConvertTarget {
  readonly format: ConvertFormat
  /** Without a slash at its end. */
  readonly path: string
  /** A folder of one table a record type, rather than a file. */
  readonly isFolder: boolean
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}

function chooseFormat(name: string, to: string | undefined, flag: string): ConvertFormat {
  const format = to ?? BY_EXTENSION[extname(name)]
  const next = `choose one with ${flag}: ${CONVERT_FORMATS.join(', ')}; a journal is what a run writes: xk replay`
  if (format === undefined) throw new UsageError(`${name}: its name does not tell the format`, next)
  const known = CONVERT_FORMATS.find((candidate) => candidate === format)
  if (known === undefined) throw new UsageError(`${flag} ${format}: there is no such format`, next)
  return known
}

/**
 * The target that a path and `--to` mean. Tables go into a folder where the path is one, ends in a slash or has no extension.
 * @throws UsageError
 */
export function chooseTarget(out: string, to: string | undefined, flag = '--to'): ConvertTarget {
  const path = out.replace(/(?!^)\/+$/, '')
  const name = basename(path).replace(/\.gz$/, '')
  const format = chooseFormat(name, to, flag)
  const isTable = format !== 'itch' && format !== 'pcapng'
  const isFolder = out.endsWith('/') || isDirectory(path) || (isTable && extname(basename(path)) === '')
  if (isFolder && !isTable) throw new UsageError(`${out}: ${format} is written to one file`, 'name the file')
  if (!isFolder && format === 'parquet' && path.endsWith('.gz')) {
    throw new UsageError(`${out}: Parquet is compressed within`, 'leave out .gz')
  }
  return { format, path, isFolder }
}
