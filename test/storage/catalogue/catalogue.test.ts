import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, describe, expect, test } from 'vitest'
import { catalogueJournal, reindex } from '../../../appliance/catalogue/catalogue-journal.ts'
import { Catalogue } from '../../../storage/catalogue/catalogue.ts'
import { CatalogueQuery } from '../../../storage/catalogue/query.ts'
import { CATALOGUE_TABLES } from '../../../storage/catalogue/schema.ts'
import { STORY } from '../support/order-story.ts'
import { writeJournal } from '../support/write-journal.ts'

const root = mkdtempSync(join(tmpdir(), 'xk-catalogue-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
let folders = 0

/** A folder of journals, each of the story, one record a batch. */
function makeFolder(...names: string[]): string {
  const folder = join(root, `f${folders++}`)
  mkdirSync(folder)
  for (const name of names) writeJournal(join(folder, name), { ...STORY, recordsPerBatch: 1 })
  return folder
}

/** Everything that a catalogue holds, table by table in the order of the keys, with its definition. */
function dump(folder: string): unknown {
  const database = new Database(join(folder, 'catalogue.sqlite'), { readonly: true })
  const made = database.prepare('SELECT name, sql FROM sqlite_master ORDER BY name').all()
  const tables = CATALOGUE_TABLES.map(({ name }) => [
    name,
    database.prepare(`SELECT * FROM ${name}`).safeIntegers().all(),
  ])
  database.close()
  return { made, tables }
}

function ask(folder: string, sql: string): unknown[][] {
  const query = new CatalogueQuery(join(folder, 'catalogue.sqlite'), sql)
  try {
    return [...query.rows()].map((row) => row.map((value) => (typeof value === 'bigint' ? Number(value) : value)))
  } finally {
    query.close()
  }
}

describe('the catalogue of a session', () => {
  const folder = makeFolder('a')
  catalogueJournal(join(folder, 'a'))

  test('has every order as it ended', () => {
    const sql = 'SELECT order_id, state, quantity, filled, average_price, reason, replaces, replaced_by FROM orders'
    expect(ask(folder, sql)).toEqual([
      [1, 'filled', 100, 100, 99.996, null, null, null],
      [2, 'replaced', 50, 0, null, null, null, 3],
      [3, 'cancelled', 50, 0, null, 'requested', 2, null],
      [4, 'rejected', 9000, 0, null, 'maxQuantity', null, null],
      [5, 'open', 10, 0, null, null, null, null],
    ])
  })

  test('has the whole life of an order', () => {
    const sql = 'SELECT number, stream, sequence, event, price, quantity, leaves, reason FROM order_events'
    expect(ask(folder, `${sql} WHERE order_sequence = 1`)).toEqual([
      [1, 'outbound', 1, 'sent', 100, 100, 100, null],
      [2, 'inbound', 3, 'routed', null, null, 100, null],
      [3, 'inbound', 4, 'accepted', 100, 100, 100, null],
      [4, 'inbound', 5, 'filled', 100, 60, 40, null],
      [5, 'inbound', 6, 'filled', 99.99, 40, 0, null],
    ])
    expect(ask(folder, `${sql} WHERE order_sequence = 3`).map((row) => [row[3], row[7]])).toEqual([
      ['sent', null],
      ['accepted', null],
      ['cancelSent', null],
      ['cancelled', 'requested'],
    ])
  })

  test('has fills, positions, rejects, commands and gaps', () => {
    expect(ask(folder, 'SELECT sequence, symbol, side, price, quantity, liquidity, match FROM fills')).toEqual([
      [5, 'AAPL', 'buy', 100, 60, 'added', '5'],
      [6, 'AAPL', 'buy', 99.99, 40, 'removed', '6'],
    ])
    expect(ask(folder, 'SELECT symbol, quantity, average_price, mark_price, pnl_unrealised FROM positions')).toEqual([
      ['AAPL', 100, 99.996, 99.99, expect.closeTo(-0.6, 9)],
    ])
    expect(ask(folder, 'SELECT order_id, origin, reason, value, threshold, request FROM rejects')).toEqual([
      [4, 'gate', 'maxQuantity', 9000, 5000, 'newOrder'],
    ])
    expect(ask(folder, 'SELECT command, argument, value, outcome FROM commands')).toEqual([['kill', 2, 3, null]])
    expect(ask(folder, 'SELECT kind, symbol, line, first_missing, missing FROM gaps')).toEqual([
      ['gap', null, 2, 100, 3],
      ['sequenceGap', 'AAPL', 2, null, null],
    ])
  })

  test('has the session itself, with times since 1970', () => {
    const sql = 'SELECT session, seed, config_hash, venue, verdict, orders, fills, rejects, first_time_ns FROM sessions'
    const query = new CatalogueQuery(join(folder, 'catalogue.sqlite'), sql)
    const time = 1_577_682_000_000_002_000n
    expect([...query.rows()]).toEqual([['a', 7n, '000000000000000b', 'test', 'closed', 4n, 2n, 1n, time]])
    query.close()
    expect(ask(folder, 'SELECT instrument, symbol, tick_size FROM instruments')).toEqual([[1, 'AAPL', 0.01]])
    expect(ask(folder, 'SELECT file FROM segments')).toEqual([['0000000001.xkj']])
  })
})

describe("the session's header", () => {
  const plugins = [{ name: 'maker', path: 'maker.ts', codeHash: 'aa', params: { size: 5 } }]
  const header = {
    kind: 'replay',
    version: '1.2.3',
    codeHash: 'cc',
    configHash: '000000000000000b',
    seed: 7,
    plugins,
    limits: { positionMax: 10, killed: false },
    files: ['day.itch'],
    date: '2019-12-30',
  }

  function enter(session: string): unknown[][] {
    const folder = makeFolder('a')
    writeFileSync(join(folder, 'a', 'session.json'), session)
    catalogueJournal(join(folder, 'a'))
    return ask(folder, 'SELECT kind, version, code_hash, date FROM sessions')
  }

  test('is told by hashes, plugins and limits', () => {
    const folder = makeFolder('a')
    writeFileSync(join(folder, 'a', 'session.json'), JSON.stringify({ format: 2, header }))
    catalogueJournal(join(folder, 'a'))
    expect(ask(folder, 'SELECT kind, version, code_hash, config_hash, date FROM sessions')).toEqual([
      ['replay', '1.2.3', 'cc', '000000000000000b', '2019-12-30'],
    ])
    expect(ask(folder, 'SELECT name, code_hash, params, orders FROM strategies')).toEqual([
      ['maker', 'aa', '{"size":5}', 4],
    ])
    expect(ask(folder, 'SELECT name, value FROM limits')).toEqual([
      ['killed', 'false'],
      ['positionMax', '10'],
    ])
  })

  test('of another configuration than the journal is not believed', () => {
    const other = { ...header, configHash: '00000000000000ff' }
    expect(enter(JSON.stringify({ format: 2, header: other }))).toEqual([[null, null, null, null]])
  })

  test.each([
    'null',
    '[]',
    '{',
    '{"format":2}',
    '{"format":2,"header":null}',
    '{"format":2,"header":{"plugins":[null],"files":[],"limits":{}}}',
    '{"format":2,"header":{"plugins":[],"files":[],"limits":null}}',
    '{"format":9,"header":{}}',
  ])('that cannot be read is none: %s', (text) => expect(enter(text)).toEqual([[null, null, null, null]]))
})

describe('a catalogue that is built again', () => {
  test('is the same, whatever order the sessions came in, and however they were batched', () => {
    const folder = makeFolder('b-2', 'a', 'b-10')
    for (const name of ['b-2', 'b-10', 'a', 'b-2']) catalogueJournal(join(folder, name))
    const entered = dump(folder)
    const witness = sqliteDump(folder)
    expect(reindex(folder, () => {}).sessions).toEqual(['a', 'b-10', 'b-2'])
    expect(dump(folder)).toEqual(entered)
    expect(sqliteDump(folder)).toBe(witness)
    rmSync(join(folder, 'catalogue.sqlite'))
    reindex(folder, () => {})
    expect(dump(folder)).toEqual(entered)
    const other = join(root, 'other')
    writeJournal(join(other, 'a'), STORY)
    reindex(other, () => {})
    const [rows, same] = [other, folder].map((place) => ask(place, "SELECT * FROM order_events WHERE session = 'a'"))
    expect(rows).toEqual(same)
  })

  test('stays as it was when the building is stopped', () => {
    const folder = makeFolder('a')
    reindex(folder, () => {})
    const before = dump(folder)
    writeJournal(join(folder, 'b'), STORY)
    const stop = () => {
      throw new Error('stopped')
    }
    expect(() => reindex(folder, stop)).toThrow('stopped')
    expect(dump(folder)).toEqual(before)
  })

  test('forgets journals that have gone, and tells of what is no journal', () => {
    const folder = makeFolder('a', 'b', 'c')
    reindex(folder, () => {})
    rmSync(join(folder, 'a'), { recursive: true })
    const segment = join(folder, 'c', '0000000001.xkj')
    const bytes = readFileSync(segment)
    bytes[0]! ^= 1
    writeFileSync(segment, bytes)
    mkdirSync(join(folder, 'not-a-journal'))
    const { sessions, failures } = reindex(folder, () => {})
    expect(sessions).toEqual(['b'])
    expect(failures).toEqual([{ session: 'c', what: expect.stringContaining('the segment') }])
    expect(ask(folder, 'SELECT DISTINCT session FROM order_events')).toEqual([['b']])
  })

  test('has of a damaged journal what is sound, and names the damage', () => {
    const folder = makeFolder('a')
    const segment = join(folder, 'a', '0000000001.xkj')
    const bytes = readFileSync(segment)
    // Somewhere in the inbound batches, which lie behind the outbound ones.
    bytes[4096 + 6 * 80 + 420 + 900]! ^= 1
    writeFileSync(segment, bytes)
    reindex(folder, () => {})
    const [[verdict, damage, records]] = ask(folder, 'SELECT verdict, damage, inbound_records FROM sessions') as [
      unknown[],
    ]
    expect(verdict).toBe('damaged')
    expect(damage).toMatch(/^0000000001\.xkj offset \d+: /)
    expect(records).toBeLessThan(15)
  })

  test('takes the place of a file that is no database or of another version, never of a foreign database', () => {
    const folder = makeFolder('a')
    const path = join(folder, 'catalogue.sqlite')
    writeFileSync(path, 'no database at all, but long enough to be looked at as one'.repeat(40))
    reindex(folder, () => {})
    expect(ask(folder, 'SELECT session FROM sessions')).toEqual([['a']])
    const old = new Database(path)
    old.pragma('user_version = 99')
    old.close()
    expect(() => ask(folder, 'SELECT 1')).toThrow(/version 99/)
    catalogueJournal(join(folder, 'a'))
    expect(ask(folder, 'SELECT session FROM sessions')).toEqual([['a']])
    rmSync(path)
    const foreign = new Database(path)
    foreign.exec('CREATE TABLE mine (x); INSERT INTO mine VALUES (1)')
    foreign.close()
    expect(() => Catalogue.open(path)).toThrow(/no catalogue/)
    expect(readdirSync(folder)).toContain('catalogue.sqlite')
  })
})

describe('a query', () => {
  const folder = makeFolder('a')
  reindex(folder, () => {})

  test.each([
    ['DELETE FROM orders', /no query/],
    ['DROP TABLE orders', /no query/],
    ["INSERT INTO limits VALUES ('a', 'b', 'c') RETURNING *", /no query/],
    ['SELECT 1; SELECT 2', /more than one statement/],
    ['', /contains no statements/],
    ['SELECT symbl FROM orders', /no such column: symbl/],
    ['SELEKT 1', /syntax error/],
    ['SELECT abs(-9223372036854775807 - 1)', /integer overflow/],
  ])('%s is refused', (sql, message) => {
    const before = dump(folder)
    expect(() => ask(folder, sql)).toThrow(message)
    expect(dump(folder)).toEqual(before)
  })

  test('cannot write into another file either', () => {
    const other = join(root, 'other.sqlite')
    expect(() => ask(folder, `ATTACH '${other}' AS other`)).toThrow(/no query/)
    expect(() => ask(folder, `VACUUM INTO '${other}'`)).toThrow(/no query/)
    expect(readdirSync(root)).not.toContain('other.sqlite')
  })
})

/** The same by sqlite3's own command line, where the host has one that knows strict tables (3.37). */
function sqliteDump(folder: string): string {
  const { stdout, status } = spawnSync('sqlite3', ['--version'], { encoding: 'utf8' })
  const [major, minor] = (stdout ?? '').split('.').map(Number)
  if (status !== 0 || major! < 3 || (major === 3 && minor! < 37)) return ''
  const maxBuffer = 1 << 26
  return execFileSync('sqlite3', [join(folder, 'catalogue.sqlite'), '.dump'], { encoding: 'utf8', maxBuffer })
}
