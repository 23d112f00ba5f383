import type { CaptureDescription } from './describe-capture.ts'
import { FILES_OPEN_MAX } from './frame-merge.ts'
import { CaptureKind } from './recognise.ts'
import { ReaderThread, type ReaderThreadOptions, type ThreadedSource } from './threaded-source.ts'

/**
 * As many reader threads as files may be open at a time. All are started at once: a kernel that runs must not start one, and
 * later they would run on its core. One that has nothing to do sleeps.
 */
export class ReaderThreads {
  readonly #threads: readonly ReaderThread[]

  /** @throws CaptureError when the built thread is not there */
  constructor(files: readonly CaptureDescription[], options: ReaderThreadOptions = {}) {
    const named = files.map(({ path, packing }) => ({ path, packing }))
    this.#threads = Array.from({ length: countThreads(files) }, () => new ReaderThread(named, options))
  }

  /** Reads file `index`, from 0, by a thread that has no other; the files before it that are not wanted any more are closed. */
  open(index: number, path: string): ThreadedSource {
    const thread = this.#threads.find((candidate) => !candidate.isBusy) ?? this.#threads[0]!
    return thread.open(index, path)
  }

  /** Blocks until a file that is waited for may have bytes, or the time is over. Not for kernels. */
  wait(timeoutMs: number): void {
    const lacking = this.#threads.find((thread) => thread.isBusy && thread.isLacking())
    lacking?.wait(timeoutMs)
  }

  close(): void {
    for (const thread of this.#threads) thread.close()
  }
}

/** Files of packets that are named next to each other may all have to be open at once. */
function countThreads(files: readonly CaptureDescription[]): number {
  let most = 1
  let run = 0
  for (const { recognised } of files) {
    run = recognised.kind === CaptureKind.Messages ? 0 : run + 1
    most = Math.max(most, run)
  }
  return Math.min(most, FILES_OPEN_MAX)
}
