import { openLiveSnapshotStore } from '../../../../kernels/io/live/live-snapshots.ts'
import { type ResumedLive, resumeLive } from '../../../../kernels/io/live/resume-live.ts'
import { type OperatorCommand, writeCommand } from '../../../../kernels/io/operator/scripted-commands.ts'
import { startIoSnapshots } from '../../../../kernels/io/snapshots.ts'
import { Membership } from '../../../../kernels/loop/regions.ts'
import { Command, Header } from '../../../../kernels/records/catalogue.ts'
import { StateSaver } from '../../../../kernels/records/state-archive.ts'
import { GatingSet, viewCursor } from '../../../../kernels/ring/gating.ts'
import { RingProducer } from '../../../../kernels/ring/producer.ts'
import { assembleStorage, type StorageAssembly } from '../../../../kernels/storage/assemble.ts'
import { bundleStrategy } from '../../../../kernels/strategy/bundle.ts'
import { DirectJournalSink } from '../../../../storage/journal/direct-sink.ts'
import { JournalWriter } from '../../../../storage/journal/writer.ts'
import { MemoryStorage } from '../../../storage/support/memory-storage.ts'
import { IDENTITY } from '../../../storage/support/scripts.ts'
import { LiveRig, RIG_CONFIG } from './live-rig.ts'

const STATE_BYTES_MAX = 1 << 26

/** A live rig with a journal in memory, whose I/O kernel can die and come back. */
export class RecoveringRig extends LiveRig {
  readonly journal = new MemoryStorage()
  /** What successors said, and kernels of their snapshots. */
  readonly notes: string[] = []
  #storage: StorageAssembly | undefined
  #commands: RingProducer | undefined
  #said = 0

  /** @param everyRecords inbound records between two snapshots */
  static async trading(
    plugin: string,
    everyRecords: number,
    config: Partial<typeof RIG_CONFIG> = {},
  ): Promise<RecoveringRig> {
    const stateSnapshots = { everyRecords, pauseMsMax: 1e9 }
    const rig = new RecoveringRig(await bundleStrategy(plugin), { ...RIG_CONFIG, stateSnapshots, ...config })
    rig.takeSnapshots()
    rig.run(50)
    rig.open()
    rig.run(20)
    return rig
  }

  get store() {
    return openLiveSnapshotStore(this.journal, this.config)
  }

  /** Says something to the I/O kernel, as an operator does. */
  say(command: Partial<OperatorCommand> & Pick<OperatorCommand, 'code'>): void {
    const { supervisor, io, membership } = this.regions
    const cursor = viewCursor(io.buffer, io.offsetOf('cursor.commands'))
    const member = { cursor, membership, index: Membership.IoOnCommands }
    this.#commands ??= new RingProducer(
      supervisor.buffer,
      supervisor.offsetOf('ring.commands'),
      new GatingSet([member]),
    )
    const ring = this.#commands
    const at = ring.tryClaim(Command.Bytes, 0)
    writeCommand(ring.views, at, { strategy: 0, symbol: '', limit: 0, value: 0, who: 'test', why: 'test', ...command })
    this.#said++
    ring.views.f64[(at + Header.Sequence) >> 3] = this.#said
    ring.publish()
  }

  /** The I/O kernel dies, and with it its connections. */
  die(): void {
    this.venue.cut()
    this.copy.cut()
  }

  /** Brings a successor to where the dead kernel stood; the others go on meanwhile. @param usesSnapshots or all is gone through */
  async succeed(usesSnapshots: boolean): Promise<ResumedLive> {
    const { regions, journal, clock } = this
    const resumed = await resumeLive(this.assemble, {
      regions,
      journal,
      clock,
      durableBeforeSend: false,
      pause: async () => this.turn(() => {}),
      store: usesSnapshots ? this.store : undefined,
      onNote: (text) => this.notes.push(text),
    })
    this.live = resumed.assembly
    this.takeSnapshots()
    return resumed
  }

  protected takeSnapshots(): void {
    const onFailure = (reason: string) => this.notes.push(`no more snapshots: ${reason}`)
    startIoSnapshots(this.live, this.config.stateSnapshots, this.store, this.clock, onFailure)
  }

  /** All that the gate, the books and the orders of the I/O kernel hold, as bytes and as text. */
  state(): Readonly<Record<string, unknown>> {
    const { gate, gateway, operator } = this.live
    return {
      gate: bytesOf(gate),
      orders: describeOrders(this.live.gateway.orders),
      symbols: bytesOf(gateway.symbols),
      tokens: gateway.tokens.userRefBase[0],
      commands: operator.taken,
      lastRequest: this.live.kernel.lastOutbound,
    }
  }

  protected override drain(): void {
    if (this.#storage === undefined) {
      const { writer, recovered } = JournalWriter.open(this.journal, { identity: IDENTITY, segmentBytes: 1 << 17 })
      const sink = new DirectJournalSink(writer, { mode: 'async' }, () => 0)
      this.#storage = assembleStorage(this.regions, sink, recovered, { mode: 'async' })
    }
    this.#storage.kernel.step(256)
  }
}

function bytesOf(part: { archive(archive: StateSaver): void }): string {
  const saver = new StateSaver(STATE_BYTES_MAX)
  part.archive(saver)
  return Buffer.from(saver.bytes).toString('base64')
}

/** Orders that are not done, by what they are and not by where they lie. */
function describeOrders(orders: LiveRig['live']['gateway']['orders']): readonly unknown[] {
  const open: unknown[] = []
  for (let slot = 0; slot < orders.slotsUsed; slot++) {
    if (orders.state[slot] === 6) continue
    const nameOf = (other: number) => (other < 0 ? 0 : orders.orderId[other])
    open.push({
      id: orders.orderId[slot],
      state: orders.state[slot],
      isAccepted: orders.isAccepted[slot],
      strategy: orders.strategy[slot],
      instrument: orders.instrument[slot],
      side: orders.side[slot],
      sequence: orders.sequence[slot],
      price: orders.price[slot],
      leaves: orders.leaves[slot],
      filled: orders.filled[slot],
      filledBefore: orders.filledBefore[slot],
      cancelSequence: orders.cancelSequence[slot],
      cancelReason: orders.cancelReason[slot],
      replaces: nameOf(orders.replaces[slot]!),
      replacedBy: nameOf(orders.replacedBy[slot]!),
      flags: orders.flags[slot],
    })
  }
  return open.sort((a, b) => (a as { sequence: number }).sequence - (b as { sequence: number }).sequence)
}
