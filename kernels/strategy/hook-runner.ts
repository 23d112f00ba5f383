import { encodeUtf8 } from '../../strategies/plugin/facade/utf8.ts'
import { ControlDouble, ControlWord, Scratch } from '../../strategies/plugin/memory.ts'
import { LogLevel } from '../../strategies/plugin/vocabulary.ts'
import {
  CancelReason,
  Header,
  Log,
  MassCancel,
  RECORD_BYTES_MAX,
  RecordType,
  StopReason,
} from '../records/catalogue.ts'
import type { StateArchive } from '../records/state-archive.ts'
import { beginRecord, RecordViews } from '../records/views.ts'
import { ActivityWord, HOOK_NAMES, Hook } from './activity.ts'
import { describeThrown } from './load.ts'
import type { OutboundWriter } from './outbound.ts'
import { SlotCount, type StrategySlot } from './strategy-slot.ts'

/** Calls hooks, moves what they emit to the outbound ring, and stops strategies. Each call passes small integers only. */
export class HookRunner {
  readonly #outbound: OutboundWriter
  readonly #scratch: Float64Array
  #activity: Int32Array
  readonly #farewell = new RecordViews(new ArrayBuffer(RECORD_BYTES_MAX))
  #cause: RecordViews = this.#farewell
  #causeAt = 0
  #unit = 0

  constructor(outbound: OutboundWriter, scratch: Float64Array, activity: Int32Array) {
    this.#outbound = outbound
    this.#scratch = scratch
    this.#activity = activity
  }

  archive(archive: StateArchive): void {
    this.#unit = archive.number(this.#unit)
  }

  /** From here on it tells there what runs. */
  moveActivity(activity: Int32Array): void {
    this.#activity = activity
  }

  /** A new inbound record: its sequence becomes visible from outside. */
  noteSequence(views: RecordViews, at: number): void {
    const sequence = views.f64[(at + Header.Sequence) >> 3]!
    this.#activity[ActivityWord.SequenceLow] = sequence | 0
    this.#activity[ActivityWord.SequenceHigh] = (sequence / 4294967296) | 0
  }

  /** What follows is caused by this record; each unit of work has an emission bound of its own. */
  beginUnit(views: RecordViews, at: number): void {
    this.#cause = views
    this.#causeAt = at
    this.#unit = (this.#unit + 1) | 0
    this.#scratch[Scratch.Now] = views.f64[(at + Header.Time) >> 3]!
  }

  callStart(strategy: StrategySlot): void {
    const { start } = strategy.entry
    if (start === undefined) return
    this.#enter(strategy, Hook.Start)
    try {
      start()
    } catch (error) {
      this.#threw(strategy, error)
      return
    }
    this.#leave(strategy)
  }

  callBook(strategy: StrategySlot, instrument: number): void {
    this.#enter(strategy, Hook.Book)
    try {
      strategy.entry.book!(instrument)
    } catch (error) {
      this.#threw(strategy, error)
      return
    }
    this.#leave(strategy)
  }

  callTrade(strategy: StrategySlot, instrument: number): void {
    this.#enter(strategy, Hook.Trade)
    try {
      strategy.entry.trade!(instrument)
    } catch (error) {
      this.#threw(strategy, error)
      return
    }
    this.#leave(strategy)
  }

  callStatus(strategy: StrategySlot, instrument: number): void {
    this.#enter(strategy, Hook.Status)
    try {
      strategy.entry.status!(instrument)
    } catch (error) {
      this.#threw(strategy, error)
      return
    }
    this.#leave(strategy)
  }

  callOrder(strategy: StrategySlot, slot: number): void {
    this.#enter(strategy, Hook.Order)
    try {
      strategy.entry.order!(slot)
    } catch (error) {
      this.#threw(strategy, error)
      return
    }
    this.#leave(strategy)
  }

  callTimer(strategy: StrategySlot): void {
    this.#enter(strategy, Hook.Timer)
    try {
      strategy.entry.timer()
    } catch (error) {
      this.#threw(strategy, error)
      return
    }
    this.#leave(strategy)
  }

  /** Calls `onStop` and lets the strategy rest: the session's end. */
  finish(strategy: StrategySlot): void {
    const { stop } = strategy.entry
    if (stop !== undefined) {
      this.#enter(strategy, Hook.Stop)
      try {
        stop()
      } catch (error) {
        this.#threw(strategy, error)
        return
      }
      this.#leave(strategy)
    }
    this.#retire(strategy)
  }

  /** Stops a strategy by a record or a decision of an earlier run. One stopped by an operator may still say good-bye. */
  disable(strategy: StrategySlot, reason: StopReason): void {
    if (!strategy.running) return
    if (reason === StopReason.Commanded) this.finish(strategy)
    if (strategy.stop !== undefined) return
    const text = reason === StopReason.Overran ? 'it overran its time budget' : 'an operator stopped it'
    this.stop(strategy, reason, 'none', text, strategy.loaded.bundle.path)
  }

  #enter(strategy: StrategySlot, hook: Hook): void {
    const activity = this.#activity
    activity[ActivityWord.Hook] = hook
    activity[ActivityWord.Calls] = (activity[ActivityWord.Calls]! + 1) | 0
    activity[ActivityWord.StrategyId] = strategy.id
    strategy.counts[SlotCount.HookCalls]!++
    strategy.orderIdBefore = strategy.control[ControlWord.LastOrderId]!
    if (strategy.unit !== this.#unit) {
      strategy.unit = this.#unit
      strategy.control[ControlWord.EmittedRecords] = 0
    }
  }

  #leave(strategy: StrategySlot): void {
    this.#activity[ActivityWord.StrategyId] = 0
    if (strategy.control[ControlWord.EmissionExceeded] !== 0) this.#emittedTooMuch(strategy)
    else if (strategy.control[ControlWord.EmittedBytes] !== 0) this.#flush(strategy)
  }

  #flush(strategy: StrategySlot): void {
    const { staged, control, counts } = strategy
    const end = control[ControlWord.EmittedBytes]!
    let at = 0
    while (at < end) {
      const type = staged.u16[(at + Header.Type) >> 1]!
      if (type === RecordType.NewOrder) counts[SlotCount.OrdersSent]!++
      else if (type === RecordType.ReplaceOrder) counts[SlotCount.ReplacesSent]!++
      else if (type === RecordType.CancelOrder) counts[SlotCount.CancelsSent]!++
      this.#outbound.write(staged, at, strategy.id, this.#cause, this.#causeAt)
      at += staged.u32[at >> 2]!
    }
    control[ControlWord.EmittedBytes] = 0
  }

  #emittedTooMuch(strategy: StrategySlot): void {
    const hook = this.#hookName()
    const text = `${hook} emitted more records than one inbound record may cause`
    this.stop(strategy, StopReason.EmittedTooMuch, hook, text, strategy.loaded.bundle.path)
  }

  #threw(strategy: StrategySlot, error: unknown): void {
    this.#activity[ActivityWord.StrategyId] = 0
    if (strategy.control[ControlWord.EmissionExceeded] !== 0) {
      this.#emittedTooMuch(strategy)
      return
    }
    this.stop(strategy, StopReason.Threw, this.#hookName(), describeThrown(error), strategy.loaded.locate(error))
  }

  #hookName(): string {
    return HOOK_NAMES[this.#activity[ActivityWord.Hook]!]!
  }

  /** Stops one strategy: what its last hook asked for is dropped, its orders are cancelled, and it is never called again. */
  stop(strategy: StrategySlot, reason: StopReason, hook: string, message: string, where: string): void {
    const sequence = this.#cause.f64[(this.#causeAt + Header.Sequence) >> 3]!
    strategy.forgetStaged()
    this.#retire(strategy)
    strategy.stop = { strategyId: strategy.id, name: strategy.name, reason, hook, sequence, message, where }
    this.#writeFarewell(strategy, `strategy ${strategy.name} is stopped (${hook}): ${message}`)
  }

  #retire(strategy: StrategySlot): void {
    strategy.running = false
    strategy.timerDue[ControlDouble.NextTimerDue] = Number.POSITIVE_INFINITY
  }

  /** The text holds no path and no stack, which would differ from host to host. */
  #writeFarewell(strategy: StrategySlot, text: string): void {
    const views = this.#farewell
    views.u8.fill(0)
    beginRecord(views, 0, MassCancel.Bytes, RecordType.MassCancel, 0)
    views.u32[MassCancel.Reason >> 2] = CancelReason.StrategyStopped
    this.#outbound.write(views, 0, strategy.id, this.#cause, this.#causeAt)
    views.u8.fill(0)
    const textBytes = encodeUtf8(text, views.u8, Log.Text, RECORD_BYTES_MAX - Log.Bytes)
    beginRecord(views, 0, (Log.Bytes + textBytes + 7) & ~7, RecordType.Log, 0)
    views.u32[Log.Level >> 2] = LogLevel.Error
    views.u32[Log.TextBytes >> 2] = textBytes
    this.#outbound.write(views, 0, strategy.id, this.#cause, this.#causeAt)
  }
}
