/** A journal and what a perfect one would hold: what was handed to a writer, and how much of it must survive what. */
import { JournalIoError } from '../../../storage/journal/errors.ts'
import { JournalStream } from '../../../storage/journal/layout.ts'
import { JournalProgress } from '../../../storage/journal/progress.ts'
import { verifyStorage } from '../../../storage/journal/verify.ts'
import { JournalWriter } from '../../../storage/journal/writer.ts'
import { DeferredSync } from './deferred-sync.ts'
import type { MemoryStorage } from './memory-storage.ts'
import { appendBatch, IDENTITY, readAll, SMALL_SEGMENT_BYTES } from './scripts.ts'

export type RecordStream = JournalStream.Inbound | JournalStream.Outbound

interface ModelBatch {
  readonly stream: RecordStream
  readonly first: number
  readonly last: number
}

/** A property of the journal that did not hold. */
export class ModelViolation extends Error {}

/** Drives a writer over a storage and knows what must be found afterwards. */
export class JournalModel {
  storage: MemoryStorage
  /** Every batch handed to a writer and not lost by an earlier crash, in order. */
  readonly #batches: ModelBatch[] = []
  #writer: JournalWriter | undefined
  /** Of `#batches`: how many the writer has said are written, and durable. */
  #written = 0
  #durable = 0

  constructor(storage: MemoryStorage) {
    this.storage = storage
  }

  open(): void {
    this.#writer = undefined
    const background = new DeferredSync()
    const options = { identity: IDENTITY, segmentBytes: SMALL_SEGMENT_BYTES, background }
    this.#writer = JournalWriter.open(this.storage, options).writer
    this.note()
  }

  append(stream: RecordStream, count: number): void {
    const first = this.#writer!.lastSequence(stream) + 1
    const last = first + count - 1
    this.#batches.push({ stream, first, last })
    appendBatch(this.#writer!, stream, first, last)
    this.note()
  }

  sync(): void {
    this.#writer!.sync()
    this.note()
  }

  /** Begins a sync beside the appends that follow; ends the one under way where there is one. */
  turnSync(): void {
    if (!this.#writer!.settleSync()) this.#writer!.beginSync()
    this.note()
  }

  close(): void {
    this.#writer!.close()
    this.note()
  }

  /** Whether a refusal of the system has ended the writer, and it keeps to that. */
  checkFailureIsFinal(): void {
    const failure = this.#writer?.failure
    if (failure === undefined) return
    const { calls } = this.storage
    for (const call of [() => this.#writer!.sync(), () => this.append(JournalStream.Inbound, 1)]) {
      try {
        call()
        throw new ModelViolation('a failed writer went on')
      } catch (error) {
        if (error !== failure) throw error
      }
    }
    this.#batches.pop()
    if (this.storage.calls !== calls) throw new ModelViolation('a failed writer touched the disk again')
  }

  /** Reads the writer's own counters: what it has promised by now, also in the middle of a call that did not return. */
  note(): void {
    const progress = this.#writer?.progress
    if (progress === undefined) return
    const count = (inbound: number, outbound: number) =>
      this.#batches.filter(({ stream, last }) => last <= (stream === JournalStream.Inbound ? inbound : outbound)).length
    this.#written = count(progress[JournalProgress.WrittenInbound]!, progress[JournalProgress.WrittenOutbound]!)
    this.#durable = count(progress[JournalProgress.DurableInbound]!, progress[JournalProgress.DurableOutbound]!)
  }

  /**
   * Takes over a storage after a crash and checks what is in it.
   * @param promise what had to survive; `reported` allows any loss that verification tells of, `prefix` any at all
   */
  recover(storage: MemoryStorage, promise: 'written' | 'durable' | 'reported' | 'prefix'): void {
    this.note()
    this.storage = storage
    const facts = verifyStorage(storage)
    const found = this.#matchPrefix(storage)
    const isReported = facts.damage.length > 0 || facts.tornTail !== null
    if (promise === 'written' || promise === 'durable') {
      if (facts.damage.length > 0) throw new ModelViolation(`damage after a crash: ${JSON.stringify(facts.damage[0])}`)
      const least = promise === 'written' ? this.#written : this.#durable
      if (found < least) throw new ModelViolation(`${found} batches recovered, ${least} were ${promise}`)
    } else if (promise === 'reported' && found < this.#durable && !isReported) {
      throw new ModelViolation(`${found} of ${this.#durable} durable batches recovered, and nothing is reported`)
    }
    if (facts.inbound.records + facts.outbound.records !== this.#countRecords(found)) {
      throw new ModelViolation('verification counts other records than reading')
    }
    this.#batches.length = found
    this.#written = found
    this.#durable = 0
    this.#writer = undefined
  }

  /** Records read must be whole batches in order, each record as it was made. @returns how many batches */
  #matchPrefix(storage: MemoryStorage): number {
    const records = readAll(storage)
    let at = 0
    let batches = 0
    while (at < records.length) {
      const batch = this.#batches[batches++]
      if (batch === undefined) throw new ModelViolation('more was recovered than was written')
      for (let sequence = batch.first; sequence <= batch.last; sequence++) {
        const record = records[at++]
        if (record?.stream === batch.stream && record.sequence === sequence) continue
        throw new ModelViolation(`batch ${batches - 1} is not what was recovered at record ${at - 1}`)
      }
    }
    return batches
  }

  #countRecords(batches: number): number {
    return this.#batches.slice(0, batches).reduce((sum, { first, last }) => sum + last - first + 1, 0)
  }
}

/** Whether an error is the refusal of a storage, however it was wrapped. */
export function isRefusal(error: unknown): boolean {
  return error instanceof JournalIoError
}
