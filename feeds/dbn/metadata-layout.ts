/**
 * The metadata before the records of a DBN file. All fields are little-endian.
 * Source: Databento, "Databento Binary Encoding", metadata; `decode::dbn::fsm` of databento/dbn.
 *
 *      0     3         4        8          24       26      34    42      …     108
 *     ┌─────┬─────────┬────────┬──────────┬────────┬───────┬─────┬───────┬──   ┬─────────┬─────────┬─────────┬──────────┐
 *     │ DBN │ version │ length │ dataset  │ schema │ start │ end │ limit │ …   │ symbols │ partial │ missing │ mappings │
 *     │     │ u8      │ u32    │ char[16] │ u16    │ u64   │ u64 │ u64   │     │ u32, n× │ u32, n× │ u32, n× │ u32, n×  │
 *     └─────┴─────────┴────────┴──────────┴────────┴───────┴─────┴───────┴──   ┴─────────┴─────────┴─────────┴──────────┘
 *
 * The length counts from byte 8 on. The lists hold symbols of a fixed width; a mapping is a symbol, a u32 count, and as
 * many intervals of a start date u32, an end date u32 and a symbol.
 */
export enum MetadataAt {
  Version = 3,
  Length = 4,
  Schema = 24,
  /** Begin of the range that was asked for, ns since 1970; all ones where there was none. */
  Start = 26,
  /** Version 1: types of symbols, in and out, and whether send times follow, behind a record count. */
  StypeOutV1 = 59,
  /** Versions 2 and 3. */
  StypeOut = 51,
  SymbolBytes = 53,
  /** Length of a schema definition, which is 0 in all versions so far: the lists begin behind it. */
  SchemaDefinition = 108,
  Lists = 112,
}

/** Bytes of magic, version and length. */
export const PRELUDE_BYTES = 8

export const DBN_VERSION_MAX = 3

/** Of `MetadataAt.Schema`: level records that are trades only. */
export const SCHEMA_TBBO = 3

/** Of the symbol types: the mapped-to symbol is an instrument id in decimal. */
export const STYPE_INSTRUMENT_ID = 0

/** Lists of symbols before the mappings: requested, partly found, not found. */
export const SYMBOL_LISTS = 3
