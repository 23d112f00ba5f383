import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { renderRows } from '../../appliance/catalogue/print-rows.ts'
import { type JournalAtResult, journalAt } from '../../appliance/journal-at/journal-at.ts'
import {
  exportJournal,
  type JournalExportOptions,
  type JournalExportResult,
} from '../../appliance/journal-export/export-journal.ts'
import type { ReplayResult } from '../../appliance/run/types.ts'
import { parseMoment } from '../../feeds/book-view/moment.ts'
import { CatalogueQuery } from '../../storage/catalogue/query.ts'
import { createTempFolder, replayJson, runXk, startXk, waitFor } from '../e2e/support/run-xk.ts'
import { writeSampleDay } from '../e2e/support/sample-day.ts'
import { query } from './convert/support.ts'

const folder = createTempFolder('journal-tools')
let session: ReplayResult
let journal: string

beforeAll(async () => {
  const day = await writeSampleDay(folder, 30_000)
  const settings = ['--set', 'feed.date=2025-01-15', '--set', 'journal.catalogue=true']
  session = await replayJson([day, '--layout', 'inline', ...settings], folder)
  journal = session.journal.path
  expect(session.fills).toBeGreaterThan(100)
})

async function run(args: readonly string[], code = 0): Promise<string> {
  const { stdout, stderr, code: exitCode } = await runXk(args, folder)
  expect(exitCode, stderr).toBe(code)
  return stdout
}

/** The rows of a query, as `xk journal query --json` prints them. */
async function ask(sql: string): Promise<Record<string, unknown>[]> {
  const asked = new CatalogueQuery(join(folder, '.xk', 'journal', 'catalogue.sqlite'), sql)
  const text = [...renderRows(asked.columns, asked.rows(), 'json')].join('')
  asked.close()
  return JSON.parse(text).rows
}

describe('the catalogue of a run', () => {
  test('is there when the run has ended, with the digests and figures of its report', async () => {
    const [row] = await ask('SELECT * FROM sessions')
    expect(row).toMatchObject({
      kind: 'replay',
      date: '2025-01-15',
      verdict: 'closed',
      inbound_digest: session.inbound.digest,
      outbound_digest: session.outbound.digest,
      orders: session.orders,
      fills: session.fills,
      rejects: session.rejects,
    })
    expect(String(row!.code_hash)).toMatch(/^[0-9a-f]{64}$/)
    const positions = await ask('SELECT * FROM positions ORDER BY strategy, instrument')
    expect(positions.map(({ symbol, quantity, fills }) => [symbol, quantity, fills])).toEqual(
      session.positions.map(({ symbol, quantity, fills }) => [symbol, quantity, fills]),
    )
    const sum = (pick: (one: ReplayResult['strategies'][number]) => number) =>
      session.strategies.reduce((total, strategy) => total + pick(strategy), 0)
    expect(row!.pnl_realised).toBeCloseTo(
      sum((one) => one.pnlRealised),
      6,
    )
    expect(row!.pnl_unrealised).toBeCloseTo(
      sum((one) => one.pnlUnrealised),
      6,
    )
    const limits = await ask("SELECT name, value FROM limits WHERE name = 'longPositionMax'")
    expect(limits).toEqual([{ name: 'longPositionMax', value: '10000' }])
    const plugins = await ask('SELECT name, code_hash FROM strategies')
    expect(plugins.map(({ name }) => name)).toEqual(session.strategies.map(({ name }) => name))
    expect(plugins.every(({ code_hash }) => /^[0-9a-f]{64}$/.test(String(code_hash)))).toBe(true)
  })

  test('follows every order: each has a beginning, and what was filled is what its fills say', async () => {
    const [counts] = await ask(`
      SELECT (SELECT count(*) FROM orders) AS orders,
             (SELECT count(*) FROM order_events WHERE event = 'sent') AS sent,
             (SELECT count(*) FROM order_events WHERE event = 'filled') AS filled,
             (SELECT count(*) FROM orders WHERE ended_ns IS NULL) AS alive,
             (SELECT total(filled) FROM orders) AS quantity,
             (SELECT total(quantity) FROM fills) AS fills`)
    const replaces = session.strategies.reduce((sum, strategy) => sum + strategy.replaces, 0)
    expect(counts).toMatchObject({ orders: session.orders + replaces, filled: session.fills, alive: 0 })
    expect(counts!.sent).toBe(counts!.orders)
    expect(counts!.quantity).toBe(counts!.fills)
  })

  test('built again is the same', async () => {
    const dump = async () => [await ask('SELECT * FROM order_events'), await ask('SELECT * FROM sessions')]
    const before = await dump()
    const result = JSON.parse(await run(['journal', 'reindex', '--json']))
    expect(result.sessions).toEqual([journal.split('/').at(-1)])
    expect(await dump()).toEqual(before)
  })

  test('answers as a table, as CSV and as JSON, and says what was meant', async () => {
    const sql = "SELECT 1 AS one, 'a,\"b' AS text, NULL AS missing, 1736951400000000001 AS time_ns"
    expect(await run(['journal', 'query', sql])).toBe(
      'one  text  missing              time_ns\n  1  a,"b           1736951400000000001\n(1 row)\n',
    )
    expect(await run(['journal', 'query', sql, '--csv'])).toBe(
      'one,text,missing,time_ns\n1,"a,""b",,1736951400000000001\n',
    )
    const row = { one: 1, text: 'a,"b', missing: null, time_ns: '1736951400000000001' }
    expect(JSON.parse(await run(['journal', 'query', sql, '--json'])).rows).toEqual([row])
    expect(await run(['journal', 'query'])).toMatch(/^orders: /m)
    const wrong = await runXk(['journal', 'query', 'SELECT quantty FROM orders'], folder)
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toMatch(/no such column: quantty[\s\S]*did you mean quantity\?/)
    const missing = await runXk(['journal', 'query', 'SELECT 1', '--journals', 'elsewhere'], folder)
    expect([missing.code, missing.stderr]).toEqual([3, expect.stringContaining('there is no catalogue')])
  })

  test('a query without end is stopped by SIGINT', { timeout: 60_000 }, async () => {
    const endless = 'WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT count(*) FROM r'
    const { child, ended } = startXk(['journal', 'query', endless], folder)
    const children = `/proc/${child.pid}/task/${child.pid}/children`
    await waitFor('the process of the query', () => (readFileSync(children, 'utf8') === '' ? undefined : true))
    child.kill('SIGINT')
    expect((await ended).code).toBe(130)
  })
})

function at(time: string, book?: string): JournalAtResult {
  const moment = parseMoment('TIME', time)
  return journalAt({ path: journal, moment, depth: 1_000, book, orders: true, positions: true }, () => {})
}

describe('a session at a moment', () => {
  test('at its end has the positions of the report, and no orders', async () => {
    const { orders, positions, isWithin, inboundSequence } = at('20:00')
    expect([orders, isWithin, inboundSequence]).toEqual([[], false, session.inbound.records])
    expect(positions!.map(({ symbol, quantity, pnlRealised }) => [symbol, quantity, pnlRealised])).toEqual(
      session.positions.map(({ symbol, quantity, pnlRealised }) => [symbol, quantity, expect.closeTo(pnlRealised, 6)]),
    )
  })

  test('in the middle has the orders and positions that the catalogue gives for it', async () => {
    const [middle] = await ask(
      'SELECT time_ns FROM fills ORDER BY sequence LIMIT 1 OFFSET (SELECT count(*) / 2 FROM fills)',
    )
    const time = String(middle!.time_ns)
    const { orders, positions, timeNs, isWithin } = at(time)
    expect([timeNs, isWithin]).toEqual([time, true])
    const alive = await ask(
      `SELECT order_id, symbol FROM orders WHERE sent_ns <= ${time} AND ended_ns > ${time} ORDER BY sequence`,
    )
    expect(alive.length).toBeGreaterThan(0)
    expect(orders!.map(({ orderId, symbol }) => ({ order_id: orderId, symbol }))).toEqual(alive)
    const held = await ask(`
      SELECT s.name, f.symbol, total(CASE side WHEN 'buy' THEN quantity ELSE -quantity END) AS quantity
      FROM fills f JOIN strategies s USING (session, strategy) WHERE time_ns <= ${time} GROUP BY 1, 2`)
    const sums = new Map(held.map(({ name, symbol, quantity }) => [`${name} ${symbol}`, quantity]))
    expect(new Map(positions!.map(({ strategy, symbol, quantity }) => [`${strategy} ${symbol}`, quantity]))).toEqual(
      sums,
    )
  })

  test('has the book that the capture has, later by the latency of the feed', async () => {
    const { symbol } = session.positions[0]!
    const own = at('09:32:00.000005', symbol).book!
    const text = await run(['book', join(folder, 'day.itch'), '--symbol', symbol, '--at', '09:32', '--json'])
    const other = JSON.parse(text)
    expect(own.bids.length).toBeGreaterThan(2)
    expect([own.bids, own.asks, own.state]).toEqual([other.bids, other.asks, other.state])
  })

  test('that cannot be told is refused', async () => {
    expect(await run(['journal', 'at', '09:33', journal])).toMatch(/live orders[\s\S]*positions/)
    expect((await runXk(['journal', 'at', 'noon', journal], folder)).stderr).toMatch(/"noon" is no time/)
    const unknown = await runXk(['journal', 'at', '09:35', journal, '--book', 'NONE'], folder)
    expect([unknown.code, unknown.stderr]).toEqual([3, expect.stringContaining('no symbol "NONE"')])
  })
})

type ExportWishes = Partial<JournalExportOptions> & Pick<JournalExportOptions, 'out' | 'format' | 'tables'>

function exportTables(wishes: ExportWishes): JournalExportResult {
  const rest = { path: journal, everyNs: 60e9, depth: 4, isFolder: wishes.tables.length > 1 }
  return exportJournal({ ...rest, ...wishes }, () => {})
}

describe('tables of a session', () => {
  test('have the same sums in Parquet, CSV and JSON lines as the catalogue', async () => {
    const [sums] = await ask(`SELECT
      (SELECT count(*) FROM orders) AS orders, (SELECT total(filled) FROM orders) AS filled,
      (SELECT count(*) FROM fills) AS fills, (SELECT total(quantity * price) FROM fills) AS value`)
    for (const format of ['csv', 'parquet', 'jsonl'] as const) {
      const out = join(folder, `sums-${format}`)
      exportTables({ out, format, tables: ['orders', 'fills'] })
      expect(readdirSync(out).sort()).toEqual([`fills.${format}`, `orders.${format}`])
      const table = (name: string) => `'${join(out, `${name}.${format}`)}'`
      const [[orders, filled, value]] = (await query(
        `SELECT count(*), sum(filledQuantity), sum(filledValue) FROM ${table('orders')}`,
      )) as [string[]]
      const [[fills, fillsValue]] = (await query(
        `SELECT count(*), sum(quantity * price::DOUBLE) FROM ${table('fills')}`,
      )) as [string[]]
      expect([orders, filled, fills].map(Number)).toEqual([sums!.orders, sums!.filled, sums!.fills])
      expect(Number(value)).toBeCloseTo(Number(sums!.value), 3)
      expect(Number(fillsValue)).toBeCloseTo(Number(sums!.value), 3)
    }
  })

  test('of trades have what the market data has', async () => {
    const out = join(folder, 'trades.parquet')
    const records = join(folder, 'records')
    exportTables({ out, format: 'parquet', tables: ['trades'] })
    await run(['convert', journal, records, '--to', 'csv', '--records', 'orderExecute,trade,cross'])
    // Flag 4: not to be counted in volume.
    const files = readdirSync(records).map((name) => `SELECT quantity, flags FROM '${join(records, name)}'`)
    const [expected] = await query(
      `SELECT count(*), sum(quantity) FROM (${files.join(' UNION ALL ')}) WHERE quantity > 0 AND (flags & 4) = 0`,
    )
    expect(await query(`SELECT count(*), sum(quantity)::BIGINT FROM '${out}'`)).toEqual([expected])
    expect(await query(`SELECT count(*) FROM '${out}' WHERE price IS NULL`)).toEqual([['0']])
  })

  test('of quotes and books agree with the session at a moment', async () => {
    const { symbol } = session.positions[0]!
    const out = join(folder, 'market')
    const options = ['--tables', 'quotes,books', '--every', '1min', '--depth', '4', '--format', 'parquet']
    await run(['journal', 'export', journal, out, ...options])
    const { book } = at('09:33', symbol)
    const grid = `timeNs = TIMESTAMP_NS '2025-01-15 14:33:00' AND symbol = '${symbol}'`
    const levels = await query(
      `SELECT side, price::VARCHAR, quantity::BIGINT, orders FROM '${out}/books.parquet' WHERE ${grid} ORDER BY side, level`,
    )
    const expected = (['bids', 'asks'] as const).flatMap((side) =>
      book![side]
        .slice(0, 4)
        .map(({ price, quantity, orders }) => [
          side === 'bids' ? 'buy' : 'sell',
          `${price}00000`,
          String(quantity),
          String(orders),
        ]),
    )
    expect(levels).toEqual(expected)
    const [quote] = await query(`SELECT bidPrice::VARCHAR, askPrice::VARCHAR FROM '${out}/quotes.parquet'
      WHERE symbol = '${symbol}' AND timeNs < TIMESTAMP_NS '2025-01-15 14:32:59.999995' ORDER BY sequence DESC LIMIT 1`)
    expect(quote).toEqual([`${book!.bids[0]!.price}00000`, `${book!.asks[0]!.price}00000`])
  })

  test('are cut by symbol and time', async () => {
    const { symbol } = session.positions[0]!
    const out = join(folder, 'cut.csv')
    const range = [
      '--symbols',
      `${symbol},NONE`,
      '--from',
      '09:32',
      '--to-time',
      '09:34',
      '--tables',
      'fills',
      '--json',
    ]
    const result: JournalExportResult = JSON.parse(await run(['journal', 'export', journal, out, ...range]))
    const { symbolsMissing, tables } = result
    expect(symbolsMissing).toEqual(['NONE'])
    const from = '1736951520000000000'
    const to = '1736951640000000000'
    const [row] = await query(
      `SELECT count(*), min(symbol), min(timeNs) >= ${from} AND max(timeNs) < ${to} FROM '${out}'`,
    )
    expect(row).toEqual([String(tables[0]!.rows), symbol, 'true'])
  })

  test('leave nothing behind when they are refused', async () => {
    const refuse = async (...args: string[]) => (await runXk(['journal', 'export', journal, ...args], folder)).stderr
    expect(await refuse('x.csv', '--tables', 'fills,orders')).toMatch(/do not go into one file/)
    expect(await refuse('x.csv', '--tables', 'fils')).toMatch(/did you mean fills\?/)
    expect(await refuse('x.pcapng', '--tables', 'fills')).toMatch(/no table/)
    expect(await refuse('x.csv', '--tables', 'books', '--every', 'often')).toMatch(/no interval/)
    mkdirSync(join(folder, 'full'))
    writeFileSync(join(folder, 'full', 'x'), '')
    expect(await refuse('full', '--format', 'csv')).toMatch(/not empty/)
    expect(readdirSync(folder).filter((name) => name.startsWith('x.') || name.endsWith('.partial'))).toEqual([])
  })
})

test('the market data of a session are packets that inspect and tshark read', { timeout: 60_000 }, async () => {
  const out = join(folder, 'seen.pcapng')
  const result = JSON.parse(await run(['journal', 'to-pcap', journal, out, '--json']))
  const inspected = JSON.parse(await run(['inspect', out, '--json']))
  expect(JSON.stringify(inspected)).toContain(`"${result.output.messages.A}"`.slice(1, -1))
  if (spawnSync('tshark', ['--version']).status !== 0) return
  const tshark = spawnSync('tshark', ['-r', out, '-T', 'fields', '-e', 'udp.payload'], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  // MoldUDP64: the count of a packet's messages is at byte 18; that of the session's end says 65535.
  const counts = tshark.stdout
    .trim()
    .split('\n')
    .map((payload) => Buffer.from(payload, 'hex').readUInt16BE(18) % 65_535)
  const messages = Object.values(result.output.messages as Record<string, number>)
  const sum = (numbers: readonly number[]) => numbers.reduce((total, count) => total + count, 0)
  expect(sum(counts)).toBe(sum(messages))
})
