import { generateSession, type SessionFacts } from '../../feeds/generate/generate-session.ts'
import type { SessionOptions } from '../../feeds/generate/session-options.ts'
import { formatCount } from '../cli/format.ts'

/** Told a few times a second at most; throws when the work is to stop. */
export type ReportProgress = (fraction: number | undefined, note: string) => void

/** Work that keeps a thread busy for long: what goes in, what comes out. All of it is plain data. */
export interface Jobs {
  generate: { input: SessionOptions; output: SessionFacts }
}

export type JobName = keyof Jobs

type RunJob<K extends JobName> = (
  input: Jobs[K]['input'],
  report: ReportProgress,
) => Promise<Jobs[K]['output']> | Jobs[K]['output']

/** How each is done. */
export const JOBS: { readonly [K in JobName]: RunJob<K> } = {
  generate: (options, report) =>
    generateSession({
      ...options,
      onProgress: ({ messages, messagesTarget }) =>
        report(messages / messagesTarget, `${formatCount(messages)} messages`),
    }),
}
