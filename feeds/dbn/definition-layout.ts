import { SYMBOL_FIELD_BYTES, SYMBOL_FIELD_BYTES_V1 } from './layout.ts'

/**
 * The instrument definitions of DBN, of which each version has a layout of its own. Only the fields that become a record
 * are named; the first ones lie at the same place in all.
 * Source: `InstrumentDefMsg` of databento/dbn, modules `compat` (versions 1 and 2) and `record` (version 3).
 *
 *      16        24              56          64          …       currency  …  raw symbol  …  action  …
 *     ┌─────────┬───────┬── … ──┬───────────┬───────────┬── … ──┬─────────┬─┬────────────┬──┬───────┬── … ─┐
 *     │ ts_recv │ tick  │       │ high      │ low       │       │ char[4] │ │ char[22]   │  │ char  │      │
 *     │ u64     │ i64   │       │ limit i64 │ limit i64 │       │         │ │ or [71]    │  │       │      │
 *     └─────────┴───────┴── … ──┴───────────┴───────────┴── … ──┴─────────┴─┴────────────┴──┴───────┴── … ─┘
 */
export enum DefinitionAt {
  TsRecv = 16,
  TickSize = 24,
  HighLimitPrice = 56,
  LowLimitPrice = 64,
}

export const CURRENCY_BYTES = 4

/** Offsets that differ by version. */
export interface DefinitionLayout {
  readonly roundLotAt: number
  readonly currencyAt: number
  readonly symbolAt: number
  readonly symbolBytes: number
  /** A added, M modified, D deleted. */
  readonly updateActionAt: number
  readonly bytes: number
}

export const DEFINITION_V1: DefinitionLayout = {
  roundLotAt: 148,
  currencyAt: 186,
  symbolAt: 200,
  symbolBytes: SYMBOL_FIELD_BYTES_V1,
  updateActionAt: 349,
  bytes: 360,
}

export const DEFINITION_V2: DefinitionLayout = {
  roundLotAt: 156,
  currencyAt: 186,
  symbolAt: 200,
  symbolBytes: SYMBOL_FIELD_BYTES,
  updateActionAt: 382,
  bytes: 400,
}

export const DEFINITION_V3: DefinitionLayout = {
  roundLotAt: 168,
  currencyAt: 224,
  symbolAt: 238,
  symbolBytes: SYMBOL_FIELD_BYTES,
  updateActionAt: 493,
  bytes: 520,
}
