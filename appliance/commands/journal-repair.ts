import { randomBytes } from 'node:crypto'
import { copyFileSync, existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'
import { makeFolder } from '../../storage/journal/durable-file.ts'
import type { JournalFacts } from '../../storage/journal/facts.ts'
import { REPAIR_REPORT_NAME, type SalvageFacts } from '../../storage/journal/salvage.ts'
import { SESSION_FILE_NAME } from '../../storage/journal/session-proof.ts'
import { formatFacts, judge } from '../../storage/journal/verify.ts'
import { toJson } from '../cli/command-context.ts'
import { askConsent } from '../cli/consent.ts'
import { UsageError } from '../cli/errors.ts'
import { formatCount } from '../cli/format.ts'
import type { Frame } from '../cli/frame.ts'
import { runInThread } from '../work/run-in-thread.ts'
import { assertJournal } from './journal-folder.ts'

interface RepairOptions {
  readonly to: string
  readonly yes?: boolean
  readonly json?: boolean
}

/** `xk journal repair PATH --to NEW`. */
export function addRepair(journal: Command, frame: Frame): void {
  frame
    .addCommand(journal, {
      name: 'repair',
      summary: 'copy all that verifies of a damaged journal into a new one',
      description:
        'Copies every batch that verifies, those behind damage included, into a new journal, and leaves a report of what is ' +
        'missing there. The damaged journal is only read. Asks first, unless --yes is given.',
      examples: [['journal repair .xk/journal/main-1 --to salvaged', 'see what is lost, agree, and get the rest']],
    })
    .argument('<path>', 'folder of the journal')
    .requiredOption('--to <folder>', 'folder of the new journal, absent or empty')
    .option('--yes', 'do not ask')
    .action((path: string, options: RepairOptions) =>
      frame.run(options.json === true, async (context) => {
        assertJournal(path)
        assertEmpty(options.to)
        const facts = await runInThread(context, 'verifyJournal', { path, digests: false })
        refuseUnreadable(path, facts)
        if (judge(facts) !== 'damaged') {
          context.printResult({ verdict: judge(facts), salvaged: null }, () => [
            ...formatFacts(facts),
            'nothing to repair',
          ])
          return ExitCode.Ok
        }
        if (!context.isJson) context.printNote(formatFacts(facts).join('\n'))
        await askConsent(context, `Copy what verifies to ${options.to}?`, options.yes === true)
        makeFolder(options.to)
        const id = randomBytes(8)
        const salvaged = await runInThread(context, 'salvageJournal', {
          path,
          to: options.to,
          facts,
          id: [id.readUInt32LE(0), id.readUInt32LE(4)],
        })
        leaveReport(path, options.to, facts, salvaged)
        context.printResult({ verdict: 'damaged', salvaged, damage: facts.damage }, () => render(options.to, salvaged))
        return ExitCode.Ok
      }),
    )
}

/** Of a journal whose every header is another build's, or none, there is nothing that this build can vouch for. */
function refuseUnreadable(path: string, facts: JournalFacts): void {
  if (facts.segments.length > 0 || facts.damage.length === 0) return
  const isOther = judge(facts) === 'other-build'
  throw new XkError({
    code: isOther ? 'other-build' : 'nothing-to-salvage',
    what: isOther
      ? 'another build of xk wrote this journal'
      : 'no segment has a header that can be trusted: nothing can be salvaged',
    where: path,
    next: isOther ? 'repair it with that build' : 'keep the folder as it is; xk journal verify lists what is wrong',
    exitCode: ExitCode.Journal,
  })
}

function assertEmpty(folder: string): void {
  if (!existsSync(folder) || readdirSync(folder).length === 0) return
  throw new UsageError(`${folder} is not empty`, 'name a new folder')
}

function leaveReport(from: string, to: string, facts: JournalFacts, salvaged: SalvageFacts): void {
  writeFileSync(
    join(to, REPAIR_REPORT_NAME),
    `${toJson({ from, damage: facts.damage, tornTail: facts.tornTail, salvaged })}\n`,
  )
  const session = join(from, SESSION_FILE_NAME)
  if (existsSync(session)) copyFileSync(session, join(to, SESSION_FILE_NAME))
}

function render(to: string, salvaged: SalvageFacts): string[] {
  const { inboundRecords, outboundRecords, batches, batchesLeftOut } = salvaged
  return [
    `salvaged  ${formatCount(inboundRecords)} inbound and ${formatCount(outboundRecords)} outbound records, ` +
      `${formatCount(batches)} batches, to ${to}`,
    `left out  ${formatCount(batchesLeftOut)} sound batches that cannot be trusted or came twice`,
    `report    ${join(to, REPAIR_REPORT_NAME)}`,
  ]
}
