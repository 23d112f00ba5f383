import { type BookBenchResult, benchBook } from '../../feeds/book-bench/bench-book.ts'
import { readDecompressed } from '../../feeds/capture/packing.ts'
import { CaptureKind, RECOGNISE_BYTES, recogniseCapture } from '../../feeds/capture/recognise.ts'
import { generateSession, type SessionFacts } from '../../feeds/generate/generate-session.ts'
import type { SessionOptions } from '../../feeds/generate/session-options.ts'
import { RAW_ITCH50 } from '../../feeds/itch50/raw-protocol.ts'
import { ExitCode, XkError } from '../../kernels/host/xk-error.ts'
import { formatCount } from '../cli/format.ts'

/** Told a few times a second at most; throws when the work is to stop. */
export type ReportProgress = (fraction: number | undefined, note: string) => void

/** Work that keeps a thread busy for long: what goes in, what comes out. All of it is plain data. */
export interface Jobs {
  generate: { input: SessionOptions; output: SessionFacts }
  benchBook: { input: { readonly path: string; readonly rounds: number }; output: BookBenchResult }
}

export type JobName = keyof Jobs

type RunJob<K extends JobName> = (
  input: Jobs[K]['input'],
  report: ReportProgress,
) => Promise<Jobs[K]['output']> | Jobs[K]['output']

/** Jobs that remove what they have begun when they are stopped; they are waited for. */
export const CLEANS_UP: readonly JobName[] = ['generate']

/** How each is done. */
export const JOBS: { readonly [K in JobName]: RunJob<K> } = {
  generate: (options, report) =>
    generateSession({
      ...options,
      onProgress: ({ messages, messagesTarget }) =>
        report(messages / messagesTarget, `${formatCount(messages)} messages`),
    }),
  benchBook: ({ path, rounds }) =>
    benchBook(readRawFile(path), { rounds, nowNs: () => Number(process.hrtime.bigint()) }),
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
