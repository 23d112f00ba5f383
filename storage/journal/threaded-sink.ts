import { Worker } from 'node:worker_threads'
import type { BatchBuffer } from './batch-buffer.ts'
import type { Durability } from './commit-schedule.ts'
import { JournalIoError, JournalOperation } from './errors.ts'
import type { JournalThreadSetup } from './journal.thread.ts'
import type { JournalSink } from './sink.ts'
import { Staging, StagingProducer, StagingWord, ThreadState } from './staging.ts'
import type { JournalWriter } from './writer.ts'

export interface ThreadedSinkOptions {
  /** The journal's folder. */
  readonly path: string
  readonly durability: Durability
  /** File of the private key that signs seals; empty or left out for none. */
  readonly sealKey?: string
  /** Memory between kernel and thread, a power of two; a bound: what does not fit stays on the rings. */
  readonly stagingBytes?: number
  /** The built thread; needed only where this file is not in its bundle. */
  readonly threadUrl?: URL
  /** How long `close` waits for the disk. */
  readonly closeTimeoutMs?: number
}

/** A device that stalls longer than this at the end is reported instead of waited for. */
const CLOSE_TIMEOUT_MS = 60_000

function defaultThreadUrl(): URL {
  const isSource = import.meta.url.endsWith('.ts')
  return new URL(isSource ? '../../dist/journal.thread.js' : './journal.thread.js', import.meta.url)
}

/**
 * Writes through a helper thread, which inherits the cores of the thread that starts it (so start it before pinning). Made while
 * the event loop still turns; after that it works from a loop that never returns to it.
 */
export class ThreadedJournalSink implements JournalSink {
  readonly payloadBytesMax: number
  readonly progress: Float64Array
  readonly #staging: Staging
  readonly #producer: StagingProducer
  readonly #worker: Worker
  readonly #closeTimeoutMs: number
  #failure: JournalIoError | undefined

  private constructor(staging: Staging, worker: Worker, payloadBytesMax: number, closeTimeoutMs: number) {
    this.#staging = staging
    this.#producer = new StagingProducer(staging)
    this.#worker = worker
    this.#closeTimeoutMs = closeTimeoutMs
    this.payloadBytesMax = payloadBytesMax
    this.progress = staging.progress
  }

  /**
   * Hands an opened writer over to a new thread.
   * @throws JournalIoError when the thread cannot open the journal
   */
  static async start(writer: JournalWriter, options: ThreadedSinkOptions): Promise<ThreadedJournalSink> {
    const staging = Staging.create(options.stagingBytes)
    const { payloadBytesMax } = writer
    const setup: JournalThreadSetup = {
      path: options.path,
      staging: staging.buffer,
      durability: options.durability,
      sealKey: options.sealKey ?? '',
      handOver: writer.handOver(),
    }
    const worker = new Worker(options.threadUrl ?? defaultThreadUrl(), { workerData: setup, name: 'xk-journal' })
    await new Promise<void>((resolve, reject) => {
      worker.once('message', () => resolve())
      worker.once('error', reject)
    })
    worker.removeAllListeners('error')
    worker.on('error', () => {})
    worker.unref()
    const sink = new ThreadedJournalSink(staging, worker, payloadBytesMax, options.closeTimeoutMs ?? CLOSE_TIMEOUT_MS)
    if (sink.failure !== undefined) throw sink.failure
    return sink
  }

  get failure(): JournalIoError | undefined {
    if (Atomics.load(this.#staging.control, StagingWord.State) !== ThreadState.Failed) return undefined
    if (this.#failure === undefined) {
      const [errnoName, where] = this.#staging.readRefusal()
      this.#failure = new JournalIoError(this.#staging.control[StagingWord.RefusedOperation]!, errnoName, where)
    }
    return this.#failure
  }

  trySubmit(batch: BatchBuffer): boolean {
    if (Atomics.load(this.#staging.control, StagingWord.State) !== ThreadState.Running) return false
    return this.#producer.tryStage(batch)
  }

  writtenCount(): number {
    return Atomics.load(this.#staging.control, StagingWord.Written)
  }

  poll(): boolean {
    return false
  }

  close(): void {
    const { control } = this.#staging
    Atomics.store(control, StagingWord.Stop, 1)
    this.#producer.wake()
    Atomics.wait(control, StagingWord.State, ThreadState.Running, this.#closeTimeoutMs)
    if (this.failure !== undefined) throw this.failure
    if (Atomics.load(control, StagingWord.State) !== ThreadState.Closed) {
      throw new JournalIoError(JournalOperation.Sync, 'ETIMEDOUT', `the journal thread, ${this.#closeTimeoutMs} ms`)
    }
  }

  /** Ends the thread at once, as a crash of the process would. */
  async terminate(): Promise<void> {
    await this.#worker.terminate()
  }
}
