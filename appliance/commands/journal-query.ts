import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { ExitCode } from '../../kernels/host/xk-error.ts'
import { CatalogueError } from '../../storage/catalogue/catalogue-error.ts'
import { CATALOGUE_TABLES, columnNames } from '../../storage/catalogue/schema.ts'
import { CATALOGUE_NAME } from '../catalogue/catalogue-place.ts'
import { runQuery } from '../catalogue/run-query.ts'
import type { CommandContext } from '../cli/command-context.ts'
import { UsageError } from '../cli/errors.ts'
import { formatCount } from '../cli/format.ts'
import type { Frame } from '../cli/frame.ts'
import { LINE_COLUMNS_MAX, wrapItems, wrapText } from '../cli/table.ts'
import { runInThread } from '../work/run-in-thread.ts'

interface QueryOptions {
  readonly journals: string
  readonly csv?: boolean
  readonly json?: boolean
}

/** Where journals lie unless the configuration says otherwise. */
export const JOURNALS_DEFAULT = '.xk/journal'

/** `xk journal reindex`. */
export function addReindex(journal: Command, frame: Frame): void {
  frame
    .addCommand(journal, {
      name: 'reindex',
      summary: 'build the catalogue anew from the journals',
      description:
        'Reads every journal of a folder and builds its catalogue (catalogue.sqlite) anew. It holds what the runs ' +
        'themselves have entered: all of it can be had again. Readers see the old catalogue until the new one is whole. ' +
        'Exit code 8 when a journal could not be read.',
      examples: [
        ['journal reindex', `the journals in ${JOURNALS_DEFAULT}`],
        ['journal reindex archive/2025-01', 'those of another folder'],
      ],
    })
    .argument('[folder]', 'folder that holds the journals', JOURNALS_DEFAULT)
    .action((folder: string, options: { json?: boolean }) =>
      frame.run(options.json === true, async (context) => {
        if (!existsSync(folder)) throw noJournals(folder)
        const result = await runInThread(context, 'reindex', { folder: resolve(folder) })
        context.printResult(result, () => [
          `${result.path}: ${formatCount(result.sessions.length)} ${result.sessions.length === 1 ? 'session' : 'sessions'}`,
          ...wrapItems(result.sessions, LINE_COLUMNS_MAX, '  ', '  ').filter((line) => line !== ''),
          ...result.failures.flatMap(({ session, what }) =>
            wrapText(`${session} is not in it: ${what}`, LINE_COLUMNS_MAX, '  - ', '    ').map(context.paint.yellow),
          ),
        ])
        return result.failures.length > 0 ? ExitCode.Journal : ExitCode.Ok
      }),
    )
}

/** `xk journal query "SQL"`. */
export function addQuery(journal: Command, frame: Frame): void {
  frame
    .addCommand(journal, {
      name: 'query',
      summary: 'ask the catalogue in SQL',
      description:
        'Asks the catalogue of a folder of journals: sessions, orders with their whole life, fills, positions and profit, ' +
        'rejects, commands, gaps of the feed. The connection only reads. Without SQL it lists the tables. Times are ns ' +
        'since 1970, prices and money decimals.',
      examples: [
        ['journal query', 'the tables and their columns'],
        [
          'journal query "SELECT session, orders, fills, pnl_realised FROM sessions"',
          'the sessions, what they did and earned',
        ],
        [
          'journal query "SELECT symbol, sum(quantity) FROM fills GROUP BY symbol ORDER BY 2 DESC" --csv',
          'the symbols traded most, as CSV',
        ],
      ],
    })
    .argument('[sql]', 'one statement that gives rows, in quotes')
    .option('--journals <folder>', 'folder that holds the journals and their catalogue', JOURNALS_DEFAULT)
    .option('--csv', 'comma-separated values')
    .action((sql: string | undefined, options: QueryOptions) =>
      frame.run(options.json === true, async (context) => {
        if (options.csv === true && options.json === true) throw new UsageError('--csv and --json: choose one')
        if (sql === undefined) {
          printTables(context)
          return
        }
        const path = join(options.journals, CATALOGUE_NAME)
        if (!existsSync(path)) throw noCatalogue(path, options.journals)
        const format = options.json === true ? 'json' : options.csv === true ? 'csv' : 'table'
        await runQuery(context, { path, sql, format })
      }),
    )
}

function printTables(context: CommandContext): void {
  const tables = CATALOGUE_TABLES.map((table) => ({
    table: table.name,
    about: table.about,
    columns: columnNames(table),
  }))
  context.printResult({ tables }, () =>
    tables.flatMap(({ table, about, columns }) => [
      `${context.paint.bold(table)}: ${about}`,
      ...wrapItems(columns, LINE_COLUMNS_MAX, '  ', '  '),
    ]),
  )
}

function noJournals(folder: string): CatalogueError {
  const next = 'name the folder that holds the journals'
  return new CatalogueError('no-journals', 'there is no such folder', folder, next, ExitCode.Input)
}

function noCatalogue(path: string, folder: string): CatalogueError {
  const next = existsSync(folder)
    ? `build it: xk journal reindex ${folder}`
    : 'name the folder that holds the journals: --journals FOLDER'
  return new CatalogueError('missing', 'there is no catalogue', path, next, ExitCode.Input)
}
