import { Header, RecordType, SessionStart } from '../../kernels/records/catalogue.ts'
import type { RecordViews } from '../../kernels/records/views.ts'
import { readText } from '../export/export-instruments.ts'
import type { JournalFacts } from '../journal/facts.ts'
import { JournalStream } from '../journal/layout.ts'
import type { SegmentStorage } from '../journal/segment-storage.ts'
import { judge, verifyStorage } from '../journal/verify.ts'
import type { Marks } from '../session/marks.ts'
import { OrderLedger } from '../session/order-ledger.ts'
import type { PositionAccount } from '../session/position-account.ts'
import { PositionLedger } from '../session/position-ledger.ts'
import { readSessionEpoch } from '../session/session-epoch.ts'
import { SessionReader } from '../session/session-reader.ts'
import { Units } from '../session/units.ts'
import type { SessionRows } from './catalogue.ts'
import { OrderRows } from './order-rows.ts'
import { RecordRows } from './record-rows.ts'
import type { SessionHeader } from './session-facts.ts'

const VENUE_BYTES = 16
/** Records between two looks at whoever watches. */
const RECORDS_PER_REPORT = 65_536
/** The first reading, which verifies, is about a third of the work. */
const VERIFY_SHARE = 0.3

export interface IndexOptions {
  /** Undefined where the journal's folder says nothing of its session, or nothing that can be read. */
  readonly header: SessionHeader | undefined
  readonly marks: Marks
  /** From 0 to 1; may throw to end it. */
  readonly onProgress?: (fraction: number) => void
}

interface Tally {
  orders: number
  fills: number
  rejects: number
  realised: number
  unrealised: number
}

/**
 * Reads a journal and gives the rows of its session. They depend on the journal's folder alone, so that indexing it again gives the
 * same rows. Of a damaged journal it reads what is sound before the damage.
 * @throws JournalIoError, JournalCorruptError when the folder holds no segment that can be read
 */
export function indexSession(rows: SessionRows, storage: SegmentStorage, options: IndexOptions): void {
  const { onProgress } = options
  const facts = verifyStorage(storage, {
    ...(onProgress && { onProgress: (fraction: number) => onProgress(fraction * VERIFY_SHARE) }),
  })
  new SessionIndexer(rows, facts, options).run(storage)
}

class SessionIndexer {
  readonly #rows: SessionRows
  readonly #facts: JournalFacts
  readonly #options: IndexOptions
  /** Undefined, too, where it is of another session than the journal. */
  #header: SessionHeader | undefined
  readonly #units = new Units()
  readonly #orderRows: OrderRows
  readonly #recordRows: RecordRows
  readonly #ledger: OrderLedger
  readonly #positions = new PositionLedger()
  readonly #tallies = new Map<number, Tally>()
  /** Of the session-start record. */
  #start: {
    epochNs: bigint
    seed: bigint
    config: string
    catalogue: number
    strategies: number
    venue: string
  } | null = null
  /** Times of the first and the last inbound record, ns since the session's epoch; -1 for none. */
  readonly #times = [-1, -1]

  constructor(rows: SessionRows, facts: JournalFacts, options: IndexOptions) {
    this.#rows = rows
    this.#facts = facts
    this.#options = options
    this.#header = options.header
    this.#orderRows = new OrderRows(rows, this.#units)
    this.#recordRows = new RecordRows(rows, this.#units)
    this.#ledger = new OrderLedger(this.#orderRows)
  }

  run(storage: SegmentStorage): void {
    const reader = new SessionReader(storage)
    const expected = this.#facts.inbound.records + this.#facts.outbound.records
    let records = 0
    for (let at = reader.next(); at >= 0; at = reader.next()) {
      if (reader.stream === JournalStream.Inbound) this.#noteInbound(reader.views, at)
      else this.#noteOutbound(reader.views, at)
      if (++records % RECORDS_PER_REPORT !== 0) continue
      this.#options.onProgress?.(VERIFY_SHARE + (records / Math.max(1, expected)) * (1 - VERIFY_SHARE))
    }
    reader.close()
    for (const life of this.#ledger.live()) this.#orderRows.write(life)
    this.#recordRows.writeCommands()
    this.#recordRows.writeInstruments()
    this.#writePositions()
    this.#writeStrategies()
    this.#writeSession()
  }

  #tally(strategy: number): Tally {
    let tally = this.#tallies.get(strategy)
    if (tally === undefined) {
      tally = { orders: 0, fills: 0, rejects: 0, realised: 0, unrealised: 0 }
      this.#tallies.set(strategy, tally)
    }
    return tally
  }

  #noteOutbound(views: RecordViews, at: number): void {
    if (views.u16[(at + Header.Type) >> 1]! === RecordType.NewOrder) this.#tally(sourceOf(views, at)).orders++
    this.#ledger.noteOutbound(views, at)
  }

  #noteInbound(views: RecordViews, at: number): void {
    const type = views.u16[(at + Header.Type) >> 1]!
    const timeNs = views.f64[(at + Header.Time) >> 3]!
    if (type === RecordType.SessionStart) this.#noteStart(views, at)
    else if (this.#times[0]! < 0) this.#times[0] = timeNs
    this.#times[1] = timeNs
    if (type === RecordType.Instrument) this.#units.note(views, at)
    else if (type === RecordType.OpeningPosition) this.#positions.noteOpening(views, at)
    else if (type === RecordType.Filled) {
      this.#positions.noteFill(views, at)
      this.#tally(sourceOf(views, at)).fills++
    } else if (type === RecordType.Rejected) this.#tally(sourceOf(views, at)).rejects++
    this.#options.marks.note(views, at)
    this.#recordRows.note(views, at)
    this.#ledger.noteInbound(views, at)
  }

  #noteStart(views: RecordViews, at: number): void {
    const epochNs = readWide(views, at + SessionStart.EpochLow)
    this.#units.epochSeconds = readSessionEpoch(views, at) ?? 0
    this.#start = {
      epochNs,
      seed: readWide(views, at + SessionStart.SeedLow),
      config: readWide(views, at + SessionStart.ConfigLow)
        .toString(16)
        .padStart(16, '0'),
      catalogue: views.u32[(at + SessionStart.CatalogueVersion) >> 2]!,
      strategies: views.u32[(at + SessionStart.StrategyCount) >> 2]!,
      venue: readText(views, at + SessionStart.Venue, VENUE_BYTES).trimEnd(),
    }
    // The header lies beside the journal; the hash that both tell covers plugins and limits.
    if (this.#header !== undefined && this.#header.configHash !== this.#start.config) this.#header = undefined
  }

  #writePositions(): void {
    for (const account of this.#positions.all()) this.#writePosition(account)
  }

  #writePosition(account: PositionAccount): void {
    const { strategy, instrument } = account
    const units = this.#units
    const price = (value: number) => units.price(instrument, value)
    const quantity = (value: number) => units.quantity(instrument, value)
    const mark = this.#options.marks.middleOf(instrument) ?? account.lastPrice
    const realised = units.money(instrument, account.realised)
    const unrealised = units.money(instrument, account.unrealised(mark))
    const tally = this.#tally(strategy)
    tally.realised += realised
    tally.unrealised += unrealised
    this.#rows.insert(
      'positions',
      strategy,
      instrument,
      units.symbol(instrument),
      quantity(account.openingQuantity),
      quantity(account.quantity),
      price(account.averagePrice),
      price(mark),
      realised,
      unrealised,
      account.fills,
      quantity(account.bought),
      quantity(account.sold),
      units.money(instrument, account.turnover),
    )
  }

  #writeStrategies(): void {
    const plugins = this.#header?.plugins ?? []
    const ids = new Set([...plugins.map((_, index) => index + 1), ...this.#tallies.keys()])
    for (const id of [...ids].sort((a, b) => a - b)) {
      const plugin = plugins[id - 1]
      const { orders, fills, rejects, realised, unrealised } = this.#tally(id)
      const params = plugin === undefined ? null : JSON.stringify(plugin.params)
      this.#rows.insert(
        'strategies',
        id,
        plugin?.name ?? `#${id}`,
        plugin?.path ?? null,
        plugin?.codeHash ?? null,
        params,
        orders,
        fills,
        rejects,
        realised,
        unrealised,
      )
    }
    for (const [name, value] of Object.entries(this.#header?.limits ?? {})) {
      this.#rows.insert('limits', name, String(value))
    }
  }

  #writeSession(): void {
    const facts = this.#facts
    const start = this.#start
    const header = this.#header
    const [first, last] = this.#times
    const tallies = [...this.#tallies.values()]
    const sum = (pick: (tally: Tally) => number) => tallies.reduce((total, tally) => total + pick(tally), 0)
    facts.segments.forEach(({ file, batches, usedBytes }, index) => {
      this.#rows.insert('segments', index + 1, file, batches, usedBytes)
    })
    this.#rows.insert(
      'sessions',
      facts.journalId,
      facts.label,
      header?.kind ?? null,
      header?.date ?? null,
      start?.epochNs ?? null,
      start?.venue ?? null,
      start?.seed ?? null,
      header?.version ?? null,
      header?.codeHash ?? null,
      start?.config ?? header?.configHash ?? null,
      start?.catalogue ?? null,
      start?.strategies ?? 0,
      this.#recordRows.instruments,
      first! < 0 ? null : this.#units.time(first!),
      last! < 0 ? null : this.#units.time(last!),
      facts.inbound.records,
      facts.inbound.digest,
      facts.outbound.records,
      facts.outbound.digest,
      facts.segments.length,
      facts.segments.reduce((total, { usedBytes }) => total + usedBytes, 0),
      judge(facts),
      describeDamage(facts),
      sum(({ orders }) => orders),
      this.#recordRows.fills,
      this.#recordRows.rejects,
      sum(({ realised }) => realised),
      sum(({ unrealised }) => unrealised),
    )
  }
}

function describeDamage(facts: JournalFacts): string | null {
  const [first] = facts.damage
  if (first !== undefined) return `${first.file} offset ${first.offsetBytes}: ${first.what}`
  const torn = facts.tornTail
  return torn === null ? null : `${torn.file} offset ${torn.offsetBytes}: ${torn.what}`
}

function sourceOf(views: RecordViews, at: number): number {
  return views.u16[(at + Header.Source) >> 1]!
}

function readWide(views: RecordViews, at: number): bigint {
  return (BigInt(views.u32[(at + 4) >> 2]!) << 32n) | BigInt(views.u32[at >> 2]!)
}
