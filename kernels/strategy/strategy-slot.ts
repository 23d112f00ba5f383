import { BookChange } from '../../feeds/book/book-counts.ts'
import { TopSlot as BookTopSlot } from '../../feeds/book/level-store.ts'
import type { OrderBook } from '../../feeds/book/order-book.ts'
import {
  ControlDouble,
  ControlWord,
  type Handles,
  type PluginEntry,
  PositionSlot,
  Scratch,
  TopSlot,
} from '../../strategies/plugin/memory.ts'
import { OrderTable, orderTableBytes } from '../../strategies/plugin/order-table.ts'
import type { ParamValue } from '../../strategies/plugin/params.ts'
import { RECORD_BYTES_MAX, type StopReason } from '../records/catalogue.ts'
import type { StateArchive } from '../records/state-archive.ts'
import { RecordViews } from '../records/views.ts'
import type { LoadedStrategy } from './load.ts'
import type { InstrumentDirectory } from './market-state.ts'
import { Selection } from './selection.ts'

/** Why and where a strategy was stopped. */
export interface StrategyStop {
  readonly strategyId: number
  readonly name: string
  readonly reason: StopReason
  /** The hook that threw, or `none`. */
  readonly hook: string
  /** Inbound sequence at which it was stopped. */
  readonly sequence: number
  readonly message: string
  /** File, line and column of the plugin, as far as they are known. */
  readonly where: string
}

export interface StrategySlotBounds {
  readonly emissionMax: number
  readonly ordersMax: number
}

const TOP_SLOTS_AGREE =
  Number(TopSlot.BidPrice) === Number(BookTopSlot.BidPrice) &&
  Number(TopSlot.BidQuantity) === Number(BookTopSlot.BidQuantity) &&
  Number(TopSlot.AskPrice) === Number(BookTopSlot.AskPrice) &&
  Number(TopSlot.AskQuantity) === Number(BookTopSlot.AskQuantity) &&
  Number(TopSlot.Slots) === Number(BookTopSlot.Slots)
if (!TOP_SLOTS_AGREE) throw new Error('plugins and the order book disagree on where the best prices lie')

/** Everything that the kernel keeps for one strategy. */
export class StrategySlot {
  readonly id: number
  readonly loaded: LoadedStrategy
  readonly entry: PluginEntry
  readonly params: Readonly<Record<string, ParamValue>>
  readonly control: Int32Array
  readonly timerDue: Float64Array
  readonly positions: Float64Array
  /** Highest instrument of a fill; requests name none that the directory does not know. */
  highestFilled = 0
  readonly orders: OrderTable
  readonly #orderBytes: Uint8Array
  readonly #directory: InstrumentDirectory
  readonly staged: RecordViews
  readonly selection: Selection
  /** Book flags that call `onBook`. */
  readonly interest: number
  running = false
  stop: StrategyStop | undefined
  /** Inbound sequence after which it must not run, infinity for none: from stops that were decided in an earlier run. */
  readonly disabledAfter = new Float64Array([Number.POSITIVE_INFINITY])
  disabledReason = 0 as StopReason
  /** Unit of work to which the emission count belongs. */
  unit = -1
  /** Last order id before the running hook. */
  orderIdBefore = 0
  readonly counts = new Float64Array(SlotCount.Slots)
  /** By order slot: arrivals at the book when the order's acceptance was seen; orders that came later stand behind it. */
  readonly arrivals: Float64Array

  constructor(
    id: number,
    loaded: LoadedStrategy,
    params: Readonly<Record<string, ParamValue>>,
    bounds: StrategySlotBounds,
    directory: InstrumentDirectory,
    book: OrderBook,
    scratch: Float64Array,
  ) {
    const { instrumentsMax } = directory
    this.id = id
    this.#directory = directory
    this.loaded = loaded
    this.params = params
    const control = new ArrayBuffer(ControlWord.Slots * 4)
    this.control = new Int32Array(control)
    this.timerDue = new Float64Array(control, 0, ControlDouble.Slots)
    this.positions = new Float64Array((instrumentsMax + 1) * PositionSlot.Slots)
    const orders = new ArrayBuffer(orderTableBytes(bounds.ordersMax, instrumentsMax))
    this.orders = new OrderTable(orders, bounds.ordersMax, instrumentsMax, this.positions)
    this.orders.format()
    this.#orderBytes = new Uint8Array(orders)
    this.arrivals = new Float64Array(bounds.ordersMax + 1)
    this.staged = new RecordViews(new ArrayBuffer(bounds.emissionMax * RECORD_BYTES_MAX))
    this.selection = new Selection(instrumentsMax, params.symbols as readonly string[], params.symbolsMax as number)
    this.interest = loaded.definition.interest === 'depth' ? BookChange.Book | BookChange.Top : BookChange.Top
    const handles: Handles = {
      strategyId: id,
      instrumentsMax,
      ordersMax: bounds.ordersMax,
      emissionMax: bounds.emissionMax,
      scratch: scratch.buffer,
      control,
      facts: directory.facts.buffer,
      positions: this.positions.buffer,
      selection: this.selection.choices.buffer,
      orders,
      emission: this.staged.u8.buffer,
      top: { buffer: book.top.buffer, byteOffset: book.top.byteOffset, length: book.top.length },
      instrumentCount: () => directory.count,
      symbolOf: (instrument) => directory.symbolOf(instrument),
      findSymbol: (symbol) => directory.find(symbol),
      queryLevel: (instrument, side, level) => answer(book, book.levelAt(instrument, side, level), scratch),
      queryPrice: (instrument, side) =>
        answer(book, book.findLevel(instrument, side, scratch[Scratch.QueryPrice]!), scratch),
    }
    this.entry = loaded.attach(handles, params)
  }

  get name(): string {
    return this.loaded.name
  }

  /**
   * Saves or restores everything that its next hook could see. What was decided about it in an earlier run (`disabledAfter`) comes
   * with the configuration.
   * @throws StrategyError when the plugin's own state is no plain data
   */
  archive(archive: StateArchive): void {
    archive.array(this.control)
    this.highestFilled = archive.number(this.highestFilled)
    const highest = Math.max(this.highestFilled, this.#directory.highest)
    archive.array(this.positions, 0, (highest + 1) * PositionSlot.Slots)
    archive.array(this.#orderBytes)
    archive.array(this.arrivals)
    archive.array(this.counts)
    this.selection.archive(archive)
    this.running = archive.number(this.running ? 1 : 0) === 1
    this.unit = archive.number(this.unit)
    this.orderIdBefore = archive.number(this.orderIdBefore)
    this.stop = JSON.parse(archive.text(JSON.stringify(this.stop ?? null))) ?? undefined
    this.entry.archive(archive)
  }

  /** Requests made in a hook that did not end well were never sent: their orders leave the table. */
  forgetStaged(): void {
    for (let slot = 1; slot < this.orders.id.length; slot++) {
      if (this.orders.state[slot] !== 0 && this.orders.id[slot]! > this.orderIdBefore) this.orders.remove(slot)
    }
    this.control[ControlWord.EmittedBytes] = 0
  }
}

/** Slots of a strategy's counts. */
export enum SlotCount {
  OrdersSent = 0,
  CancelsSent = 1,
  ReplacesSent = 2,
  Fills = 3,
  Rejects = 4,
  /** Responses to orders that were done already: the race of a cancel with a fill, for one. */
  LateResponses = 5,
  TimersFired = 6,
  HookCalls = 7,
  Slots = 8,
}

/** Writes what a level holds; zeros for none. */
function answer(book: OrderBook, level: number, scratch: Float64Array): void {
  scratch[Scratch.QueryPrice] = level === 0 ? 0 : book.levelPrice(level)
  scratch[Scratch.QueryQuantity] = level === 0 ? 0 : book.levelQuantity(level)
  scratch[Scratch.QueryOrders] = level === 0 ? 0 : book.levelOrders(level)
}
