import { resolve } from 'node:path'
import type { Command } from 'commander'
import { parseMoment } from '../../feeds/book-view/moment.ts'
import { UsageError } from '../cli/errors.ts'
import type { Frame } from '../cli/frame.ts'
import { renderJournalAt } from '../report/journal-at-report.ts'
import { runInThread } from '../work/run-in-thread.ts'
import { assertJournal } from './journal-folder.ts'

interface AtOptions {
  readonly book?: string
  readonly orders?: boolean
  readonly positions?: boolean
  readonly depth?: number
  readonly json?: boolean
}

/** Levels a side that people are shown unless they ask; machines get all. */
const DEPTH_DEFAULT = 10

/** `xk journal at TIME JOURNAL`. */
export function addAt(journal: Command, frame: Frame): void {
  frame
    .addCommand(journal, {
      name: 'at',
      summary: 'the books, orders and positions of a session at a moment',
      description:
        'Shows a session as its strategies knew it at a moment: what the inbound records up to that time had told them, and ' +
        'what they had decided on it. Orders and positions unless something is asked for.',
      examples: [
        ['journal at 09:31 .xk/journal/main-1', 'live orders and positions a minute after the open'],
        ['journal at 09:31:00.5 .xk/journal/main-1 --book AAPL --orders', 'the book beside the own orders'],
        ['journal at 2025-01-15T09:31:00-05:00 .xk/journal/main-1 --positions --json', 'for a script'],
      ],
    })
    .argument('<time>', "09:30:00.5 by the exchange's clock, an ISO date and time with zone, or ns since 1970")
    .argument('<path>', 'folder of the journal')
    .option('--book <symbol>', 'the order book of a symbol')
    .option('--orders', 'own orders that are alive')
    .option('--positions', 'positions, and profit by average cost')
    .option('--depth <n>', `levels a side; ${DEPTH_DEFAULT} if not given, all with --json`, parseDepth)
    .action((time: string, path: string, options: AtOptions) =>
      frame.run(options.json === true, async (context) => {
        assertJournal(path)
        const isOpen = options.book === undefined && options.orders !== true && options.positions !== true
        const depth = options.depth ?? (context.isJson ? Number.MAX_SAFE_INTEGER : DEPTH_DEFAULT)
        const result = await runInThread(context, 'journalAt', {
          path: resolve(path),
          moment: parseMoment('TIME', time),
          depth,
          book: options.book,
          orders: isOpen || options.orders === true,
          positions: isOpen || options.positions === true,
        })
        context.printResult(result, () => renderJournalAt(result, context.paint))
      }),
    )
}

function parseDepth(text: string): number {
  const depth = Number(text)
  if (Number.isInteger(depth) && depth >= 1) return depth
  throw new UsageError(`"${text}" is no number of levels`, 'write a whole number from 1, such as --depth 20')
}
