import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { BatchWindow } from './batch-window.ts'
import { builtThread } from './built-thread.ts'
import { HashWord, HashWords } from './hash-words.ts'
import type { HashAnswer, HashThreadSetup } from './journal-hash.thread.ts'
import { BatchHeader, JournalStream } from './layout.ts'
import { hashSeals, type PassedSegment, StreamDigests } from './passed-segment.ts'
import type { ScanHasher } from './scan-hasher.ts'
import type { SegmentStorage } from './segment-storage.ts'

/** A thread that has taken work and shows no sign of life for so long is done without. */
const STUCK_MS = 10_000

export interface HashThreadsOptions {
  readonly digests: boolean
  readonly threadUrl?: URL
  readonly stuckMs?: number
}

interface GrowingSegment {
  readonly name: string
  readonly segmentBytes: number
  readonly sealsAt: number[]
  digestedBytes: number
}

/**
 * Hashes on threads beside the scan: SHA-256 is what verification spends most of its time on. A segment that the scan has passed
 * is read again by whoever hashes it, from the page cache: one thread takes segments for their seals, another goes over all of
 * them for the digests of the streams. The scan never waits for a thread to start: at its end it takes what no thread has
 * taken, and then waits only for what threads have in hand. Those that never start, fail or get stuck cost time and nothing else.
 */
export class HashThreads implements ScanHasher {
  /** Shared with the threads. */
  readonly words = new HashWords()
  readonly #storage: SegmentStorage
  readonly #options: HashThreadsOptions
  readonly #workers: Worker[] = []
  readonly #ports: MessagePort[] = []
  readonly #segments: PassedSegment[] = []
  readonly #questions: { readonly segment: number; readonly seal: number }[] = []
  /** By segment; at -1 the streams'. */
  readonly #hashes = new Map<number, readonly string[]>()
  #segment: GrowingSegment | undefined
  #isSettled = false

  /** Starts the threads. @param storage a folder of plain segments, which threads can open by its label */
  constructor(storage: SegmentStorage, options: HashThreadsOptions) {
    this.#storage = storage
    this.#options = options
    this.#start('seals')
    if (options.digests) this.#start('streams')
  }

  begin(name: string, segmentBytes: number): void {
    this.#passOn()
    this.#segment = { name, segmentBytes, sealsAt: [], digestedBytes: 0 }
  }

  pass(window: BatchWindow, _isSealed: boolean, isDigested: boolean): void {
    if (!isDigested) return
    this.#segment!.digestedBytes = window.positionBytes() + BatchHeader.Bytes + window.payloadBytes()
  }

  ask(sealAt: number): number {
    const seal = this.#segment!.sealsAt.push(sealAt) - 1
    return this.#questions.push({ segment: this.#segments.length, seal }) - 1
  }

  answer(question: number): string {
    this.#settle()
    const { segment, seal } = this.#questions[question]!
    return this.#hashes.get(segment)![seal]!
  }

  /** Once all is passed: the digest of a stream's records. */
  digest(stream: JournalStream.Inbound | JournalStream.Outbound): string {
    this.#settle()
    return this.#hashes.get(-1)![stream === JournalStream.Inbound ? 0 : 1]!
  }

  /** Ends the threads, at once where the scan was given up. */
  close(): void {
    this.words.set(HashWord.Stop)
    this.words.count(HashWord.Given)
    for (const port of this.#ports) port.close()
    for (const worker of this.#workers) void worker.terminate()
  }

  #start(does: HashThreadSetup['does']): void {
    const { port1, port2 } = new MessageChannel()
    const workerData: HashThreadSetup = { path: this.#storage.label, words: this.words.buffer, does, port: port2 }
    const url = this.#options.threadUrl ?? builtThread('journal-hash.thread.js')
    const worker = new Worker(url, { workerData, transferList: [port2], name: `xk-hash-${does}` })
    worker.on('error', () => {}) // what it has not taken, or not answered, is done without it
    worker.unref()
    port1.unref()
    this.#workers.push(worker)
    this.#ports.push(port1)
  }

  #passOn(): void {
    if (this.#segment === undefined) return
    this.#segments.push(this.#segment)
    for (const port of this.#ports) port.postMessage(this.#segment)
    this.words.count(HashWord.Given)
    this.#segment = undefined
  }

  #settle(): void {
    if (this.#isSettled) return
    this.#isSettled = true
    this.#passOn()
    this.words.set(HashWord.Ended)
    this.words.count(HashWord.Given)
    const count = this.#segments.length
    for (let i = this.words.takeSeals(count); i >= 0; i = this.words.takeSeals(count)) this.#compute(i)
    if (this.#options.digests && this.words.takeStreams()) this.#compute(-1)
    this.#collect()
    for (let i = 0; i < count; i++) this.#compute(i)
    if (this.#options.digests) this.#compute(-1)
  }

  /** Waits for the answers of those who have taken something. */
  #collect(): void {
    const wanted = this.#segments.length + Number(this.#options.digests)
    const stuckMs = this.#options.stuckMs ?? STUCK_MS
    for (let isMoving = true; isMoving; ) {
      const answered = this.words.read(HashWord.Answered)
      for (const port of this.#ports) {
        for (let got = receiveMessageOnPort(port); got !== undefined; got = receiveMessageOnPort(port)) {
          const { segment, hashes } = got.message as HashAnswer
          if (hashes === undefined) return
          this.#hashes.set(segment, hashes)
        }
      }
      if (this.#hashes.size === wanted) return
      isMoving = this.words.wait(HashWord.Answered, answered, stuckMs)
    }
  }

  /** Hashes here what is not there yet. @throws JournalIoError */
  #compute(segment: number): void {
    if (this.#hashes.has(segment)) return
    if (segment >= 0) {
      this.#hashes.set(segment, hashSeals(this.#storage, this.#segments[segment]!))
      return
    }
    const digests = new StreamDigests(this.#storage)
    for (const passed of this.#segments) digests.add(passed)
    this.#hashes.set(segment, digests.hex())
  }
}
