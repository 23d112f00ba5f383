/**
 * Bundled into every plugin's script: builds the plugin's context over the kernel's memory, inside the plugin's own
 * realm, so that all it calls can be inlined into it.
 */
import type { StateArchive } from '../../../kernels/records/state-archive.ts'
import type { Context } from '../context.ts'
import type { Strategy } from '../define.ts'
import { ControlDouble, ControlWord, type Handles, type PluginEntry, Scratch } from '../memory.ts'
import { OrderTable } from '../order-table.ts'
import type { ParamDeclarations, ParamValue, ParamValues } from '../params.ts'
import type { LogLevel } from '../vocabulary.ts'
import { Emission } from './emission.ts'
import { OrderEventView, StatusView, TradeView } from './events.ts'
import { InstrumentBook } from './instruments.ts'
import { OrderDesk } from './orders.ts'
import { loadState, saveState } from './plain-state.ts'
import { Random } from './random.ts'
import { TimerHeap } from './timers.ts'
import type { Sight } from './views.ts'

type AnyParams = ParamValues<ParamDeclarations>
type AnyStrategy = Strategy<ParamDeclarations, unknown>

class PluginContext implements Context<AnyParams, unknown> {
  readonly strategyId: number
  readonly params: AnyParams
  state: unknown
  readonly instruments: InstrumentBook
  readonly orders: OrderDesk
  readonly timers: TimerHeap
  readonly generator = new Random()
  private readonly scratch: Float64Array
  readonly #emission: Emission

  constructor(plugin: AnyStrategy, handles: Handles, params: AnyParams, sight: Sight, control: Int32Array) {
    this.strategyId = handles.strategyId
    this.params = params
    this.scratch = sight.scratch
    this.instruments = new InstrumentBook(sight)
    this.#emission = new Emission(handles.emission, control, handles.emissionMax)
    const table = new OrderTable(handles.orders, handles.ordersMax, handles.instrumentsMax, sight.positions)
    this.orders = new OrderDesk(table, this.#emission, control, sight.scratch, this.instruments)
    this.timers = new TimerHeap(sight.scratch, new Float64Array(handles.control, 0, ControlDouble.Slots))
    this.state = plugin.state?.(params)
  }

  // Fields, not methods: a hook may take them out of the context by destructuring.
  readonly now = (): number => this.scratch[Scratch.Now]!

  readonly random = (): number => {
    this.draw()
    return this.scratch[Scratch.Answer]!
  }

  readonly randomInteger = (limit: number): number => {
    this.draw()
    return Math.floor(this.scratch[Scratch.Answer]! * limit)
  }

  readonly log = (level: LogLevel, text: string): void => this.#emission.log(level, text)

  readonly signal = (name: string, value: number): void => this.#emission.signal(name, value)

  archive(archive: StateArchive): void {
    this.generator.archive(archive)
    this.timers.archive(archive)
    if (archive.isSaving) saveState(this.state, archive)
    else this.state = loadState(archive)
  }

  private draw(): void {
    this.generator.drawUniform(this.scratch, Scratch.Answer)
  }
}

/** Copies the values into this realm and freezes them. */
function copyParams(values: Readonly<Record<string, ParamValue>>): AnyParams {
  const params: Record<string, ParamValue> = {}
  for (const [name, value] of Object.entries(values)) {
    params[name] = typeof value === 'object' ? Object.freeze([...value]) : value
  }
  return Object.freeze(params) as unknown as AnyParams
}

/** @throws whatever the plugin's `state` throws */
export function attach(
  plugin: AnyStrategy,
  handles: Handles,
  values: Readonly<Record<string, ParamValue>>,
): PluginEntry {
  const control = new Int32Array(handles.control, 0, ControlWord.Slots)
  const sight: Sight = {
    handles,
    top: new Float64Array(handles.top.buffer, handles.top.byteOffset, handles.top.length),
    facts: new Float64Array(handles.facts),
    positions: new Float64Array(handles.positions),
    selection: new Int32Array(handles.selection),
    scratch: new Float64Array(handles.scratch),
  }
  const context = new PluginContext(plugin, handles, copyParams(values), sight, control)
  const { instruments, orders, timers } = context
  const trade = new TradeView(sight.scratch, control)
  const event = new OrderEventView(sight.scratch, control)
  const status = new StatusView(sight.scratch, control, instruments)
  const { onStart, onBook, onTrade, onStatus, onOrder, onTimer, onStop } = plugin
  return {
    start: onStart && (() => onStart.call(plugin, context)),
    book: onBook && ((instrument) => onBook.call(plugin, context, instruments.get(instrument).book)),
    trade: onTrade && ((instrument) => onTrade.call(plugin, context, trade.at(instruments.get(instrument)))),
    status: onStatus && ((instrument) => onStatus.call(plugin, context, status.at(instrument))),
    order: onOrder && ((slot) => onOrder.call(plugin, context, orders.at(slot), event)),
    timer: () => {
      const id = timers.pop()
      if (onTimer !== undefined) onTimer.call(plugin, context, id)
    },
    stop: onStop && (() => onStop.call(plugin, context)),
    seed: (low, high) => context.generator.seed(low, high, handles.strategyId),
    refresh: (instrument) => instruments.refresh(instrument),
    archive: (archive) => context.archive(archive),
  }
}
