import type { SegmentStorage } from '../../../storage/journal/segment-storage.ts'
import type { Snapshot } from '../../../storage/snapshot/snapshot-store.ts'
import type { NanoClock } from '../../loop/host-clock.ts'
import { IoCounterSlot } from '../../loop/regions.ts'
import { restoreKernel } from '../../loop/snapshot-barrier.ts'
import { StoragePosition, StorageState } from '../../loop/storage-positions.ts'
import type { IoRegions } from '../assemble.ts'
import { viewStrategyCursor } from '../inbound-gating.ts'
import { RecordedInbound } from '../recovery/recorded-inbound.ts'
import { RecordedOutbound } from '../recovery/recorded-outbound.ts'
import { takeOutbound } from '../recovery/recover-io.ts'
import type { LiveAssembly } from './assemble-live.ts'
import { LiveCount } from './live-counts.ts'
import { failUnanswered } from './recall-errors.ts'
import { SessionRecall } from './session-recall.ts'

/** How long the venue may take to repeat the next of its answers. */
const VENUE_PATIENCE_NS = 60e9
/** Records that are taken between two pauses: the process must go on answering its supervisor. */
const RECORDS_PER_TURN = 65_536

export interface LiveRecoveryOptions {
  readonly regions: IoRegions
  readonly journal: SegmentStorage
  /** The session's time. */
  readonly clock: NanoClock
  /** Whether an order leaves only once it and its cause are durable. */
  readonly durableBeforeSend: boolean
  /** Where to begin, instead of the session's start. */
  readonly snapshot?: Snapshot | undefined
  /** Called when the others have to move first: gives them time. Throws when there is nothing left to wait for. */
  readonly pause: () => Promise<void>
}

/**
 * Brings a restarted live I/O kernel to where its predecessor died (docs/recovery.md). What was published is gone through again:
 * gate and books see each record, the gate decides again on each request, the gateway takes each request without sending it, and
 * the venue's sequenced replay from the run's first message must give the answers that were published. What it gives beyond
 * them is published next; requests without a verdict are judged by the kernel's first steps. With a snapshot all of that
 * begins behind the snapshot's record, and the replay with the first message that its state had not seen.
 * @param assembly fresh, over the regions that were taken over
 * @returns sequence of the last inbound record that had been published
 * @throws XkError when something else comes out than was published, or the venue does not repeat it
 * @throws StateArchiveError when the snapshot's state is none of this kernel's
 */
export async function recoverLive(assembly: LiveAssembly, options: LiveRecoveryOptions): Promise<number> {
  const { kernel, gateway, dropCopy, gate, inbound, counters } = assembly
  const { journal, regions, clock, pause, snapshot } = options
  const last = inbound.publishedSequence
  if (last === 0) return 0
  if (snapshot !== undefined) restoreKernel(kernel, snapshot.payload)
  const from = kernel.facts[0]!
  const outbound = new RecordedOutbound(journal, assembly.ring, kernel.lastOutbound)
  const ports = { inbound, strategyCursor: viewStrategyCursor(regions.strategy) }
  await takeOutbound(ports, outbound, regions.strategy, pause)
  const recorded = new RecordedInbound(journal, regions.io, regions.storage, from)
  const recall = new SessionRecall({ kernel, gateway, dropCopy, gate, outbound, clock })
  gateway.beginRecall()
  dropCopy?.breaks.beginRecall()
  const nowNs = new Float64Array(1)
  for (let sequence = from + 1; sequence <= last; sequence++) {
    clock.readInto(nowNs, 0)
    const dueNs = nowNs[0]! + VENUE_PATIENCE_NS
    if (sequence % RECORDS_PER_TURN === 0) await pause()
    let at = recorded.seek(sequence)
    while (at < 0 || !recall.take(recorded.views, at)) {
      await pause()
      clock.readInto(nowNs, 0)
      if (gateway.brokenBy !== '' || nowNs[0]! > dueNs) failUnanswered(sequence, gateway.brokenBy || 'nothing came')
      at = recorded.seek(sequence)
    }
  }
  recorded.close()
  if (options.durableBeforeSend) await awaitDurable(regions, last, outbound.lastSequence, pause)
  // The predecessor's connection was lost with it, behind the last record that it published.
  gateway.lostNs[0] = Math.max(gateway.lostNs[0]!, kernel.counts[LiveCount.LastTimeNs]!)
  gateway.endRecall()
  dropCopy?.breaks.endRecall()
  // Silence of the feed counts from here on.
  clock.readInto(assembly.source.lastPacketNs, 0)
  assembly.outbound.prepend(outbound)
  kernel.counts[LiveCount.MarketRecords] = counters[IoCounterSlot.marketRecords]!
  kernel.counts[LiveCount.Routed] = counters[IoCounterSlot.requestsRouted]!
  kernel.counts[LiveCount.RejectedByGate] = counters[IoCounterSlot.requestsRejected]!
  counters[IoCounterSlot.recoveredFrom] = from
  return last
}

/** What was off the ring already when its turn came leaves no sooner than it would have from there. */
async function awaitDurable(
  { storage }: IoRegions,
  inbound: number,
  outbound: number,
  pause: () => Promise<void>,
): Promise<void> {
  const positions = storage.viewDoubles('positions')
  const isDurable = () =>
    positions[StoragePosition.DurableInbound]! >= inbound && positions[StoragePosition.DurableOutbound]! >= outbound
  while (!isDurable() && positions[StoragePosition.State] !== StorageState.Failed) await pause()
}
