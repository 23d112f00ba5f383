import { Instrument, SYMBOL_BYTES } from './catalogue.ts'
import type { RecordViews } from './views.ts'

/** The symbol of an Instrument record; empty where the feed named none. */
export function readSymbol(views: RecordViews, at: number): string {
  return readSymbolAt(views, at + Instrument.Symbol)
}

/** The symbol in a field of `SYMBOL_BYTES` at a byte offset. */
export function readSymbolAt(views: RecordViews, from: number): string {
  let end = from
  while (end < from + SYMBOL_BYTES && views.u8[end] !== 0) end++
  return Buffer.from(views.u8.subarray(from, end)).toString('latin1').trimEnd()
}
