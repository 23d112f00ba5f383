import { setImmediate } from 'node:timers/promises'
import { RecordDigest } from '../../kernels/records/canonical.ts'
import { RingConsumer } from '../../kernels/ring/consumer.ts'
import { GatingSet, viewCursor } from '../../kernels/ring/gating.ts'
import { CursorLayout, ringSectionBytes } from '../../kernels/ring/layout.ts'
import { RingProducer } from '../../kernels/ring/producer.ts'
import { createStrategyKernel } from '../../kernels/strategy/assemble.ts'
import { OutboundWriter } from '../../kernels/strategy/outbound.ts'
import { FileStorage } from '../../storage/journal/file-storage.ts'
import { readLastSequence } from '../../storage/journal/last-sequence.ts'
import { JournalStream } from '../../storage/journal/layout.ts'
import { JournalReader } from '../../storage/journal/reader.ts'
import { OutboundComparison } from './outbound-comparison.ts'
import type { RerunDecisions, RerunPlan } from './rerun-plan.ts'
import type { RerunRequest } from './types.ts'

const RECORDS_PER_BREATH = 50_000

/** The outbound ring of a strategy kernel on this thread, and whoever takes its records. */
class HeapOutbound {
  readonly writer: OutboundWriter
  readonly #consumer: RingConsumer
  readonly #comparison: OutboundComparison

  constructor(comparison: OutboundComparison, ringBytes: number) {
    const cursorAt = ringSectionBytes(ringBytes)
    const buffer = new ArrayBuffer(cursorAt + CursorLayout.Bytes)
    RingProducer.format(buffer, 0, ringBytes)
    const member = { cursor: viewCursor(buffer, cursorAt), membership: new Int32Array([1]), index: 0 }
    this.writer = new OutboundWriter(new RingProducer(buffer, 0, new GatingSet([member])))
    this.#consumer = new RingConsumer({ buffer, byteOffset: 0 }, { buffer, byteOffset: cursorAt })
    this.#consumer.resume(1)
    this.#comparison = comparison
  }

  drain(): void {
    const { views } = this.#consumer
    for (let at = this.#consumer.next(); at >= 0; at = this.#consumer.next()) this.#comparison.note(views, at)
    this.#consumer.release()
  }
}

/** The strategy kernel alone, on this thread: the journal's inbound records are handed to it one by one. */
export async function rerunInline(plan: RerunPlan, request: RerunRequest): Promise<RerunDecisions> {
  const storage = new FileStorage(request.journalPath)
  const comparison = new OutboundComparison(request.journalPath)
  const outbound = new HeapOutbound(comparison, request.config.rings.outboundBytes)
  const kernel = createStrategyKernel(plan.strategy, outbound.writer)
  const lastSequence = readLastSequence(storage, JournalStream.Inbound)
  const reader = new JournalReader(storage, { stream: JournalStream.Inbound })
  const inbound = new RecordDigest()
  for (let at = reader.next(); at >= 0 && !request.signal.aborted; at = reader.next()) {
    inbound.update(reader.views, at)
    while (!kernel.onRecord(reader.views, at)) {
      kernel.outbound.publish()
      outbound.drain()
    }
    kernel.outbound.publish()
    if (inbound.records % RECORDS_PER_BREATH !== 0) continue
    outbound.drain()
    request.onProgress({
      phase: 'running',
      fraction: kernel.lastSequence / lastSequence,
      inboundRecords: inbound.records,
      orders: comparison.digest.records,
      fills: 0,
    })
    await setImmediate()
  }
  reader.close()
  outbound.drain()
  comparison.finish()
  return {
    comparison,
    inbound: { records: inbound.records, digest: inbound.hex() },
    ownJournal: null,
    kernels: [{ name: 'strategy', pid: process.pid, core: null, restarts: 0, ending: 'finished' }],
    warnings: [],
  }
}
