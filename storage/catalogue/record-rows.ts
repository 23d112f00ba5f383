import {
  BreakCause,
  Command,
  CommandCode,
  CommandOutcome,
  ExecutionBreak,
  Filled,
  Gap,
  Header,
  Instrument,
  Liquidity,
  Outcome,
  RecordType,
  Rejected,
  RejectOrigin,
  Side,
  SideMark,
  Stale,
  StaleReason,
  Stop,
  StopReason,
  SYMBOL_BYTES,
  TradingTerms,
} from '../../kernels/records/catalogue.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { readText } from '../export/export-instruments.ts'
import type { Units } from '../session/units.ts'
import { memberName, rejectReasonName } from '../session/value-names.ts'
import type { SessionRows } from './catalogue.ts'

const CURRENCY_BYTES = 8
const WHO_BYTES = Command.Why - Command.Who
const WHY_BYTES = Command.Bytes - Command.Why

/** Places in a row of the table of instruments, of what a start-of-day file may change. */
enum InstrumentCell {
  RoundLot = 4,
  TickSize = 5,
  Restricted = 7,
}

/** Writes the rows that single inbound records make: fills, rejects, commands, gaps. */
export class RecordRows {
  fills = 0
  rejects = 0
  readonly #rows: SessionRows
  readonly #units: Units
  /** By sequence: rows of commands up to their outcomes. */
  readonly #commands = new Map<number, (string | number | bigint)[]>()
  /** By instrument: the rows that `writeInstruments` writes. */
  readonly #instruments = new Map<number, (string | number)[]>()

  constructor(rows: SessionRows, units: Units) {
    this.#rows = rows
    this.#units = units
  }

  get instruments(): number {
    return this.#instruments.size
  }

  /** Takes the next inbound record; those that make no row change nothing. */
  note(views: RecordViews, at: number): void {
    switch (views.u16[(at + Header.Type) >> 1]!) {
      case RecordType.Filled:
        this.#fill(views, at)
        return
      case RecordType.Rejected:
        this.#reject(views, at)
        return
      case RecordType.Command:
        this.#command(views, at)
        return
      case RecordType.CommandOutcome:
        this.#commandOutcome(views, at)
        return
      case RecordType.Stop:
        this.#stop(views, at)
        return
      case RecordType.ExecutionBreak:
        this.#break(views, at)
        return
      case RecordType.Gap:
        this.#gap(views, at)
        return
      case RecordType.Stale:
        this.#stale(views, at)
        return
      case RecordType.Instrument:
        this.#noteInstrument(views, at)
        return
      case RecordType.TradingTerms:
        this.#noteTerms(views, at)
        return
      default:
    }
  }

  /** Commands that nobody answered: the I/O kernel's own, and what came at the end. */
  writeCommands(): void {
    for (const [sequence, command] of this.#commands)
      this.#rows.insert('commands', sequence, ...command, null, null, null)
  }

  /** Instruments as they were told last: an update replaces what came before. */
  writeInstruments(): void {
    for (const values of this.#instruments.values()) this.#rows.insert('instruments', ...values)
  }

  #noteInstrument(views: RecordViews, at: number): void {
    const id = instrumentOf(views, at)
    const { symbol, priceExponent, quantityExponent } = this.#units.of(id)
    this.#instruments.set(id, [
      id,
      symbol,
      priceExponent,
      quantityExponent,
      views.u32[(at + Instrument.RoundLot) >> 2]!,
      this.#units.price(id, views.f64[(at + Instrument.TickSize) >> 3]!),
      readText(views, at + Instrument.Currency, CURRENCY_BYTES).trimEnd(),
      0,
    ])
  }

  /** What the start-of-day file says of tick and lot stands in place of what the feed says. */
  #noteTerms(views: RecordViews, at: number): void {
    const id = instrumentOf(views, at)
    const row = this.#instruments.get(id)
    if (row === undefined) return
    const tick = views.f64[(at + TradingTerms.TickSize) >> 3]!
    const lot = views.f64[(at + TradingTerms.Lot) >> 3]!
    if (lot > 0) row[InstrumentCell.RoundLot] = this.#units.quantity(id, lot)
    if (tick > 0) row[InstrumentCell.TickSize] = this.#units.price(id, tick)
    row[InstrumentCell.Restricted] = views.u32[(at + TradingTerms.Restricted) >> 2]!
  }

  #fill(views: RecordViews, at: number): void {
    const instrument = instrumentOf(views, at)
    const units = this.#units
    this.fills++
    this.#rows.insert(
      'fills',
      sequenceOf(views, at),
      units.time(views.f64[(at + Header.Time) >> 3]!),
      views.u16[(at + Header.Source) >> 1]!,
      units.symbol(instrument),
      views.u32[(at + Filled.OrderId) >> 2]!,
      memberName(Side, views.u32[(at + Filled.Side) >> 2]!),
      units.price(instrument, views.f64[(at + Filled.Price) >> 3]!),
      units.quantity(instrument, views.f64[(at + Filled.Quantity) >> 3]!),
      units.quantity(instrument, views.f64[(at + Filled.LeavesQuantity) >> 3]!),
      memberName(Liquidity, views.u32[(at + Filled.Liquidity) >> 2]!),
      wideText(views, at + Filled.MatchLow),
    )
  }

  #reject(views: RecordViews, at: number): void {
    const units = this.#units
    const threshold = views.f64[(at + Rejected.Threshold) >> 3]!
    const value = views.f64[(at + Rejected.Value) >> 3]!
    const hasLimit = threshold !== 0 || value !== 0
    this.rejects++
    this.#rows.insert(
      'rejects',
      sequenceOf(views, at),
      units.time(views.f64[(at + Header.Time) >> 3]!),
      views.u16[(at + Header.Source) >> 1]!,
      units.symbol(instrumentOf(views, at)),
      views.u32[(at + Rejected.OrderId) >> 2]!,
      memberName(RecordType, views.u32[(at + Rejected.RequestType) >> 2]!),
      memberName(RejectOrigin, views.u32[(at + Rejected.Origin) >> 2]!),
      rejectReasonName(views.u32[(at + Rejected.Reason) >> 2]!),
      hasLimit ? value : null,
      hasLimit ? threshold : null,
    )
  }

  #command(views: RecordViews, at: number): void {
    this.#commands.set(sequenceOf(views, at), [
      this.#units.time(views.f64[(at + Header.Time) >> 3]!),
      memberName(CommandCode, views.u32[(at + Command.Code) >> 2]!),
      views.u32[(at + Command.Argument) >> 2]!,
      views.f64[(at + Command.Value) >> 3]!,
      views.u16[(at + Header.Source) >> 1]!,
      readText(views, at + Command.Symbol, SYMBOL_BYTES),
      readText(views, at + Command.Who, WHO_BYTES),
      readText(views, at + Command.Why, WHY_BYTES),
    ])
  }

  #commandOutcome(views: RecordViews, at: number): void {
    const sequence = views.f64[(at + CommandOutcome.CommandSequence) >> 3]!
    const command = this.#commands.get(sequence)
    if (command === undefined) return
    this.#commands.delete(sequence)
    const outcome = memberName(Outcome, views.u32[(at + CommandOutcome.Outcome) >> 2]!)
    const before = views.f64[(at + CommandOutcome.Before) >> 3]!
    const after = views.f64[(at + CommandOutcome.After) >> 3]!
    const isLimit = views.u32[(at + CommandOutcome.Code) >> 2] === CommandCode.SetLimit
    this.#rows.insert('commands', sequence, ...command, outcome, isLimit ? before : null, isLimit ? after : null)
  }

  /** The argument is the strategy, the value the inbound sequence after which it saw nothing more. */
  #stop(views: RecordViews, at: number): void {
    const strategy = views.u32[(at + Stop.StrategyId) >> 2]!
    const command = `stop ${memberName(StopReason, views.u32[(at + Stop.Reason) >> 2]!)}`
    const value = views.f64[(at + Stop.AtSequence) >> 3]!
    const time = this.#units.time(views.f64[(at + Header.Time) >> 3]!)
    const row = [time, command, strategy, value, strategy, '', '', '', null, null, null]
    this.#rows.insert('commands', sequenceOf(views, at), ...row)
  }

  #break(views: RecordViews, at: number): void {
    const instrument = instrumentOf(views, at)
    const units = this.#units
    const { u32, f64 } = views
    this.#rows.insert(
      'breaks',
      sequenceOf(views, at),
      units.time(f64[(at + Header.Time) >> 3]!),
      memberName(BreakCause, u32[(at + ExecutionBreak.Cause) >> 2]!),
      views.u16[(at + Header.Source) >> 1]!,
      instrument === 0 ? null : units.symbol(instrument),
      f64[(at + ExecutionBreak.OutboundSequence) >> 3]!,
      u32[(at + ExecutionBreak.OrderId) >> 2]!,
      readText(views, at + ExecutionBreak.Name, ExecutionBreak.Bytes - ExecutionBreak.Name),
      wideText(views, at + ExecutionBreak.MatchLow),
      memberName(SideMark, u32[(at + ExecutionBreak.OwnSide) >> 2]!),
      memberName(SideMark, u32[(at + ExecutionBreak.CopySide) >> 2]!),
      units.quantity(instrument, f64[(at + ExecutionBreak.OwnQuantity) >> 3]!),
      units.quantity(instrument, f64[(at + ExecutionBreak.CopyQuantity) >> 3]!),
      units.price(instrument, f64[(at + ExecutionBreak.OwnPrice) >> 3]!),
      units.price(instrument, f64[(at + ExecutionBreak.CopyPrice) >> 3]!),
    )
  }

  #gap(views: RecordViews, at: number): void {
    this.#insertGap(views, at, 'gap', views.u32[(at + Gap.Line) >> 2]!, [
      views.f64[(at + Gap.FirstMissing) >> 3]!,
      views.f64[(at + Gap.MissingCount) >> 3]!,
    ])
  }

  #stale(views: RecordViews, at: number): void {
    const kind = memberName(StaleReason, views.u32[(at + Stale.Reason) >> 2]!)
    this.#insertGap(views, at, kind, views.u32[(at + Stale.Line) >> 2]!, [null, null])
  }

  #insertGap(
    views: RecordViews,
    at: number,
    kind: string,
    line: number,
    [firstMissing, missing]: readonly [number | null, number | null],
  ): void {
    const instrument = instrumentOf(views, at)
    this.#rows.insert(
      'gaps',
      sequenceOf(views, at),
      this.#units.time(views.f64[(at + Header.Time) >> 3]!),
      kind,
      instrument === 0 ? null : this.#units.symbol(instrument),
      line,
      firstMissing,
      missing,
    )
  }
}

function sequenceOf(views: RecordViews, at: number): number {
  return views.f64[(at + Header.Sequence) >> 3]!
}

/** A pair of words, low first, as a decimal. */
function wideText(views: RecordViews, at: number): string {
  return ((BigInt(views.u32[(at + 4) >> 2]!) << 32n) | BigInt(views.u32[at >> 2]!)).toString()
}

function instrumentOf(views: RecordViews, at: number): number {
  return views.u32[(at + Header.Instrument) >> 2]!
}
