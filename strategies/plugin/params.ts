/** How a plugin declares its parameters; the values' types follow from the declaration. */

interface Common {
  /** One line for the reference and for error messages. */
  readonly about: string
}

export interface IntegerParam extends Common {
  readonly type: 'integer'
  readonly default: number
  readonly min?: number
  readonly max?: number
  /** What the number counts: shares, ticks, levels … A value may carry it as a suffix: `size=100shares`. */
  readonly unit?: string
}

export interface NumberParam extends Common {
  readonly type: 'number'
  readonly default: number
  readonly min?: number
  readonly max?: number
  readonly unit?: string
}

/** Nanoseconds; values are given with `ns`, `us`, `ms`, `s` or `min`, a bare number is nanoseconds. */
export interface DurationParam extends Common {
  readonly type: 'duration'
  readonly default: number
  readonly min?: number
  readonly max?: number
}

export interface BooleanParam extends Common {
  readonly type: 'boolean'
  readonly default: boolean
}

export interface TextParam extends Common {
  readonly type: 'text'
  readonly default: string
}

export interface ChoiceParam extends Common {
  readonly type: 'choice'
  readonly choices: readonly string[]
  readonly default: string
}

/** A list of symbols, given with commas; empty stands for all. */
export interface SymbolsParam extends Common {
  readonly type: 'symbols'
  readonly default: readonly string[]
}

export type ParamDeclaration =
  | IntegerParam
  | NumberParam
  | DurationParam
  | BooleanParam
  | TextParam
  | ChoiceParam
  | SymbolsParam

export type ParamDeclarations = Readonly<Record<string, ParamDeclaration>>

export type ParamValue = number | boolean | string | readonly string[]

type ValueOf<D extends ParamDeclaration> = D extends IntegerParam | NumberParam | DurationParam
  ? number
  : D extends BooleanParam
    ? boolean
    : D extends ChoiceParam
      ? D['choices'][number]
      : D extends SymbolsParam
        ? readonly string[]
        : string

/** The checked values that a plugin sees: its own, and those that every strategy has. */
export type ParamValues<P extends ParamDeclarations> = { readonly [Name in keyof P]: ValueOf<P[Name]> } & {
  readonly symbols: readonly string[]
  readonly symbolsMax: number
}

/**
 * Parameters that every strategy has, unless its own declaration gives them another default: they choose the
 * instruments whose hooks it gets.
 */
export const COMMON_PARAMS = {
  symbols: {
    type: 'symbols',
    default: [],
    about: 'trade only these symbols, separated by commas; empty stands for all, up to symbolsMax',
  },
  symbolsMax: {
    type: 'integer',
    default: 64,
    min: 1,
    max: 65_536,
    unit: 'symbols',
    about: 'how many instruments at most, in the order in which they first have a two-sided book',
  },
} as const satisfies ParamDeclarations
