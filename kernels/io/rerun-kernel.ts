import { FileStorage } from '../../storage/journal/file-storage.ts'
import { readLastSequence } from '../../storage/journal/last-sequence.ts'
import { JournalStream } from '../../storage/journal/layout.ts'
import { JournalReader } from '../../storage/journal/reader.ts'
import type { StepKernel } from '../loop/kernel-loop.ts'
import { ControlWord, IO_COUNTERS, IoCounterSlot, StopRequest } from '../loop/regions.ts'
import { Header } from '../records/catalogue.ts'
import { copyRecord } from '../records/copy.ts'
import { formatCounters } from '../region/counters.ts'
import { RingConsumer } from '../ring/consumer.ts'
import { RingProducer } from '../ring/producer.ts'
import type { IoRegions } from './assemble.ts'
import { createInboundGating, viewStrategyCursor } from './inbound-gating.ts'

/** What the kernel in the I/O kernel's place is told before a rerun; plain data that crosses to its process as JSON. */
export interface RerunConfig {
  /** Folder of the journal whose inbound records are decided on again. */
  readonly journalPath: string
  /** Records that one step publishes at most. */
  readonly stepBudget: number
}

const CURSOR_WORD = 1

/**
 * In the I/O kernel's place in a rerun (DESIGN, section 4): publishes the inbound records of a journal, verbatim, and
 * takes the outbound records off their ring. No venue, no gate: what they said is in the journal.
 */
export class RerunKernel implements StepKernel {
  readonly obeysStop = true
  readonly #reader: JournalReader
  readonly #inbound: RingProducer
  readonly #outbound: RingConsumer
  readonly #strategyCursor: Int32Array
  readonly #counters: Float64Array
  readonly #control: Int32Array
  readonly #lastSequence: number
  /** Offset of a record that found no room, or -1. */
  #pendingAt = -1
  #isRead = false

  /**
   * @param control the supervisor's control words
   * @throws JournalIoError, JournalCorruptError
   */
  constructor(config: RerunConfig, regions: IoRegions, control: Int32Array) {
    const { io, strategy } = regions
    const storage = new FileStorage(config.journalPath)
    this.#lastSequence = readLastSequence(storage, JournalStream.Inbound)
    this.#inbound = new RingProducer(io.buffer, io.offsetOf('ring.inbound'), createInboundGating(regions))
    // After a death the successor goes on behind what was published.
    const fromSequence = this.#inbound.publishedSequence + 1
    this.#reader = new JournalReader(storage, { stream: JournalStream.Inbound, fromSequence })
    this.#outbound = new RingConsumer(strategy.place('ring.outbound'), io.place('cursor.outbound'))
    this.#outbound.resume(io.epoch)
    this.#strategyCursor = viewStrategyCursor(strategy)
    this.#counters = formatCounters(io.buffer, io.offsetOf('counters'), IO_COUNTERS)
    this.#control = control
  }

  step(budget: number): number {
    let done = this.#drain()
    for (let published = 0; published < budget && !this.#isRead; published++) {
      if (!this.#publishNext()) break
      done++
    }
    this.#inbound.publish()
    return done
  }

  /** @returns how many outbound records it took off their ring; they are compared in the journals */
  #drain(): number {
    let taken = 0
    while (this.#outbound.next() >= 0) taken++
    if (taken > 0) this.#outbound.release()
    return taken
  }

  /** @returns false at the journal's end, and when the ring has no room */
  #publishNext(): boolean {
    if (this.#pendingAt < 0) this.#pendingAt = this.#reader.next()
    if (this.#pendingAt < 0) {
      this.#endReading()
      return false
    }
    const { views } = this.#reader
    const length = views.u32[(this.#pendingAt + Header.Length) >> 2]!
    const at = this.#inbound.tryClaim(length, 0)
    if (at < 0) return false
    copyRecord(views, this.#pendingAt, this.#inbound.views, at, length)
    const sequence = views.f64[(this.#pendingAt + Header.Sequence) >> 3]!
    this.#counters[IoCounterSlot.inboundRecords] = sequence
    this.#counters[IoCounterSlot.progress] = sequence / this.#lastSequence
    this.#pendingAt = -1
    return true
  }

  #endReading(): void {
    this.#isRead = true
    this.#pendingAt = -1
    this.#reader.close()
  }

  /** All is published, consumed, and its output taken: the strategy kernel publishes its output before its cursor. */
  get isFinished(): boolean {
    if (Atomics.load(this.#control, ControlWord.Stop) === StopRequest.KernelLost) return true
    const isConsumed = Atomics.load(this.#strategyCursor, CURSOR_WORD) === this.#inbound.tailPosition()
    return this.#isRead && isConsumed && this.#drain() === 0
  }

  /** Publishes no more; what is on its way is still taken. */
  endEarly(): void {
    if (!this.#isRead) this.#endReading()
  }

  orphan(): void {
    this.endEarly()
  }
}
