import { Worker } from 'node:worker_threads'
import { createSyncControl, SyncWord, wakeSyncThread } from './background-sync.ts'
import type { BatchBuffer } from './batch-buffer.ts'
import { builtThread } from './built-thread.ts'
import type { Durability } from './commit-schedule.ts'
import { JournalIoError, JournalOperation } from './errors.ts'
import type { JournalThreadSetup } from './journal.thread.ts'
import type { JournalSyncSetup } from './journal-sync.thread.ts'
import { createKeeperControl, type JournalKeeperSetup, KeeperWord } from './keeper-control.ts'
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
  /** Whether old segments are compressed in the background. */
  readonly compresses?: boolean
  /** The built thread, beside which the other two lie; needed only where this file is not in its bundle. */
  readonly threadUrl?: URL
  /** How long `close` waits for the disk. */
  readonly closeTimeoutMs?: number
}

/** A device that stalls longer than this at the end is reported instead of waited for. */
const CLOSE_TIMEOUT_MS = 60_000
/** A keeper busy with the disk is not waited for longer: what it leaves is removed by the next one. */
const KEEPER_TIMEOUT_MS = 2_000

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
  readonly #keeperControl: Int32Array
  readonly #syncControl: Int32Array
  #keeper: Worker | undefined
  #syncer: Worker | undefined
  #failure: JournalIoError | undefined

  private constructor(
    staging: Staging,
    keeperControl: SharedArrayBuffer,
    syncControl: SharedArrayBuffer,
    worker: Worker,
    payloadBytesMax: number,
    closeTimeoutMs: number,
  ) {
    this.#keeperControl = new Int32Array(keeperControl, 0, KeeperWord.Words)
    this.#syncControl = new Int32Array(syncControl, 0, SyncWord.Words)
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
    const keeperControl = createKeeperControl()
    const syncControl = createSyncControl()
    const setup: JournalThreadSetup = {
      keeper: keeperControl,
      sync: syncControl,
      path: options.path,
      staging: staging.buffer,
      durability: options.durability,
      sealKey: options.sealKey ?? '',
      handOver: writer.handOver(),
    }
    const worker = new Worker(options.threadUrl ?? builtThread('journal.thread.js'), {
      workerData: setup,
      name: 'xk-journal',
    })
    await new Promise<void>((resolve, reject) => {
      worker.once('message', () => resolve())
      worker.once('error', reject)
    })
    worker.removeAllListeners('error')
    worker.on('error', () => {})
    worker.unref()
    const closeTimeoutMs = options.closeTimeoutMs ?? CLOSE_TIMEOUT_MS
    const sink = new ThreadedJournalSink(staging, keeperControl, syncControl, worker, payloadBytesMax, closeTimeoutMs)
    if (sink.failure !== undefined) throw sink.failure
    await Promise.all([sink.#startKeeper(options, writer.segmentBytes), sink.#startSyncer(options)])
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
    this.#stopHelpers()
    if (this.failure !== undefined) throw this.failure
    if (Atomics.load(control, StagingWord.State) !== ThreadState.Closed) {
      throw new JournalIoError(JournalOperation.Sync, 'ETIMEDOUT', `the journal thread, ${this.#closeTimeoutMs} ms`)
    }
  }

  /** Ends the thread at once, as a crash of the process would. */
  async terminate(): Promise<void> {
    await this.#worker.terminate()
    await this.#syncer?.terminate()
    await this.#keeper?.terminate()
  }

  /**
   * Starts the keeper and waits for it: the first segment's hash is its work already. One that dies is missed by nobody: segments
   * are made when they are needed then, and hashed by the journal thread.
   */
  async #startKeeper(options: ThreadedSinkOptions, segmentBytes: number): Promise<void> {
    const setup: JournalKeeperSetup = {
      path: options.path,
      segmentBytes,
      compresses: options.compresses === true,
      control: this.#keeperControl.buffer as SharedArrayBuffer,
      staging: this.#staging.buffer,
    }
    const url = new URL('journal-keeper.thread.js', options.threadUrl ?? builtThread('journal.thread.js'))
    this.#keeper = new Worker(url, { workerData: setup, name: 'xk-journal-keeper' })
    this.#keeper.on('error', () => Atomics.store(this.#keeperControl, KeeperWord.Ended, 1))
    await awaitReady(this.#keeper)
  }

  /** Starts the thread that syncs beside the writing, where that is asked for. Without it the journal thread syncs. */
  async #startSyncer(options: ThreadedSinkOptions): Promise<void> {
    if (options.durability.mode !== 'group') return
    const setup: JournalSyncSetup = {
      control: this.#syncControl.buffer as SharedArrayBuffer,
      staging: this.#staging.buffer,
    }
    const url = new URL('journal-sync.thread.js', options.threadUrl ?? builtThread('journal.thread.js'))
    this.#syncer = new Worker(url, { workerData: setup, name: 'xk-journal-sync' })
    this.#syncer.on('error', () => {})
    await awaitReady(this.#syncer)
  }

  #stopHelpers(): void {
    Atomics.store(this.#syncControl, SyncWord.Stop, 1)
    wakeSyncThread(this.#syncControl)
    if (this.#keeper === undefined) return
    Atomics.store(this.#keeperControl, KeeperWord.Stop, 1)
    Atomics.add(this.#keeperControl, KeeperWord.Wake, 1)
    Atomics.notify(this.#keeperControl, KeeperWord.Wake)
    Atomics.wait(this.#keeperControl, KeeperWord.Ended, 0, KEEPER_TIMEOUT_MS)
  }
}

/** Waits until a helper says that it is ready, or ends without. */
async function awaitReady(helper: Worker): Promise<void> {
  await new Promise<void>((resolve) => {
    helper.once('message', () => resolve())
    helper.once('exit', () => resolve())
  })
  helper.removeAllListeners('message')
  helper.unref()
}
