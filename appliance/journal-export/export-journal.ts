import { type Moment, momentToSession } from '../../feeds/book-view/moment.ts'
import { Filled, Header, Instrument, RecordType, SYMBOL_BYTES } from '../../kernels/records/catalogue.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { ExportFolder } from '../../storage/export/export-file.ts'
import { readText } from '../../storage/export/export-instruments.ts'
import type { TableFacts, TableFormat } from '../../storage/export/record-export.ts'
import { SessionTable } from '../../storage/export/session-table.ts'
import type { SessionTableName } from '../../storage/export/session-tables.ts'
import { FileStorage } from '../../storage/journal/file-storage.ts'
import { readLastSequence } from '../../storage/journal/last-sequence.ts'
import { JournalStream } from '../../storage/journal/layout.ts'
import { readSessionEpoch } from '../../storage/session/session-epoch.ts'
import { SessionReader } from '../../storage/session/session-reader.ts'
import { findSessionHeader } from '../run/session-file.ts'
import { MarketTables } from './market-tables.ts'
import { OrderTable } from './order-table.ts'

/** Records between two looks at whoever watches. */
const RECORDS_PER_REPORT = 16_384

export interface JournalExportOptions {
  readonly path: string
  /** File of the one table, or folder of several. */
  readonly out: string
  readonly isFolder: boolean
  readonly format: TableFormat
  readonly tables: readonly SessionTableName[]
  /** Symbols that are wanted; all if not given. */
  readonly symbols?: readonly string[] | undefined
  /** The range, its end not included: by the decision of orders, by the exchange's time otherwise. */
  readonly from?: Moment | undefined
  readonly to?: Moment | undefined
  /** Distance of the points at which books are told, ns. */
  readonly everyNs: number
  readonly depth: number
}

export interface JournalExportResult {
  readonly journal: string
  readonly format: TableFormat
  readonly tables: readonly (TableFacts & { readonly table: SessionTableName })[]
  /** Symbols asked for that no instrument had. */
  readonly symbolsMissing: readonly string[]
  /** Whether times count from 1970, rather than from midnight of a day that is not known. */
  readonly isDated: boolean
}

/**
 * Writes tables of a session; nothing has its name before all of it is complete.
 * @param onProgress from 0 to 1; may throw to end it
 * @throws JournalIoError, JournalCorruptError, ExportError, XkError for a moment that cannot be told
 */
export function exportJournal(
  options: JournalExportOptions,
  onProgress: (fraction: number) => void,
): JournalExportResult {
  const storage = new FileStorage(options.path)
  const last = Math.max(1, readLastSequence(storage, JournalStream.Inbound))
  const reader = new SessionReader(storage)
  let folder: ExportFolder | undefined
  let session: SessionExport | undefined
  try {
    if (options.isFolder) folder = new ExportFolder(options.out)
    const firstAt = reader.next()
    const epochSeconds = firstAt < 0 ? undefined : readSessionEpoch(reader.views, firstAt)
    session = new SessionExport(options, folder, epochSeconds)
    let records = 0
    for (let at = firstAt; at >= 0; at = reader.next()) {
      if (reader.stream === JournalStream.Inbound) session.noteInbound(reader.views, at)
      else session.noteOutbound(reader.views, at)
      if (++records % RECORDS_PER_REPORT === 0) onProgress(session.inboundSequence / last)
    }
    const result = session.finish()
    folder?.finish()
    return result
  } catch (error) {
    session?.abandon()
    folder?.abandon()
    throw error
  } finally {
    reader.close()
  }
}

class SessionExport {
  inboundSequence = 0
  readonly #options: JournalExportOptions
  readonly #isDated: boolean
  readonly #tables = new Map<SessionTableName, SessionTable>()
  readonly #orders: OrderTable | undefined
  readonly #market: MarketTables | undefined
  /** Symbols asked for that were not seen yet. */
  readonly #missing: Set<string>
  readonly #chosen = new Set<number>()
  readonly #range: readonly [fromNs: number, toNs: number]

  constructor(options: JournalExportOptions, folder: ExportFolder | undefined, epochSeconds: number | undefined) {
    this.#options = options
    this.#isDated = epochSeconds !== undefined
    this.#missing = new Set(options.symbols)
    const { from, to, format } = options
    this.#range = [
      from === undefined ? Number.NEGATIVE_INFINITY : momentToSession('--from', from, epochSeconds),
      to === undefined ? Number.POSITIVE_INFINITY : momentToSession('--to-time', to, epochSeconds),
    ]
    for (const name of options.tables) {
      const path = folder === undefined ? options.out : folder.pathOf(`${name}.${format}`)
      this.#tables.set(name, new SessionTable(name, format, path, epochSeconds))
    }
    const plugins = findSessionHeader(options.path)?.plugins ?? []
    const nameOf = (strategy: number) => plugins[strategy - 1]?.name ?? `#${strategy}`
    const accepts = (instrument: number) => this.#accepts(instrument)
    const isWithin = (timeNs: number) => timeNs >= this.#range[0] && timeNs < this.#range[1]
    const orders = this.#tables.get('orders')
    if (orders !== undefined) {
      this.#orders = new OrderTable(orders, nameOf, (life) => accepts(life.instrument) && isWithin(life.sentTimeNs))
    }
    const [trades, quotes, books] = (['trades', 'quotes', 'books'] as const).map((name) => this.#tables.get(name))
    const { everyNs, depth } = options
    if ([trades, quotes, books].some((table) => table !== undefined)) {
      this.#market = new MarketTables({ trades, quotes, books, everyNs, depth, accepts, isWithin })
    }
  }

  noteOutbound(views: RecordViews, at: number): void {
    this.#orders?.noteOutbound(views, at)
  }

  noteInbound(views: RecordViews, at: number): void {
    this.inboundSequence = views.f64[(at + Header.Sequence) >> 3]!
    const type = views.u16[(at + Header.Type) >> 1]!
    if (type === RecordType.Instrument) this.#noteInstrument(views, at)
    else if (type === RecordType.Filled) this.#noteFill(views, at)
    this.#orders?.noteInbound(views, at)
    this.#market?.note(views, at)
  }

  /** @throws ExportError */
  finish(): JournalExportResult {
    this.#orders?.end()
    const { path, format, out, isFolder } = this.#options
    const tables = [...this.#tables].map(([table, writer]) => {
      const facts = writer.finish()
      return { table, ...facts, path: isFolder ? `${out}/${table}.${format}` : facts.path }
    })
    return { journal: path, format, tables, symbolsMissing: [...this.#missing], isDated: this.#isDated }
  }

  abandon(): void {
    for (const table of this.#tables.values()) table.abandon()
  }

  #accepts(instrument: number): boolean {
    return this.#options.symbols === undefined || this.#chosen.has(instrument)
  }

  #noteInstrument(views: RecordViews, at: number): void {
    for (const name of ['orders', 'fills'] as const) this.#tables.get(name)?.noteInstrument(views, at)
    const symbol = readText(views, at + Instrument.Symbol, SYMBOL_BYTES).trimEnd()
    if (this.#options.symbols?.includes(symbol) !== true) return
    this.#missing.delete(symbol)
    this.#chosen.add(views.u32[(at + Header.Instrument) >> 2]!)
  }

  #noteFill(views: RecordViews, at: number): void {
    const fills = this.#tables.get('fills')
    if (fills === undefined || !this.#accepts(views.u32[(at + Header.Instrument) >> 2]!)) return
    const timeNs = views.f64[(at + Filled.SourceTime) >> 3]!
    if (timeNs >= this.#range[0] && timeNs < this.#range[1]) fills.appendRecord(views, at)
  }
}
