import { BatchBuffer } from './batch-buffer.ts'
import type { BatchWindow } from './batch-window.ts'
import { JournalUsageError } from './errors.ts'
import type { JournalFacts } from './facts.ts'
import { JournalStream, LABEL_BYTES } from './layout.ts'
import { JournalScan } from './recovery.ts'
import type { JournalIdentity } from './segment-header.ts'
import type { SegmentStorage } from './segment-storage.ts'
import { JournalWriter } from './writer.ts'

/** What became of a damaged journal's records. */
export interface SalvageFacts {
  readonly inboundRecords: number
  readonly outboundRecords: number
  readonly batches: number
  /** Sound batches left out: of segments that do not agree with their seal, or whose sequences had been taken already. */
  readonly batchesLeftOut: number
}

/** Segments that can be read but not trusted: somebody changed them and made the checksums agree. */
function distrusted(facts: JournalFacts): Set<string> {
  const names = new Set<string>()
  for (const { code, file, offsetBytes } of facts.damage) {
    if (code !== 'seal') continue
    names.add(file)
    // One of the two that do not fit together was changed: which, nobody can tell.
    const before = facts.segments[facts.segments.findIndex((segment) => segment.file === file) - 1]
    if (offsetBytes === 0 && before !== undefined) names.add(before.file)
  }
  return names
}

/** What is missing in a salvaged journal, and why: beside its segments. */
export const REPAIR_REPORT_NAME = 'repair.json'

/** The identity of a journal that holds what was salvaged from another: never to be taken for it. */
function salvagedIdentity(
  scan: JournalScan,
  { session }: Pick<JournalFacts, 'session'>,
  idLow: number,
  idHigh: number,
): JournalIdentity {
  if (scan.identity === undefined) throw new JournalUsageError('a salvage of a journal without any segment header')
  const label = `salvaged ${scan.identity.label}`.slice(0, LABEL_BYTES)
  // A description that is not the one of the beginning is none that a new journal could vouch for.
  const sessionDigest = session === 'proven' ? scan.identity.sessionDigest : undefined
  return { ...scan.identity, idLow, idHigh, label, sessionDigest }
}

/**
 * Copies every batch that verifies, those behind damage included, into a new journal, in their order. Nothing is guessed: what
 * is not sound is left out, and the sequences of the new journal have a gap there. The old journal is only read.
 * @param facts what verification found in the old journal
 * @param id two words for the new journal
 * @throws JournalIoError, JournalUsageError when nothing can be salvaged
 */
export function salvage(
  from: SegmentStorage,
  facts: JournalFacts,
  to: SegmentStorage,
  id: readonly [number, number],
  onProgress?: (fraction: number) => void,
): SalvageFacts {
  const leftOut = distrusted(facts)
  const probe = new JournalScan(from, { digests: false })
  const identity = salvagedIdentity(probe, facts, id[0], id[1])
  const { writer } = JournalWriter.open(to, { identity, segmentBytes: probe.segmentBytes })
  const copier = new BatchCopier(writer, leftOut)
  new JournalScan(from, {
    digests: false,
    onBatch: (window, file) => copier.copy(window, file),
    ...(onProgress && { onProgress }),
  })
  writer.close()
  return copier.facts()
}

class BatchCopier {
  readonly #writer: JournalWriter
  readonly #leftOut: ReadonlySet<string>
  readonly #buffers: BatchBuffer[]
  readonly #records = new Float64Array(3)
  #batches = 0
  #batchesLeftOut = 0

  constructor(writer: JournalWriter, leftOut: ReadonlySet<string>) {
    this.#writer = writer
    this.#leftOut = leftOut
    const { Inbound, Outbound } = JournalStream
    this.#buffers = [Inbound, Inbound, Outbound].map((stream) => new BatchBuffer(stream, writer.payloadBytesMax))
  }

  copy(window: BatchWindow, file: string): void {
    const stream = window.stream() as JournalStream
    const buffer = this.#buffers[stream]!
    const isNew = window.firstSequence() > this.#writer.lastSequence(stream)
    if (!isNew || this.#leftOut.has(file) || window.payloadBytes() > buffer.capacityBytes) {
      this.#batchesLeftOut++
      return
    }
    buffer.reset()
    const records = window.recordCount()
    let at = window.payloadAt()
    for (let i = 0; i < records; i++) {
      buffer.appendRecord(window.views, at)
      at += window.lengthAt(at)
    }
    this.#writer.append(buffer.views, 0, stream, buffer.payloadBytes, buffer.recordCount, buffer.lastAt)
    this.#records[stream]! += records
    this.#batches++
  }

  facts(): SalvageFacts {
    return {
      inboundRecords: this.#records[JournalStream.Inbound]!,
      outboundRecords: this.#records[JournalStream.Outbound]!,
      batches: this.#batches,
      batchesLeftOut: this.#batchesLeftOut,
    }
  }
}
