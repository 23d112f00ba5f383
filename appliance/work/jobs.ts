import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BookBenchResult, benchBook } from '../../feeds/book-bench/bench-book.ts'
import { readDecompressed } from '../../feeds/capture/packing.ts'
import { CaptureKind, RECOGNISE_BYTES, recogniseCapture } from '../../feeds/capture/recognise.ts'
import { benchFeed, type FeedBenchRow } from '../../feeds/feed-bench/bench-feed.ts'
import { type FuzzResult, runFuzz } from '../../feeds/fuzz/fuzz.ts'
import type { FuzzTarget } from '../../feeds/fuzz/target.ts'
import { listFuzzTargets } from '../../feeds/fuzz/targets.ts'
import { generateSession, type SessionFacts } from '../../feeds/generate/generate-session.ts'
import type { SessionOptions } from '../../feeds/generate/session-options.ts'
import { benchInspect, type InspectBenchResult } from '../../feeds/inspect/bench-inspect.ts'
import { RAW_ITCH50 } from '../../feeds/itch50/raw-protocol.ts'
import { benchMatching, type MatchBenchResult } from '../../feeds/match-bench/bench-matching.ts'
import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'
import type { JournalFacts } from '../../storage/journal/facts.ts'
import { FileStorage } from '../../storage/journal/file-storage.ts'
import { verifyStorage } from '../../storage/journal/verify.ts'
import { formatCount } from '../cli/format.ts'
import { createMemoryProbe } from './held-memory.ts'

/** Told a few times a second at most; throws when the work is to stop. */
export type ReportProgress = (fraction: number | undefined, note: string) => void

/** Work that keeps a thread busy for long: what goes in, what comes out. All of it is plain data. */
export interface Jobs {
  generate: { input: SessionOptions; output: SessionFacts }
  verifyJournal: { input: { readonly path: string }; output: JournalFacts }
  benchBook: { input: { readonly path: string; readonly rounds: number }; output: BookBenchResult }
  benchFeed: {
    input: { readonly paths: readonly string[]; readonly messages: number }
    output: readonly FeedBenchRow[]
  }
  benchInspect: { input: { readonly bytes: number; readonly rounds: number }; output: InspectBenchResult }
  benchMatch: { input: MatchBenchInput; output: MatchBenchResult }
  fuzz: { input: FuzzInput; output: readonly FuzzResult[] }
}

export interface MatchBenchInput {
  readonly restingOrders: number
  readonly ordersPerRound: number
  readonly rounds: number
}

export interface FuzzInput {
  readonly paths: readonly string[]
  /** Names of the targets; all where there are none. */
  readonly targets: readonly string[]
  readonly mutations: number
  readonly seed: number
  readonly from: number
}

export type JobName = keyof Jobs

type RunJob<K extends JobName> = (
  input: Jobs[K]['input'],
  report: ReportProgress,
) => Promise<Jobs[K]['output']> | Jobs[K]['output']

/** What the progress line calls them: the command. */
export const TITLES: { readonly [K in JobName]: string } = {
  generate: 'generate',
  verifyJournal: 'journal verify',
  benchBook: 'bench book',
  benchFeed: 'bench feed',
  benchInspect: 'bench inspect',
  benchMatch: 'bench match',
  fuzz: 'bench fuzz',
}

/** Jobs that remove what they have begun when they are stopped; they are waited for. */
export const CLEANS_UP: readonly JobName[] = ['generate', 'benchInspect']

/** How each is done. */
export const JOBS: { readonly [K in JobName]: RunJob<K> } = {
  generate: (options, report) =>
    generateSession({
      ...options,
      onProgress: ({ messages, messagesTarget }) =>
        report(messages / messagesTarget, `${formatCount(messages)} messages`),
    }),
  verifyJournal: ({ path }, report) => verifyStorage(new FileStorage(path), (fraction) => report(fraction, path)),
  benchBook: ({ path, rounds }, report) =>
    benchBook(readRawFile(path), {
      rounds,
      nowNs,
      onRound: (round) => report(round / rounds, `round ${round + 1} of ${rounds}`),
    }),
  benchFeed: ({ paths, messages }, onProgress) => benchFeed({ paths, messagesMin: messages, nowNs, onProgress }),
  benchInspect: ({ bytes, rounds }, onProgress) => {
    const path = join(tmpdir(), `xk-bench-inspect-${process.pid}.pcapng`)
    return benchInspect({ path, bytes, rounds, nowNs, onProgress })
  },
  benchMatch: (input, report) =>
    benchMatching({
      ...input,
      nowNs,
      cpuNs,
      onRound: (round) => report(round / input.rounds, `round ${round + 1} of ${input.rounds}`),
    }),
  fuzz: async ({ paths, targets: names, ...options }, onProgress) => {
    const targets = chooseTargets(listFuzzTargets(paths), names)
    const run = runFuzz({ ...options, targets, nowNs, memoryBytes: createMemoryProbe(), onProgress })
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
