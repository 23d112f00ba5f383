/** The whole public surface of a strategy plugin: `import { defineStrategy, Side } from 'crosskernel/strategy'`. */
import type { Book, Context, OrderEvent, OwnOrder, Status, Trade } from './context.ts'
import type { ParamDeclarations, ParamValues } from './params.ts'
import type { BookInterest } from './vocabulary.ts'

export type {
  BarStatus,
  Book,
  BookStatus,
  Context,
  ImbalanceStatus,
  Instrument,
  Instruments,
  OrderEvent,
  Orders,
  OwnOrder,
  PlainStatus,
  Position,
  PriceBandStatus,
  StatisticStatus,
  Status,
  Timers,
  Trade,
} from './context.ts'
export type { ParamDeclaration, ParamDeclarations, ParamValue, ParamValues } from './params.ts'
export { StrategyError } from './strategy-error.ts'
export * from './vocabulary.ts'

/** A hook that is left out costs nothing. Declare `state` before the hooks, so that its type reaches them. */
export interface StrategyDefinition<P extends ParamDeclarations, S> {
  /** Lower case, digits and dashes; at most 31 characters. */
  readonly name: string
  readonly about?: string
  readonly params?: P
  /**
   * Default `top`: `onBook` is called when a best price or its quantity changed; `depth`: on any change. Of an
   * exchange event that changes several levels or instruments, once for each, when all of it is in.
   */
  readonly interest?: BookInterest
  /** The plugin's own state, made before `onStart`. */
  state?(params: ParamValues<P>): S
  /** The session begins: seed and time are set. */
  onStart?(context: Context<ParamValues<P>, S>): void
  onBook?(context: Context<ParamValues<P>, S>, book: Book): void
  onTrade?(context: Context<ParamValues<P>, S>, trade: Trade): void
  onStatus?(context: Context<ParamValues<P>, S>, status: Status): void
  /** Something happened to an own order. */
  onOrder?(context: Context<ParamValues<P>, S>, order: OwnOrder, event: OrderEvent): void
  onTimer?(context: Context<ParamValues<P>, S>, id: number): void
  /** The session ends or an operator stops the strategy; not called after a throw. */
  onStop?(context: Context<ParamValues<P>, S>): void
}

/** What a plugin module exports as its default. */
export interface Strategy<P extends ParamDeclarations = ParamDeclarations, S = unknown>
  extends StrategyDefinition<P, S> {
  readonly kind: 'crosskernel-strategy'
}

/** Declares a strategy. The kernel checks the declaration when it loads the plugin. */
export function defineStrategy<const P extends ParamDeclarations, S = undefined>(
  definition: StrategyDefinition<P, S>,
): Strategy<P, S> {
  return { ...definition, kind: 'crosskernel-strategy' }
}
