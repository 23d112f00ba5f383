/**
 * The tables of the catalogue: what a journal says, in the shape in which people ask. All of it can be had again from the
 * journals (`xk journal reindex`), so nothing here is a moment of indexing, a row number or anything else that the next
 * indexing would do otherwise. Tables have no hidden row ids: rows lie in the order of their keys, whatever order they came in.
 *
 * Times are ns since 1970, or since midnight where the session tells no day. Prices, quantities and money are in units of the
 * currency and of the instrument: the doubles nearest to the journal's exact decimals.
 */

/** Raised whenever a table changes; a catalogue of another version is built anew from the journals. */
export const CATALOGUE_SCHEMA_VERSION = 2

/** "XKCT": by it a catalogue is told from other SQLite files (sqlite.org/pragma.html#pragma_application_id). */
export const CATALOGUE_APPLICATION_ID = 0x584b4354

export interface CatalogueTable {
  readonly name: string
  /** One line for the documentation. */
  readonly about: string
  /** Each is `name TYPE`, with `?` behind the type where it may be NULL. */
  readonly columns: readonly string[]
  /** Columns of the primary key, besides `session`. */
  readonly key: readonly string[]
}

const TABLE_LIST = [
  {
    name: 'sessions',
    about: 'one row a journal: what ran, with which code and configuration, and what the journal holds',
    columns: [
      'journal_id TEXT?',
      'label TEXT?',
      'kind TEXT?',
      'date TEXT?',
      'epoch_ns INTEGER?',
      'venue TEXT?',
      'seed INTEGER?',
      'version TEXT?',
      'code_hash TEXT?',
      'config_hash TEXT?',
      'catalogue_version INTEGER?',
      'strategies INTEGER',
      'instruments INTEGER',
      'first_time_ns INTEGER?',
      'last_time_ns INTEGER?',
      'inbound_records INTEGER',
      'inbound_digest TEXT',
      'outbound_records INTEGER',
      'outbound_digest TEXT',
      'segments INTEGER',
      'bytes INTEGER',
      'verdict TEXT',
      'damage TEXT?',
      'orders INTEGER',
      'fills INTEGER',
      'rejects INTEGER',
      'pnl_realised REAL',
      'pnl_unrealised REAL',
    ],
    key: [],
  },
  {
    name: 'strategies',
    about: 'the plugins of a session: code, parameters, and what became of each',
    columns: [
      'strategy INTEGER',
      'name TEXT',
      'path TEXT?',
      'code_hash TEXT?',
      'params TEXT?',
      'orders INTEGER',
      'fills INTEGER',
      'rejects INTEGER',
      'pnl_realised REAL',
      'pnl_unrealised REAL',
    ],
    key: ['strategy'],
  },
  {
    name: 'limits',
    about: "the risk gate's limits of a run",
    columns: ['name TEXT', 'value TEXT'],
    key: ['name'],
  },
  {
    name: 'segments',
    about: 'the files of a journal',
    columns: ['segment INTEGER', 'file TEXT', 'batches INTEGER', 'used_bytes INTEGER'],
    key: ['segment'],
  },
  {
    name: 'instruments',
    about: 'what the feed, or a start-of-day file, said of each instrument last',
    columns: [
      'instrument INTEGER',
      'symbol TEXT',
      'price_exponent INTEGER',
      'quantity_exponent INTEGER',
      'round_lot REAL',
      'tick_size REAL',
      'currency TEXT',
      'restricted INTEGER',
    ],
    key: ['instrument'],
  },
  {
    name: 'orders',
    about: 'every order and every replacement, as it ended; `sequence` is the outbound sequence of its request',
    columns: [
      'sequence INTEGER',
      'strategy INTEGER',
      'order_id INTEGER',
      'symbol TEXT',
      'side TEXT',
      'order_type TEXT',
      'time_in_force TEXT',
      'post_only INTEGER',
      'price REAL',
      'quantity REAL',
      'state TEXT',
      'filled REAL',
      'average_price REAL?',
      'fills INTEGER',
      'cause_sequence INTEGER',
      'sent_ns INTEGER',
      'accepted_ns INTEGER?',
      'ended_ns INTEGER?',
      'end_sequence INTEGER?',
      'reason TEXT?',
      'venue_order TEXT?',
      'replaces INTEGER?',
      'replaced_by INTEGER?',
    ],
    key: ['sequence'],
  },
  {
    name: 'order_events',
    about: 'the life of every order, event by event; `order_sequence` is its row in orders',
    columns: [
      'order_sequence INTEGER',
      'number INTEGER',
      'time_ns INTEGER',
      'stream TEXT',
      'sequence INTEGER',
      'event TEXT',
      'price REAL?',
      'quantity REAL?',
      'leaves REAL',
      'reason TEXT?',
    ],
    key: ['order_sequence', 'number'],
  },
  {
    name: 'fills',
    about: 'every fill; `sequence` is its inbound sequence',
    columns: [
      'sequence INTEGER',
      'time_ns INTEGER',
      'strategy INTEGER',
      'symbol TEXT',
      'order_id INTEGER',
      'side TEXT',
      'price REAL',
      'quantity REAL',
      'leaves REAL',
      'liquidity TEXT',
      'match TEXT',
    ],
    key: ['sequence'],
  },
  {
    name: 'positions',
    about: 'positions and profit at the end of a session, by average cost, valued at the last middle of the book',
    columns: [
      'strategy INTEGER',
      'instrument INTEGER',
      'symbol TEXT',
      'opening_quantity REAL',
      'quantity REAL',
      'average_price REAL',
      'mark_price REAL?',
      'pnl_realised REAL',
      'pnl_unrealised REAL',
      'fills INTEGER',
      'bought REAL',
      'sold REAL',
      'turnover REAL',
    ],
    key: ['strategy', 'instrument'],
  },
  {
    name: 'rejects',
    about: 'every refusal of an order or request, by the gate or the venue, with the value and the limit it broke',
    columns: [
      'sequence INTEGER',
      'time_ns INTEGER',
      'strategy INTEGER',
      'symbol TEXT',
      'order_id INTEGER',
      'request TEXT',
      'origin TEXT',
      'reason TEXT',
      'value REAL?',
      'threshold REAL?',
    ],
    key: ['sequence'],
  },
  {
    name: 'commands',
    about: "operators' commands and what became of each, the I/O kernel's own, and stops of strategies",
    columns: [
      'sequence INTEGER',
      'time_ns INTEGER',
      'command TEXT',
      'argument INTEGER',
      'value REAL',
      'strategy INTEGER',
      'symbol TEXT',
      'who TEXT',
      'why TEXT',
      'outcome TEXT?',
      'before REAL?',
      'after REAL?',
    ],
    key: ['sequence'],
  },
  {
    name: 'breaks',
    about: 'executions, positions and sides that order entry and the drop copy know differently; 0 is not known',
    columns: [
      'sequence INTEGER',
      'time_ns INTEGER',
      'cause TEXT',
      'strategy INTEGER',
      'symbol TEXT?',
      'order_sequence INTEGER',
      'order_id INTEGER',
      'name TEXT',
      'match TEXT',
      'own_side TEXT',
      'copy_side TEXT',
      'own_quantity REAL',
      'copy_quantity REAL',
      'own_price REAL',
      'copy_price REAL',
    ],
    key: ['sequence'],
  },
  {
    name: 'gaps',
    about: 'what the feed lost, and the books that were stale because of it',
    columns: [
      'sequence INTEGER',
      'time_ns INTEGER',
      'kind TEXT',
      'symbol TEXT?',
      'line INTEGER',
      'first_missing INTEGER?',
      'missing INTEGER?',
    ],
    key: ['sequence'],
  },
] as const satisfies readonly CatalogueTable[]

export type TableName = (typeof TABLE_LIST)[number]['name']

/** All tables, in the order in which they are dumped. */
export const CATALOGUE_TABLES: readonly CatalogueTable[] = TABLE_LIST

/** Names of a table's columns, `session` first. */
export function columnNames(table: CatalogueTable): string[] {
  return ['session', ...table.columns.map((column) => column.split(' ')[0]!)]
}

/** The statement that makes a table: strict types, the key in front. */
export function createStatement(table: CatalogueTable): string {
  const columns = ['session TEXT', ...table.columns].map((column) =>
    column.endsWith('?') ? `  ${column.slice(0, -1)}` : `  ${column} NOT NULL`,
  )
  const key = `  PRIMARY KEY (${['session', ...table.key].join(', ')})`
  return `CREATE TABLE ${table.name} (\n${[...columns, key].join(',\n')}\n) STRICT, WITHOUT ROWID`
}
