import { parentPort, workerData } from 'node:worker_threads'
import { toXkError } from '../cli/errors.ts'
import { JOBS, type JobName, type ReportProgress } from './jobs.ts'
import type { WorkMessage, WorkOrder } from './messages.ts'

/** Progress is told to people: more often would only load the main thread. */
const PROGRESS_INTERVAL_MS = 50

const order = workerData as WorkOrder
const post = (message: WorkMessage) => parentPort!.postMessage(message)

let lastProgressMs = 0
const report: ReportProgress = (fraction, note) => {
  if (Atomics.load(order.stop, 0) !== 0) throw new Error('stopped')
  const now = performance.now()
  if (now - lastProgressMs < PROGRESS_INTERVAL_MS) return
  lastProgressMs = now
  post({ kind: 'progress', fraction, note })
}

try {
  const run = JOBS[order.name] as (input: WorkOrder<JobName>['input'], report: ReportProgress) => Promise<never>
  post({ kind: 'done', output: await run(order.input, report) })
} catch (thrown) {
  const { code, what, where, next, exitCode } = toXkError(thrown)
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : ''
  post({ kind: 'failed', error: { code, what, where, next, exitCode }, stack })
}
