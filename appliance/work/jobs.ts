import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BookBenchResult, benchBook } from '../../feeds/book-bench/bench-book.ts'
import { readDecompressed } from '../../feeds/capture/packing.ts'
import { CaptureKind, RECOGNISE_BYTES, recogniseCapture } from '../../feeds/capture/recognise.ts'
import { benchFeed, type FeedBenchRow } from '../../feeds/feed-bench/bench-feed.ts'
import { type FuzzResult, runFuzz } from '../../feeds/fuzz/fuzz.ts'
import type { FuzzTarget } from '../../feeds/fuzz/target.ts'
import { generateSession, type SessionFacts } from '../../feeds/generate/generate-session.ts'
import type { SessionOptions } from '../../feeds/generate/session-options.ts'
import { benchInspect, type InspectBenchResult } from '../../feeds/inspect/bench-inspect.ts'
import { RAW_ITCH50 } from '../../feeds/itch50/raw-protocol.ts'
import { benchMatching, type MatchBenchResult } from '../../feeds/match-bench/bench-matching.ts'
import { pinThread } from '../../kernels/host/cores.ts'
import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'
import { benchGate, type GateBenchResult } from '../../kernels/io/gate-bench/bench-gate.ts'
import { HostClock } from '../../kernels/loop/host-clock.ts'
import { REHEARSAL_LIMITS } from '../../kernels/rehearsal/rehearsal-limits.ts'
import { type CompressFacts, compressJournal } from '../../storage/journal/compress-segments.ts'
import type { JournalFacts } from '../../storage/journal/facts.ts'
import { FileStorage } from '../../storage/journal/file-storage.ts'
import { type SalvageFacts, salvage } from '../../storage/journal/salvage.ts'
import { readSealVerifier } from '../../storage/journal/seal-key.ts'
import { verifyStorage } from '../../storage/journal/verify.ts'
import {
  benchJournal,
  type JournalBenchOptions,
  type JournalBenchResult,
} from '../../storage/journal-bench/bench-journal.ts'
import { catalogueJournal, type ReindexResult, reindex } from '../catalogue/catalogue-journal.ts'
import { formatCount } from '../cli/format.ts'
import { type DiffOptions, type DiffResult, diffJournals } from '../diff/diff-journals.ts'
import { listAllFuzzTargets } from '../fuzz/targets.ts'
import { type JournalAtOptions, type JournalAtResult, journalAt } from '../journal-at/journal-at.ts'
import { exportJournal, type JournalExportOptions, type JournalExportResult } from '../journal-export/export-journal.ts'
import { type PruneInput, type PruneResult, pruneJournals } from '../retention/prune-journals.ts'
import { createMemoryReader } from './held-memory.ts'
import { runBounded } from './run-bounded.ts'

/** Told a few times a second at most; throws when the work is to stop. */
export type ReportProgress = (fraction: number | undefined, note: string) => void

/** Work that keeps a thread busy for long: what goes in, what comes out. All of it is plain data. */
export interface Jobs {
  generate: { input: SessionOptions; output: SessionFacts }
  verifyJournal: {
    input: { readonly path: string; readonly digests: boolean; readonly sealKey?: string }
    output: JournalFacts
  }
  compressJournal: { input: { readonly path: string }; output: CompressFacts }
  salvageJournal: { input: SalvageInput; output: SalvageFacts }
  diffJournals: { input: Omit<DiffOptions, 'onProgress'>; output: DiffResult }
  catalogueJournal: { input: { readonly path: string }; output: null }
  pruneJournals: { input: PruneInput; output: PruneResult }
  exportJournal: { input: JournalExportOptions; output: JournalExportResult }
  journalAt: { input: JournalAtOptions; output: JournalAtResult }
  reindex: { input: { readonly folder: string }; output: ReindexResult }
  benchBook: { input: OnCore & { readonly path: string; readonly rounds: number }; output: BookBenchResult }
  benchFeed: {
    input: { readonly paths: readonly string[]; readonly messages: number }
    output: readonly FeedBenchRow[]
  }
  benchJournal: {
    input: Pick<JournalBenchOptions, 'folder' | 'bytes' | 'rounds'>
    output: JournalBenchResult
  }
  benchInspect: { input: { readonly bytes: number; readonly rounds: number }; output: InspectBenchResult }
  benchGate: { input: OnCore & { readonly orders: number; readonly instruments: number }; output: GateBenchResult }
  benchMatch: { input: MatchBenchInput; output: MatchBenchResult }
  fuzz: { input: FuzzInput; output: readonly FuzzResult[] }
}

/** The core that the job's thread keeps to. */
export interface OnCore {
  readonly core: number
}

export interface MatchBenchInput extends OnCore {
  readonly restingOrders: number
  readonly ordersPerRound: number
  readonly rounds: number
}

export interface SalvageInput {
  readonly path: string
  /** Folder of the new journal, which exists and is empty. */
  readonly to: string
  readonly facts: JournalFacts
  readonly id: readonly [number, number]
}

export interface FuzzInput {
  readonly paths: readonly string[]
  /** Names of the targets; all where there are none. */
  readonly targets: readonly string[]
  readonly mutations: number
  readonly seed: number
  readonly from: number
}

/** An epoch takes some milliseconds, of the slowest target a second: what has not come back after this will not. */
const FUZZ_EPOCH_TIMEOUT_MS = 120_000

export type JobName = keyof Jobs

type RunJob<K extends JobName> = (
  input: Jobs[K]['input'],
  report: ReportProgress,
) => Promise<Jobs[K]['output']> | Jobs[K]['output']

/** What the progress line calls them: the command. */
export const TITLES: { readonly [K in JobName]: string } = {
  generate: 'generate',
  verifyJournal: 'journal verify',
  compressJournal: 'journal compress',
  salvageJournal: 'journal repair',
  diffJournals: 'diff',
  catalogueJournal: 'catalogue',
  pruneJournals: 'journal prune',
  exportJournal: 'journal export',
  journalAt: 'journal at',
  reindex: 'journal reindex',
  benchBook: 'bench book',
  benchFeed: 'bench feed',
  benchInspect: 'bench inspect',
  benchJournal: 'bench journal',
  benchGate: 'bench gate',
  benchMatch: 'bench match',
  fuzz: 'bench fuzz',
}

/** Jobs that remove what they have begun when they are stopped; they are waited for. */
export const CLEANS_UP: readonly JobName[] = [
  'generate',
  'benchInspect',
  'reindex',
  'catalogueJournal',
  'pruneJournals',
  'exportJournal',
]

/** How each is done. */
export const JOBS: { readonly [K in JobName]: RunJob<K> } = {
  generate: (options, report) =>
    generateSession({
      ...options,
      onProgress: ({ messages, messagesTarget }) =>
        report(messages / messagesTarget, `${formatCount(messages)} messages`),
    }),
  verifyJournal: ({ path, sealKey, digests }, report) =>
    verifyStorage(new FileStorage(path), {
      digests,
      onProgress: (fraction) => report(fraction, path),
      ...(sealKey !== undefined && { sealKey: readSealVerifier(sealKey) }),
    }),
  compressJournal: ({ path }, report) => compressJournal(path, (fraction) => report(fraction, path)),
  salvageJournal: ({ path, to, facts, id }, report) =>
    salvage(new FileStorage(path), facts, new FileStorage(to), id, (fraction) => report(fraction, path)),
  diffJournals: (input, report) =>
    diffJournals({ ...input, onProgress: (fraction) => report(fraction, 'records compared') }),
  catalogueJournal: ({ path }, report) => {
    catalogueJournal(path, (fraction) => report(fraction, ''))
    return null
  },
  pruneJournals,
  exportJournal: (options, report) => exportJournal(options, (fraction) => report(fraction, options.out)),
  journalAt: (options, report) => journalAt(options, (fraction) => report(fraction, '')),
  reindex: ({ folder }, report) => reindex(folder, report),
  benchBook: ({ path, rounds, core }, report) => {
    pinThread([core])
    return benchBook(readRawFile(path), {
      rounds,
      nowNs,
      onRound: (round) => report(round / rounds, `round ${round + 1} of ${rounds}`),
    })
  },
  benchFeed: ({ paths, messages }, onProgress) => benchFeed({ paths, messagesMin: messages, nowNs, onProgress }),
  benchJournal: (input, onProgress) => benchJournal({ ...input, nowNs, onProgress }),
  benchInspect: ({ bytes, rounds }, onProgress) => {
    const path = join(tmpdir(), `xk-bench-inspect-${process.pid}.pcapng`)
    return benchInspect({ path, bytes, rounds, nowNs, onProgress })
  },
  benchGate: ({ core, ...input }, onProgress) => {
    pinThread([core])
    return benchGate({
      ...input,
      limits: { ...REHEARSAL_LIMITS, openOrdersMax: 10_000, longPositionMax: 1e6, shortPositionMax: 1e6 },
      clock: new HostClock(),
      seed: 1,
      onProgress: (fraction) => onProgress(fraction, `${formatCount(input.orders)} orders`),
    })
  },
  benchMatch: ({ core, ...input }, report) => {
    pinThread([core])
    return benchMatching({
      ...input,
      nowNs,
      cpuNs,
      onRound: (round) => report(round / input.rounds, `round ${round + 1} of ${input.rounds}`),
    })
  },
  fuzz: async ({ paths, targets: names, ...options }, onProgress) => {
    const targets = chooseTargets(listAllFuzzTargets(paths), names)
    // zlib's errors are half of its cost otherwise; a fault is told without the stack.
    Error.stackTraceLimit = 0
    const run = runFuzz({
      ...options,
      targets,
      nowNs,
      readMemory: createMemoryReader(),
      runBounded: (epoch) => runBounded(epoch, FUZZ_EPOCH_TIMEOUT_MS),
      onProgress,
    })
    for (;;) {
      const step = run.next()
      if (step.done === true) return step.value
      await new Promise((resolve) => setImmediate(resolve))
    }
  },
}

function nowNs(): number {
  return Number(process.hrtime.bigint())
}

/** Time that the process was given, which on a busy machine is less than what went by. */
function cpuNs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) * 1000
}

function chooseTargets(all: readonly FuzzTarget[], names: readonly string[]): readonly FuzzTarget[] {
  const known = all.map(({ name }) => name)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown === undefined) return names.length === 0 ? all : all.filter(({ name }) => names.includes(name))
  throw new XkError({
    code: 'usage',
    what: `"${unknown}" is no target`,
    where: '--target',
    next: `one of ${known.join(', ')}`,
    exitCode: ExitCode.Usage,
  })
}

/** The benches run over memory: the whole file, decompressed. */
function readRawFile(path: string): Uint8Array {
  const bytes = readDecompressed(path)
  const recognised = recogniseCapture(bytes.subarray(0, RECOGNISE_BYTES))
  if (recognised.kind === CaptureKind.Messages && recognised.protocol === RAW_ITCH50) return bytes
  throw new XkError({
    code: 'bench-input',
    what: 'not a raw ITCH file',
    where: path,
    next: 'make one: xk generate --raw FILE',
    exitCode: ExitCode.Input,
  })
}
