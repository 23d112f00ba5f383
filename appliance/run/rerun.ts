import { setImmediate } from 'node:timers/promises'
import { monotonicNs } from '../../kernels/host/clock.ts'
import { RecordDigest } from '../../kernels/records/canonical.ts'
import { Header } from '../../kernels/records/catalogue.ts'
import { formatRecord } from '../../kernels/records/dump.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { RingConsumer } from '../../kernels/ring/consumer.ts'
import { GatingSet, viewCursor } from '../../kernels/ring/gating.ts'
import { CursorLayout, ringSectionBytes } from '../../kernels/ring/layout.ts'
import { RingProducer } from '../../kernels/ring/producer.ts'
import { createStrategyKernel } from '../../kernels/strategy/assemble.ts'
import { OutboundWriter } from '../../kernels/strategy/outbound.ts'
import type { StrategyKernelConfig } from '../../kernels/strategy/strategy-config.ts'
import { FileStorage } from '../../storage/journal/file-storage.ts'
import { JournalStream } from '../../storage/journal/layout.ts'
import { JournalReader } from '../../storage/journal/reader.ts'
import type { ApplianceConfig } from '../config/config.ts'
import { readSessionFile } from './session-file.ts'
import { planStrategies } from './session-plan.ts'
import type { RerunDifference, RerunRequest, RerunResult } from './types.ts'

const RECORDS_PER_BREATH = 50_000

/** The outbound ring of a rerun, and what its records are compared with. */
class OutboundComparison {
  readonly digest = new RecordDigest()
  readonly journaled = new RecordDigest()
  firstDifference: RerunDifference | null = null
  readonly ring: RingProducer
  readonly #consumer: RingConsumer
  readonly #reader: JournalReader

  constructor(journalPath: string, ringBytes: number) {
    const cursorAt = ringSectionBytes(ringBytes)
    const buffer = new ArrayBuffer(cursorAt + CursorLayout.Bytes)
    RingProducer.format(buffer, 0, ringBytes)
    const member = { cursor: viewCursor(buffer, cursorAt), membership: new Int32Array([1]), index: 0 }
    this.ring = new RingProducer(buffer, 0, new GatingSet([member]))
    this.#consumer = new RingConsumer({ buffer, byteOffset: 0 }, { buffer, byteOffset: cursorAt })
    this.#consumer.resume(1)
    this.#reader = new JournalReader(new FileStorage(journalPath), { stream: JournalStream.Outbound })
  }

  /** Compares what was emitted since the last call. */
  drain(): void {
    const { views } = this.#consumer
    for (let at = this.#consumer.next(); at >= 0; at = this.#consumer.next()) {
      this.digest.update(views, at)
      const journaledAt = this.#nextJournaled()
      if (this.firstDifference !== null) continue
      if (journaledAt < 0 || !areEqual(views, at, this.#reader.views, journaledAt)) {
        this.#note(views.f64[(at + Header.Sequence) >> 3]!, formatRecord(views, at), this.#describe(journaledAt))
      }
    }
    this.#consumer.release()
  }

  /** What the journal has beyond the last emitted record is a difference as well. */
  finish(): void {
    this.drain()
    for (let at = this.#nextJournaled(); at >= 0; at = this.#nextJournaled()) {
      const sequence = this.#reader.views.f64[(at + Header.Sequence) >> 3]!
      if (this.firstDifference === null) this.#note(sequence, null, this.#describe(at))
    }
    this.#reader.close()
  }

  #nextJournaled(): number {
    const at = this.#reader.next()
    if (at >= 0) this.journaled.update(this.#reader.views, at)
    return at
  }

  #describe(at: number): string | null {
    return at < 0 ? null : formatRecord(this.#reader.views, at)
  }

  #note(outboundSequence: number, rerun: string | null, journaled: string | null): void {
    this.firstDifference = { outboundSequence, journaled, rerun }
  }
}

function areEqual(left: RecordViews, leftAt: number, right: RecordViews, rightAt: number): boolean {
  const words = left.u32[leftAt >> 2]! >> 2
  for (let i = 0; i < words; i++) if (left.i32[(leftAt >> 2) + i] !== right.i32[(rightAt >> 2) + i]) return false
  return true
}

/** The strategies of the journal, or the ones that the user would rather see decide. */
async function chooseStrategies(journalPath: string, config: ApplianceConfig): Promise<StrategyKernelConfig> {
  const { strategy } = readSessionFile(journalPath)
  if (config.strategies.length === 0) return strategy
  const { bundles, params } = await planStrategies(config)
  return { ...strategy, bundles, params }
}

/**
 * Feeds a journal's inbound records, verbatim, to a fresh strategy kernel and compares what it emits with the journaled
 * outbound records: DESIGN, section 4, `xk rerun`.
 * @throws XkError when the folder is no journal
 */
export async function rerun(request: RerunRequest): Promise<RerunResult> {
  const { journalPath, config } = request
  const strategyConfig = await chooseStrategies(journalPath, config)
  const startNs = monotonicNs()
  const comparison = new OutboundComparison(journalPath, config.rings.outboundBytes)
  const kernel = createStrategyKernel(strategyConfig, new OutboundWriter(comparison.ring))
  const reader = new JournalReader(new FileStorage(journalPath), { stream: JournalStream.Inbound })
  const inbound = new RecordDigest()
  for (let at = reader.next(); at >= 0 && !request.signal.aborted; at = reader.next()) {
    inbound.update(reader.views, at)
    while (!kernel.onRecord(reader.views, at)) {
      kernel.outbound.publish()
      comparison.drain()
    }
    kernel.outbound.publish()
    if (inbound.records % RECORDS_PER_BREATH !== 0) continue
    comparison.drain()
    request.onProgress({
      phase: 'running',
      fraction: undefined,
      inboundRecords: inbound.records,
      orders: comparison.digest.records,
      fills: 0,
    })
    await setImmediate()
  }
  reader.close()
  comparison.finish()
  const { digest, journaled, firstDifference } = comparison
  return {
    journal: journalPath,
    layout: 'inline',
    inbound: { records: inbound.records, digest: inbound.hex() },
    outbound: { records: digest.records, digest: digest.hex() },
    journaledOutbound: { records: journaled.records, digest: journaled.hex() },
    isSame: firstDifference === null && !request.signal.aborted,
    firstDifference,
    elapsedNs: monotonicNs() - startNs,
    warnings: [],
  }
}
