import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openFeed } from '../../../feeds/capture/open-feed.ts'
import { readDecompressed } from '../../../feeds/capture/packing.ts'
import { RecordType } from '../../../kernels/records/catalogue.ts'
import { findCaptures } from '../../support/captures.ts'
import { drainRecords } from '../support/drain.ts'
import { DbnBookDriver } from './book-driver.ts'

const captures = findCaptures()
const root = join(captures ?? '', 'dbn')
const FILES =
  captures === undefined
    ? []
    : readdirSync(root, { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(dbn|frag|zst)$/.test(name))
        .sort()

interface Decoded {
  readonly metadata: { readonly version: number } | null
  readonly records: number
  readonly records_by_rtype: Readonly<Record<string, number>>
  readonly instruments: number
  readonly records_per_instrument_top10: Readonly<Record<string, number>>
  readonly first_ts_event_ns: string
  readonly last_ts_event_ns: string
  readonly trailing_bytes: number
  readonly mbo?: {
    readonly actions_by_action_and_side: Readonly<Record<string, number>>
    readonly trade_T_volume: number
    readonly counters: Readonly<Record<string, number>>
    readonly open_orders_at_end: number
    readonly levels_at_end: number
    readonly final_levels_sha256: string
    readonly bbo_at_each_F_LAST_sha256: string
  }
}

function expectedOf(name: string): Decoded {
  return JSON.parse(readFileSync(join(root, `${name}.expected.json`), 'utf8')).decoded
}

/** A file without records has no times. */
function timeOf(text: string): string {
  return text === 'None' ? '0' : text
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

describe.runIf(captures !== undefined)('Databento files', { timeout: 120_000 }, () => {
  it.each(FILES)('%s gives the records, times and instruments that an independent decoder found', (name) => {
    const expected = expectedOf(name)
    const source = openFeed(join(root, name))
    const records = drainRecords(source)
    const facts = source.facts()
    expect(facts.kinds).toEqual(['dbn'])
    expect(facts.messagesByProtocol.dbn ?? {}).toEqual(expected.records_by_rtype)
    expect(facts.messages).toBe(expected.records)
    expect(facts.firstTimeNs).toBe(timeOf(expected.first_ts_event_ns))
    expect(facts.lastTimeNs).toBe(timeOf(expected.last_ts_event_ns))
    expect(facts.instruments).toBe(expected.instruments)
    expect(facts.undecoded).toEqual({})
    expect(facts.damage).toEqual({})
    expect(facts.errors).toEqual([])
    expect(source.progress[0]).toBe(1)
    const perInstrument: Record<string, number> = {}
    for (const { record, instrument, venueLocate } of records) {
      if (record !== 'instrument') continue
      perInstrument[String(venueLocate)] = source.shared.instruments.messages[Number(instrument)]!
    }
    if (expected.instruments <= 10) expect(perInstrument).toEqual(expected.records_per_instrument_top10 ?? {})
  })

  it('name their instruments by what the metadata or the definitions say', () => {
    const symbolsOf = (name: string) => {
      const records = drainRecords(openFeed(join(root, name))).filter(({ record }) => record === 'instrument')
      return records.map(({ symbol, flags, currency, tickSize }) => [symbol, flags, currency, tickSize])
    }
    expect(symbolsOf('databento_dbn/test_data.mbo.v3.dbn')).toEqual([['ESH1', 8, '', 0]])
    expect(symbolsOf('nautilus/futures_trades_2024-07-01T23-58_2024-07-02T00-02.dbn.zst')).toEqual([['ESU4', 8, '', 0]])
    expect(symbolsOf('databento_dbn/test_data.imbalance.v1.dbn.zst')).toEqual([['SPOT', 8, '', 0]])
    for (const name of ['definition.dbn', 'definition.v2.dbn.zst', 'definition.v3.dbn.zst']) {
      const [first, second] = symbolsOf(`databento_dbn/test_data.${name}`)
      expect([first, second]).toEqual([
        ['MSFT', 0, '', 0],
        ['MSFT', 0, '', 0],
      ])
    }
    const fragments = ['v1.dbn.frag', 'v1.dbn.frag.zst', 'v2.dbn.frag', 'v3.dbn.frag.zst'].map((name) =>
      symbolsOf(`databento_dbn/test_data.definition.${name}`),
    )
    for (const symbols of fragments) expect(symbols).toEqual(fragments[0])
    expect(
      fragments[0]!.every(([symbol, , currency]) => /^[A-Z0-9 -]+$/.test(String(symbol)) && currency === 'USD'),
    ).toBe(true)
  })

  const withOrders = FILES.filter((name) => expectedOf(name).mbo !== undefined)
  it.each(withOrders)('%s gives the order book of an independent decoder, at every event and at the end', (name) => {
    const expected = expectedOf(name).mbo!
    const bytes = Buffer.from(readDecompressed(join(root, name)))
    const driver = new DbnBookDriver()
    const bestLines: string[] = []
    let last = 0
    let tradeVolume = 0
    const actions: Record<string, number> = {}
    for (let at = 8 + bytes.readUInt32LE(4); at < bytes.length; at += bytes[at]! * 4) {
      driver.take(bytes, at, bytes[at]! * 4)
      const action = bytes.toString('latin1', at + 38, at + 40)
      actions[action] = (actions[action] ?? 0) + 1
      if (action.startsWith('T')) tradeVolume += bytes.readUInt32LE(at + 32)
      if ((bytes[at + 36]! & 0x80) === 0) continue
      last++
      const [bid] = driver.levels(1, 0, 1)
      const [ask] = driver.levels(1, 1, 1)
      const best = [bid?.[0] ?? 0, bid?.[1] ?? 0, ask?.[0] ?? 0, ask?.[1] ?? 0].join(' ')
      const instrument = bytes.readUInt32LE(at + 4)
      bestLines.push(`${bytes.readBigUInt64LE(at + 40)} ${instrument} ${best} ${bytes.readUInt32LE(at + 52)}\n`)
    }
    const instrument = bytes.readUInt32LE(8 + bytes.readUInt32LE(4) + 4)
    const levelLines = [0, 1].flatMap((side) =>
      driver
        .levels(1, side)
        .map(([price, quantity, orders]) => `${instrument} ${side === 0 ? 'B' : 'A'} ${price} ${quantity} ${orders}\n`),
    )
    expect(driver.faults()).toEqual([])
    expect(actions).toEqual(expected.actions_by_action_and_side)
    expect(tradeVolume).toBe(expected.trade_T_volume)
    expect(last).toBe(expected.counters.F_LAST_events)
    expect(driver.book.unknownReferences).toBe(expected.counters.cancel_unknown ?? 0)
    expect(driver.book.liveOrders).toBe(expected.open_orders_at_end)
    expect(driver.book.liveLevels).toBe(expected.levels_at_end)
    expect(sha256(levelLines.sort().join(''))).toBe(expected.final_levels_sha256)
    expect(sha256(bestLines.join(''))).toBe(expected.bbo_at_each_F_LAST_sha256)
    const adds = (actions.AA ?? 0) + (actions.AB ?? 0)
    expect(driver.records[RecordType.OrderAdd]).toBe(adds)
    expect(driver.records[RecordType.BookClear]).toBe(actions.RN ?? 0)
  })
})
