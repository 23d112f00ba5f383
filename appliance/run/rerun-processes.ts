import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import type { RerunConfig } from '../../kernels/io/rerun-kernel.ts'
import { StoragePosition } from '../../kernels/loop/storage-positions.ts'
import type { StorageConfig } from '../../kernels/storage/storage-config.ts'
import { FileStorage } from '../../storage/journal/file-storage.ts'
import { JournalStream } from '../../storage/journal/layout.ts'
import { JournalReader } from '../../storage/journal/reader.ts'
import { catalogueRun } from '../catalogue/catalogue-run.ts'
import type { KernelsRun } from './kernels-run.ts'
import { OutboundComparison } from './outbound-comparison.ts'
import { runProcesses } from './process-run.ts'
import type { RerunDecisions, RerunPlan } from './rerun-plan.ts'
import { createJournalFolder } from './run-folders.ts'
import { readProgress } from './run-progress.ts'
import { withSessionHash, writeSessionFile } from './session-file.ts'
import type { RerunKernelResult, RerunRequest } from './types.ts'

/**
 * Three processes: one publishes the journal's inbound records in the I/O kernel's place, the strategy kernel decides, the
 * storage kernel writes a journal of its own, with which the given one is compared. It is kept when they differ.
 * @throws XkError when a kernel was lost, or the signal's reason
 */
export async function rerunProcesses(plan: RerunPlan, request: RerunRequest): Promise<RerunDecisions> {
  const { journalPath, config, signal } = request
  const ownPath = createJournalFolder(config.journal.folder, `${config.instance}-rerun`)
  const { strategies, configHash } = plan
  const strategy = { ...plan.strategy, journalPath: ownPath, stepBudget: config.step.strategyBatch }
  const session = withSessionHash({
    ioScript: 'rerun.process.js' as const,
    io: { journalPath, stepBudget: config.step.inboundBatch } satisfies RerunConfig,
    strategy,
    storage: planStorage(request, ownPath, configHash),
    strategies,
    configHash,
    header: plan.header,
    rehearses: false,
    // Nobody waits for a rerun to go on.
    hasStandby: false,
  })
  writeSessionFile(ownPath, session)
  const warnings: string[] = [...request.plan.warnings]
  let isKept = false
  try {
    const run = await runProcesses(session, {
      config,
      plan: request.plan,
      signal,
      onWarning: (line) => {
        warnings.push(line)
        request.onWarning(line)
      },
      onTick: (regions) => request.onProgress(readProgress(regions)),
    })
    if (run.failure !== undefined) throw run.failure
    signal.throwIfAborted()
    const comparison = compareJournals(journalPath, ownPath)
    isKept = comparison.firstDifference !== null
    if (isKept) await catalogueRun(ownPath, request)
    const records = run.regions.storage.viewDoubles('positions')[StoragePosition.CapturedInbound]!
    const inbound = { records, digest: run.storage?.inboundDigest ?? '' }
    return { comparison, inbound, ownJournal: isKept ? ownPath : null, kernels: listKernels(run), warnings }
  } finally {
    if (!isKept) rmSync(ownPath, { recursive: true, force: true })
  }
}

function listKernels({ seats }: KernelsRun): RerunKernelResult[] {
  return (['io', 'strategy', 'storage'] as const).map((name) => {
    const { pid, core, restarts, ending } = seats[name]
    return { name, pid, core, restarts, ending }
  })
}

function planStorage({ config }: RerunRequest, journalPath: string, configHash: string): StorageConfig {
  return {
    journalPath,
    journalId: randomBytes(8).toString('hex'),
    segmentBytes: config.journal.segmentBytes,
    // What a rerun writes can be had again.
    durability: 'async',
    groupDelayUs: config.journal.groupDelayUs,
    sealKey: '',
    compresses: false,
    stepBudget: config.step.storageBatch,
    configHash,
    sessionHash: '',
    label: config.instance,
  }
}

function compareJournals(journalPath: string, ownPath: string): OutboundComparison {
  const comparison = new OutboundComparison(journalPath)
  const reader = new JournalReader(new FileStorage(ownPath), { stream: JournalStream.Outbound })
  for (let at = reader.next(); at >= 0; at = reader.next()) comparison.note(reader.views, at)
  reader.close()
  comparison.finish()
  return comparison
}
