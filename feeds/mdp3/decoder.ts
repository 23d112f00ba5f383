import { FLAG_MORE, FLAG_SNAPSHOT, Header } from '../../kernels/records/catalogue.ts'
import type { FeedShared } from '../protocol/feed-shared.ts'
import type { RecordBatch } from '../record-batch.ts'
import { BookMessage } from './book-message.ts'
import { ChannelResetMessage } from './channel-reset-message.ts'
import { Mdp3Reject } from './counts.ts'
import { DecodeContext, EventWord } from './decode-context.ts'
import { DefinitionMessage } from './definition-message.ts'
import { MatchEventIndicator } from './generated/v13/types.ts'
import { TimeHigh } from './layout.ts'
import { LimitsMessage } from './limits-message.ts'
import { OrderMessage } from './order-message.ts'
import { OrderSnapshotMessage } from './order-snapshot-message.ts'
import { Slot } from './record-writer.ts'
import { SnapshotMessage } from './snapshot-message.ts'
import { StatisticsMessage } from './statistics-message.ts'
import { StatusMessage } from './status-message.ts'
import { kindOf, MessageKind, priceScaleOf } from './templates.ts'
import { TradeMessage } from './trade-message.ts'

/** A transaction lies near the packet that tells of it; what does not is damage, and the packet's time is taken. */
const TRANSACT_DISTANCE_NS_MAX = 86_400e9

/**
 * Decodes SBE messages of MDP 3.0 in place, an entry at a time, so that a message of many entries can be stopped at. Which
 * record each becomes, and what is dropped, is in docs/protocol-records-mdp3.md.
 */
export class Mdp3Decoder {
  /** Whether the message is all handed out. */
  isDone = true
  readonly context: DecodeContext
  readonly #shared: FeedShared
  readonly #book: BookMessage
  readonly #orders: OrderMessage
  readonly #trades: TradeMessage
  readonly #statistics: StatisticsMessage
  readonly #limits: LimitsMessage
  readonly #snapshot: SnapshotMessage
  readonly #orderSnapshot: OrderSnapshotMessage
  readonly #definition: DefinitionMessage
  readonly #status: StatusMessage
  readonly #channelReset: ChannelResetMessage
  #kind = MessageKind.Unknown
  /** The message is the last of its exchange event. */
  #endsEvent = true

  constructor(shared: FeedShared) {
    const context = new DecodeContext(shared)
    this.context = context
    this.#shared = shared
    this.#book = new BookMessage(context)
    this.#orders = new OrderMessage(context)
    this.#trades = new TradeMessage(context)
    this.#statistics = new StatisticsMessage(context)
    this.#limits = new LimitsMessage(context)
    this.#snapshot = new SnapshotMessage(context)
    this.#orderSnapshot = new OrderSnapshotMessage(context)
    this.#definition = new DefinitionMessage(context)
    this.#status = new StatusMessage(context)
    this.#channelReset = new ChannelResetMessage(context)
  }

  /** Begins a message whose body lies from `at` to `end`; what cannot be decoded is counted, and done at once. */
  begin(template: number, view: DataView, at: number, blockLength: number, version: number, end: number): void {
    const { context } = this
    context.template = template
    context.priceScale = priceScaleOf(template)
    context.writer.flags = 0
    context.writer.values[Slot.SourceTime] = context.writer.values[Slot.SendingTime]!
    this.#kind = kindOf(template)
    this.#endsEvent = true
    if (this.#kind === MessageKind.Unknown) context.reject(Mdp3Reject.UnknownTemplate)
    else if (this.#beginKind(template, view, at, blockLength, version, end)) context.counts.byTemplate[template]!++
    else {
      this.isDone = true
      context.reject(Mdp3Reject.BadMessage)
    }
  }

  /**
   * Goes on with the message. The batch must have room.
   * @returns how many records were appended
   */
  step(batch: RecordBatch): number {
    const from = batch.usedBytes
    const { refresh, writer, channel } = this.context
    if (refresh.hasRecovered) {
      refresh.step(writer, batch)
      this.isDone = true
    } else {
      this.#stepKind(batch)
      if (this.isDone && this.#endsEvent) refresh.endEvent(channel)
    }
    if (refresh.hasRecovered) this.isDone = false
    return this.#markEvent(batch, from)
  }

  #beginKind(template: number, view: DataView, at: number, blockLength: number, version: number, end: number): boolean {
    switch (this.#kind) {
      case MessageKind.Book:
        if (!this.#book.begin(template, view, at, blockLength, version, end)) return false
        return this.#beginEvent(this.#book.isDone)
      case MessageKind.Orders:
        if (!this.#orders.begin(template, view, at, blockLength, version, end)) return false
        return this.#beginEvent(this.#orders.isDone)
      case MessageKind.Trades:
        if (!this.#trades.begin(template, view, at, blockLength, version, end)) return false
        return this.#beginEvent(this.#trades.isDone)
      case MessageKind.Statistics:
        if (!this.#statistics.begin(template, view, at, blockLength, version, end)) return false
        return this.#beginEvent(this.#statistics.isDone)
      case MessageKind.Limits:
        if (!this.#limits.begin(template, view, at, blockLength, version, end)) return false
        return this.#beginEvent(this.#limits.isDone)
      case MessageKind.Status:
        if (!this.#status.begin(template, view, at, blockLength, version, end)) return false
        return this.#beginEvent(this.#status.isDone)
      case MessageKind.ChannelReset:
        if (!this.#channelReset.begin(view, at, blockLength, version, end)) return false
        return this.#beginEvent(this.#channelReset.isDone)
      default:
        return this.#beginRare(template, view, at, blockLength, version, end)
    }
  }

  /** Messages outside exchange events: the packet's time is theirs. */
  #beginRare(template: number, view: DataView, at: number, blockLength: number, version: number, end: number): boolean {
    const { writer } = this.context
    this.isDone = true
    switch (this.#kind) {
      case MessageKind.Definition:
        if (!this.#definition.begin(template, view, at, blockLength, version, end)) return false
        this.isDone = this.#definition.isDone
        return true
      case MessageKind.Snapshot:
        writer.flags = FLAG_SNAPSHOT
        if (!this.#snapshot.begin(template, view, at, blockLength, version, end)) return false
        this.isDone = this.#snapshot.isDone
        return true
      case MessageKind.OrderSnapshot:
        writer.flags = FLAG_SNAPSHOT
        if (!this.#orderSnapshot.begin(template, view, at, blockLength, version, end)) return false
        this.isDone = this.#orderSnapshot.isDone
        return true
      default:
        return blockLength <= end - at
    }
  }

  #beginEvent(isDone: boolean): boolean {
    this.isDone = isDone
    const { event } = this.context
    const { values } = this.context.writer
    const high = event[EventWord.TransactTimeHigh]!
    const low = event[EventWord.TransactTimeLow]!
    const matchEventIndicator = event[EventWord.MatchEventIndicator]!
    this.#endsEvent = (matchEventIndicator & MatchEventIndicator.EndOfEvent) !== 0
    if ((matchEventIndicator & MatchEventIndicator.RecoveryMsg) !== 0) this.context.writer.flags = FLAG_SNAPSHOT
    if (high < TimeHigh.Min || high >= TimeHigh.Max) return true
    this.#shared.epoch.wordsToSession(high, low, values, Slot.SourceTime)
    const distanceNs = values[Slot.SourceTime]! - values[Slot.SendingTime]!
    if (distanceNs > TRANSACT_DISTANCE_NS_MAX || distanceNs < -TRANSACT_DISTANCE_NS_MAX) {
      values[Slot.SourceTime] = values[Slot.SendingTime]!
    }
    return true
  }

  #stepKind(batch: RecordBatch): void {
    switch (this.#kind) {
      case MessageKind.Book:
        this.#book.step(batch)
        this.isDone = this.#book.isDone
        return
      case MessageKind.Orders:
        this.#orders.step(batch)
        this.isDone = this.#orders.isDone
        return
      case MessageKind.Trades:
        this.#trades.step(batch)
        this.isDone = this.#trades.isDone
        return
      case MessageKind.Statistics:
        this.#statistics.step(batch)
        this.isDone = this.#statistics.isDone
        return
      case MessageKind.Limits:
        this.#limits.step(batch)
        this.isDone = this.#limits.isDone
        return
      case MessageKind.Status:
        this.#status.step(batch)
        this.isDone = this.#status.isDone
        return
      default:
        this.#stepRare(batch)
    }
  }

  #stepRare(batch: RecordBatch): void {
    switch (this.#kind) {
      case MessageKind.Definition:
        this.#definition.step(batch)
        this.isDone = this.#definition.isDone
        return
      case MessageKind.Snapshot:
        this.#snapshot.step(batch)
        this.isDone = this.#snapshot.isDone
        return
      case MessageKind.OrderSnapshot:
        this.#orderSnapshot.step(batch)
        this.isDone = this.#orderSnapshot.isDone
        return
      default:
        this.#channelReset.step(batch)
        this.isDone = this.#channelReset.isDone
    }
  }

  /** Flags all records but the last one of an event. @returns how many there are */
  #markEvent(batch: RecordBatch, from: number): number {
    const { u16, u32 } = batch.views
    const isLast = this.isDone && this.#endsEvent
    let count = 0
    for (let at = from; at < batch.usedBytes; count++) {
      const next = at + u32[(at + Header.Length) >> 2]!
      if (!isLast || next < batch.usedBytes) u16[(at + Header.Flags) >> 1]! |= FLAG_MORE
      at = next
    }
    return count
  }
}
