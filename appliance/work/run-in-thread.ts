import { Worker } from 'node:worker_threads'
import { XkError } from '../../kernels/host/xk-error.ts'
import type { CommandContext } from '../cli/command-context.ts'
import { CLEANS_UP, type JobName, type Jobs, TITLES } from './jobs.ts'
import type { WorkMessage, WorkOrder } from './messages.ts'

/** Work that leaves nothing to clean up is ended after this, when it does not stop by itself. */
const STOP_GRACE_MS = 1_000

/** Who watches a job: its progress, and the wish to stop it. */
export interface JobWatch {
  readonly signal: AbortSignal
  readonly onProgress: (fraction: number | undefined, note: string) => void
}

/** Does a job of a command on a thread of its own, with a progress line. @throws XkError, the job's own */
export function runInThread<K extends JobName>(
  context: CommandContext,
  name: K,
  input: Jobs[K]['input'],
): Promise<Jobs[K]['output']> {
  const progress = context.startProgress(TITLES[name])
  const onProgress: JobWatch['onProgress'] = (fraction, note) => progress.update(fraction, note)
  return runJob({ signal: context.signal, onProgress }, name, input)
}

/**
 * Does a job on a thread of its own, so that signals and progress are served meanwhile. A stop is asked for through a shared
 * word: the job ends at its next progress report and cleans up after itself.
 * @throws XkError, the job's own
 */
export function runJob<K extends JobName>(
  { signal, onProgress }: JobWatch,
  name: K,
  input: Jobs[K]['input'],
): Promise<Jobs[K]['output']> {
  const stop = new Int32Array(new SharedArrayBuffer(4))
  const order: WorkOrder<K> = { name, input, stop }
  const worker = new Worker(new URL('./work.thread.js', import.meta.url), { workerData: order })
  let deadline: NodeJS.Timeout | undefined
  const onAbort = () => {
    Atomics.store(stop, 0, 1)
    if (!CLEANS_UP.includes(name)) deadline = setTimeout(() => void worker.terminate(), STOP_GRACE_MS)
  }
  signal.addEventListener('abort', onAbort)
  return new Promise<Jobs[K]['output']>((resolve, reject) => {
    worker.on('message', (message: WorkMessage) => {
      if (message.kind === 'progress') onProgress(message.fraction, message.note)
      else if (message.kind === 'done') resolve(message.output as Jobs[K]['output'])
      else reject(rebuildError(message))
    })
    worker.on('error', reject)
    worker.on('exit', () => reject(new Error(`the thread of ${name} ended without an answer`)))
  }).finally(() => {
    clearTimeout(deadline)
    signal.removeEventListener('abort', onAbort)
  })
}

function rebuildError(message: Extract<WorkMessage, { kind: 'failed' }>): XkError {
  const error = new XkError(message.error)
  error.stack = message.stack
  return error
}
