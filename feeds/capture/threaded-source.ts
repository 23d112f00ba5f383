import { existsSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { type ByteSource, SourceRead, Stored } from './byte-source.ts'
import { CaptureError, type CaptureErrorCode } from './capture-error.ts'
import type { ReaderSetup } from './reader.thread.ts'
import { ControlWord, FactSlot, ReaderChannel, ReaderState } from './reader-channel.ts'

export interface ReaderThreadOptions {
  /** Bytes of the buffer, a power of two; 4 MiB if not given. */
  readonly ringBytes?: number | undefined
  /** The built thread; needed only where this file is not in a bundle of dist/. */
  readonly threadUrl?: URL | undefined
}

function defaultThreadUrl(): URL {
  const isSource = import.meta.url.endsWith('.ts')
  return new URL(isSource ? '../../dist/reader.thread.js' : './reader.thread.js', import.meta.url)
}

/**
 * A thread that reads and decompresses capture files, one after the other, as they are asked for. It inherits the cores
 * of the thread that starts it. Once started it needs nothing from the starting thread's event loop.
 */
export class ReaderThread {
  readonly channel: ReaderChannel
  #source: ThreadedSource | undefined
  #requests = 0
  readonly #worker: Worker

  /** @throws CaptureError when the built thread is not there */
  constructor(files: ReaderSetup['files'], options: ReaderThreadOptions = {}) {
    const url = options.threadUrl ?? defaultThreadUrl()
    if (!existsSync(url)) {
      throw new CaptureError('reader-thread-missing', 'the reader thread is not built', fileURLToPath(url))
    }
    this.channel = ReaderChannel.create(options.ringBytes)
    const setup: ReaderSetup = { buffer: this.channel.buffer, files }
    this.#worker = new Worker(url, { workerData: setup, name: 'capture reader' })
    this.#worker.unref()
  }

  /** Whether the file that was asked for last is still open. */
  get isBusy(): boolean {
    return this.#source !== undefined && !this.#source.isClosed
  }

  /** Asks for file `index`, from 0. The thread drops what it was reading. */
  open(index: number, path: string): ThreadedSource {
    const { control } = this.channel
    this.#requests++
    Atomics.store(control, ControlWord.File, index)
    Atomics.store(control, ControlWord.Requested, this.#requests)
    Atomics.notify(control, ControlWord.Requested)
    Atomics.notify(control, ControlWord.Read)
    this.#source = new ThreadedSource(this.channel, this.#requests, path)
    return this.#source
  }

  /** Whether the file at hand has too few bytes just now, but more to come. */
  isLacking(): boolean {
    const { control, readBytesMin } = this.channel
    if (Atomics.load(control, ControlWord.Started) !== Atomics.load(control, ControlWord.Requested)) return true
    const available = (Atomics.load(control, ControlWord.Written) - Atomics.load(control, ControlWord.Read)) | 0
    return available < readBytesMin && Atomics.load(control, ControlWord.State) === ReaderState.Running
  }

  /** Blocks until bytes, the end or an error may be there, or the time is over. Not for kernels. */
  wait(timeoutMs: number): void {
    const { control } = this.channel
    const started = Atomics.load(control, ControlWord.Started)
    if (started !== Atomics.load(control, ControlWord.Requested)) {
      Atomics.wait(control, ControlWord.Started, started, timeoutMs)
      return
    }
    const written = Atomics.load(control, ControlWord.Written)
    if (this.isLacking()) Atomics.wait(control, ControlWord.Written, written, timeoutMs)
  }

  close(): void {
    const { control } = this.channel
    Atomics.store(control, ControlWord.Stop, 1)
    Atomics.notify(control, ControlWord.Requested)
    Atomics.notify(control, ControlWord.Read)
    this.#worker.terminate().catch(() => {})
  }
}

/** One file's bytes from the reader thread. `read` never blocks: −1 while the thread has none at hand. */
export class ThreadedSource implements ByteSource {
  error: CaptureError | undefined
  isClosed = false
  readonly stored: Float64Array
  readonly #channel: ReaderChannel
  readonly #number: number
  readonly #path: string
  #hasStarted = false
  #read = 0

  constructor(channel: ReaderChannel, number: number, path: string) {
    this.#channel = channel
    this.#number = number
    this.#path = path
    this.stored = new Float64Array([0, statSync(path, { throwIfNoEntry: false })?.size ?? 0])
  }

  read(target: Uint8Array, at: number, length: number): number {
    const { control, ring, mask } = this.#channel
    if (!this.#hasStarted && !this.#start()) return SourceRead.NotYet
    // State before position: what was written before the end is seen with it.
    const state = Atomics.load(control, ControlWord.State)
    const available = (Atomics.load(control, ControlWord.Written) - this.#read) | 0
    if (available < this.#channel.readBytesMin && state === ReaderState.Running) return SourceRead.NotYet
    if (available === 0) return this.#end(state)
    const from = this.#read & mask
    const count = Math.min(available, length, ring.length - from)
    target.set(ring.subarray(from, from + count), at)
    this.#read = (this.#read + count) | 0
    Atomics.store(control, ControlWord.Read, this.#read)
    Atomics.notify(control, ControlWord.Read)
    this.stored[Stored.ReadBytes] = this.#channel.facts[FactSlot.ReadBytes]!
    return count
  }

  close(): void {
    this.isClosed = true
  }

  /** Skips what is left of an earlier file. @returns false while the thread has not come to this one */
  #start(): boolean {
    const { control } = this.#channel
    if (Atomics.load(control, ControlWord.Started) !== this.#number) return false
    this.#read = Atomics.load(control, ControlWord.StartAt)
    Atomics.store(control, ControlWord.Read, this.#read)
    Atomics.notify(control, ControlWord.Read)
    this.#hasStarted = true
    return true
  }

  #end(state: number): SourceRead {
    if (state === ReaderState.Failed && this.error === undefined) {
      const { code, what, where } = this.#channel.error()
      this.error = new CaptureError(code as CaptureErrorCode, what, where === '' ? this.#path : where)
    }
    return SourceRead.End
  }
}
