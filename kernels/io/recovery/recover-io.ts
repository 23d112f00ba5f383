import type { SegmentStorage } from '../../../storage/journal/segment-storage.ts'
import type { Snapshot } from '../../../storage/snapshot/snapshot-store.ts'
import type { NanoClock } from '../../loop/host-clock.ts'
import { createHeapRegion, IoCounterSlot, Membership } from '../../loop/regions.ts'
import { restoreKernel } from '../../loop/snapshot-barrier.ts'
import { Header, RecordType } from '../../records/catalogue.ts'
import type { Region } from '../../region/region.ts'
import { RingConsumer } from '../../ring/consumer.ts'
import { GatingSet, viewCursor } from '../../ring/gating.ts'
import { CursorLayout, RingHeader } from '../../ring/layout.ts'
import { readPublishedMark } from '../../ring/marks.ts'
import { RingProducer } from '../../ring/producer.ts'
import type { IoAssembly, IoRegions } from '../assemble.ts'
import { type IoPorts, openIoPorts } from '../io-ports.ts'
import { RecordedInbound } from './recorded-inbound.ts'
import { RecordedOutbound } from './recorded-outbound.ts'
import { RecordedStrategy } from './recorded-strategy.ts'

/** Records that are decided again between two turns of the recorded strategy. */
const STEP_BUDGET = 1024

export interface IoRecoveryOptions {
  readonly regions: IoRegions
  readonly journal: SegmentStorage
  readonly clock: NanoClock
  /** Called when the others have to move first: gives them time. Throws when there is nothing left to wait for. */
  readonly pause: () => Promise<void>
  /** Where to begin, instead of the session's start. */
  readonly snapshot?: Snapshot | undefined
}

/**
 * Brings a restarted I/O kernel to where its predecessor died (docs/recovery.md): the capture is read and everything is
 * decided again from the session's start, over private rings, with the recorded outbound records for answers; each inbound
 * record is compared with the published one instead of being published. Order table, positions, exposures, venue and
 * sequencer are then what they were, and the kernel turns to the real rings. With a snapshot all of that begins behind the
 * snapshot's record, and the capture is only read over up to there.
 *
 * Waits until the strategy kernel has consumed all that was published: what it has to say is taken off its ring meanwhile,
 * so that it never waits for its part.
 * @param assembly fresh, over the regions that were taken over
 * @returns sequence of the last inbound record that had been published
 * @throws XkError when the re-run gives another record than was published
 * @throws StateArchiveError when the snapshot's state is none of this kernel's
 */
export async function recoverIo(assembly: IoAssembly, options: IoRecoveryOptions): Promise<number> {
  const { kernel, pacer, counters } = assembly
  const { journal, regions, clock, pause, snapshot } = options
  if (snapshot !== undefined) restoreKernel(kernel, snapshot.payload)
  while (!kernel.skipInput()) await pause()
  const from = kernel.facts[0]!
  const real: IoPorts = { ...assembly.ports }
  const recordedOutbound = new RecordedOutbound(journal, real.outbound.ring, kernel.lastOutbound)
  await takeOutbound(real, recordedOutbound, regions.strategy, pause)
  const recordedInbound = new RecordedInbound(journal, regions.io, regions.storage, from)
  const own = createPrivatePorts(real, assembly, clock)
  const strategy = new RecordedStrategy({ ...own.strategyEnds, recordedInbound, recordedOutbound })
  kernel.turnTo(own.ports)
  pacer.hurry()
  const decide = async (last: number) => {
    for (;;) {
      const moved =
        kernel.facts[0]! < last ? kernel.step(Math.min(STEP_BUDGET, last - kernel.facts[0]!)) : kernel.drain()
      if (strategy.step() + moved > 0) continue
      if (kernel.facts[0] === last && own.isConsumed()) return
      await pause()
    }
  }
  const last = real.inbound.publishedSequence
  if (last > from) {
    await decide(last - 1)
    while (recordedInbound.seek(last) < 0) await pause()
    // The user's stop may have ended the session anywhere.
    if (typeOf(recordedInbound, last) === RecordType.SessionEnd) kernel.endEarly()
    await decide(last)
  }
  recordedInbound.close()
  recordedOutbound.close()
  kernel.turnTo(real)
  pacer.slowDown()
  kernel.facts[1] = counters[IoCounterSlot.heldRecords]!
  counters[IoCounterSlot.recoveredFrom] = from
  return last
}

/** Takes the strategy kernel's output until it has consumed everything that was published. */
export async function takeOutbound(
  { inbound, strategyCursor }: Pick<IoPorts, 'inbound' | 'strategyCursor'>,
  recorded: RecordedOutbound,
  strategy: Region,
  pause: () => Promise<void>,
): Promise<void> {
  for (;;) {
    // The strategy kernel publishes its output before its cursor: read the other way round, nothing is missed.
    const consumed = Atomics.load(strategyCursor, CursorLayout.Cursor >> 2)
    recorded.take()
    if (consumed === inbound.tailPosition()) break
    await pause()
  }
  const ringAt = strategy.offsetOf('ring.outbound')
  const words = new Int32Array(strategy.buffer, ringAt, RingHeader.Data >> 2)
  recorded.finish(readPublishedMark(words, new Float64Array(strategy.buffer, ringAt, RingHeader.Data >> 3)).sequence)
}

function typeOf(recorded: RecordedInbound, sequence: number): number {
  return recorded.views.u16[(recorded.seek(sequence) + Header.Type) >> 1]!
}

/** Rings like the real ones, on the heap, and both kernels' ends of them. */
function createPrivatePorts(real: IoPorts, { trail }: IoAssembly, clock: NanoClock) {
  const rings = { inboundBytes: real.inbound.capacityBytes, outboundBytes: real.outbound.ring.capacityBytes }
  const membership = new Int32Array(Membership.Count)
  membership[Membership.StrategyOnInbound] = 1
  membership[Membership.IoOnOutbound] = 1
  const io = createHeapRegion('io', rings)
  const strategy = createHeapRegion('strategy', rings)
  const ports = openIoPorts(
    { io, strategy, storage: createHeapRegion('storage', rings), membership },
    trail,
    clock,
    false,
  )
  const member = { cursor: viewCursor(io.buffer, io.offsetOf('cursor.outbound')), membership }
  const gating = new GatingSet([{ ...member, index: Membership.IoOnOutbound }])
  const inbound = new RingConsumer(io.place('ring.inbound'), strategy.place('cursor.inbound'))
  inbound.resume(1)
  const outbound = new RingProducer(strategy.buffer, strategy.offsetOf('ring.outbound'), gating)
  const isConsumed = () => Atomics.load(ports.strategyCursor, CursorLayout.Cursor >> 2) === ports.inbound.tailPosition()
  return { ports, strategyEnds: { inbound, outbound }, isConsumed }
}
