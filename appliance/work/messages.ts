import type { XkErrorFacts } from '../../kernels/host/xk-error.ts'
import type { JobName, Jobs } from './jobs.ts'

/** What the thread is started with. */
export interface WorkOrder<K extends JobName = JobName> {
  readonly name: K
  readonly input: Jobs[K]['input']
  /** One word; 1 asks the work to stop. */
  readonly stop: Int32Array
}

/** What the thread answers: progress any number of times, then one of the other two. */
export type WorkMessage =
  | { readonly kind: 'progress'; readonly fraction: number | undefined; readonly note: string }
  | { readonly kind: 'done'; readonly output: Jobs[JobName]['output'] }
  | { readonly kind: 'failed'; readonly error: XkErrorFacts; readonly stack: string }
