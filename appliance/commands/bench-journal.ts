import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { ExitCode } from '../../kernels/host/xk-error.ts'
import type { BesideYardstick, CommitRow, JournalBenchResult } from '../../storage/journal-bench/bench-journal.ts'
import { formatBytes, formatNs } from '../cli/format.ts'
import type { Frame } from '../cli/frame.ts'
import { runInThread } from '../work/run-in-thread.ts'

interface Options {
  readonly folder: string
  readonly megabytes: number
  readonly rounds: number
  readonly json?: boolean
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value
    throw new InvalidArgumentError(`from ${least} to ${most}.`)
  }
}

/** `xk bench journal`. */
export function addJournalBench(bench: Command, frame: Frame): void {
  frame
    .addCommand(bench, {
      name: 'journal',
      summary: 'appending, committing, recovering and verifying, beside the bare disk',
      description:
        'Writes a journal and the same bytes with nothing but write and fdatasync, in turns, and reads both back: rates, commit ' +
        'times, and the ratio of each to its yardstick in the same run. Needs twice --megabytes of free space.',
      examples: [
        ['bench journal', 'on the disk of the working folder'],
        ['bench journal --folder /mnt/fast --megabytes 2048', 'on another disk'],
      ],
    })
    .option('--folder <path>', 'folder on the disk to measure', '.xk')
    .option('--megabytes <n>', 'size of the journal', wholeNumber(8, 65_536), 512)
    .option('--rounds <n>', 'times that each is measured', wholeNumber(1, 100), 3)
    .action((options: Options) =>
      frame.run(options.json === true, async (context) => {
        mkdirSync(options.folder, { recursive: true })
        const folder = mkdtempSync(join(options.folder, 'bench-journal-'))
        try {
          const input = { folder, bytes: options.megabytes * 1048576, rounds: options.rounds }
          const result = await runInThread(context, 'benchJournal', input)
          context.printResult(result, () => render(result))
        } finally {
          rmSync(folder, { recursive: true, force: true })
        }
        return ExitCode.Ok
      }),
    )
}

function renderRate(name: string, figure: BesideYardstick, yardstick: string): string {
  const own = `${formatBytes(figure.journal)}/s`
  const bare = `${formatBytes(figure.yardstick)}/s`
  return `${name.padEnd(9)} ${own.padStart(12)}   ${yardstick} ${bare.padStart(12)}   ratio ${figure.ratio.toFixed(2)}`
}

function renderCommit(row: CommitRow): string {
  if (row.p50Ns === 0) return `${row.name.padEnd(32)} not on this file system`
  return `${row.name.padEnd(32)} p50 ${formatNs(row.p50Ns).padStart(8)}   p99 ${formatNs(row.p99Ns).padStart(8)}`
}

function render(result: JournalBenchResult): string[] {
  return [
    `Journal of ${formatBytes(result.bytes)}, median of ${result.rounds} rounds`,
    renderRate('append', result.append, 'write + fdatasync'),
    renderRate('recovery', result.recovery, 'read + CRC32C    '),
    renderRate('verify', result.verify, 'read + CRC32C    '),
    renderRate('  digests', result.verifyWithDigests, 'read + CRC32C    '),
    '',
    'A batch of 4 KiB, durable',
    ...result.commits.map(renderCommit),
    '',
    'Ways of making 4 KiB durable',
    ...result.ways.map(renderCommit),
  ]
}
