import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { FLAG_HAS_PRICE, RecordType } from '../../../kernels/records/catalogue.ts'
import { encodeRecord, type PlainRecord } from '../../../kernels/records/codec.ts'
import { RecordViews } from '../../../kernels/records/views.ts'
import { ByteText } from '../../../storage/export/byte-text.ts'
import { RecordExport, type RecordExportOptions } from '../../../storage/export/record-export.ts'

const folder = mkdtempSync(join(tmpdir(), 'xk-export-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function exportAll(options: Omit<RecordExportOptions, 'path'> & { name: string }, records: readonly PlainRecord[]) {
  const output = new RecordExport({ ...options, path: join(folder, options.name) })
  const views = new RecordViews(new ArrayBuffer(512))
  for (const record of records) {
    encodeRecord(record, views, 0)
    output.write(views, 0)
  }
  return output.finish()
}

function writeNumber(write: (text: ByteText) => void): string {
  const text = new ByteText()
  write(text)
  return Buffer.from(text.bytes.subarray(0, text.usedBytes)).toString('latin1')
}

describe('numbers as text', () => {
  /** The same by strings: digits, and a point in the right place. */
  function decimalOf(value: number, exponent: number): string {
    const digits = BigInt(Math.abs(value)).toString()
    if (exponent >= 0) return `${value < 0 ? '-' : ''}${digits}${value === 0 ? '' : '0'.repeat(exponent)}`
    const padded = digits.padStart(1 - exponent, '0')
    return `${value < 0 ? '-' : ''}${padded.slice(0, exponent)}.${padded.slice(exponent)}`
  }

  test('decimals are exact, whatever the exponent', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: -22, max: 12 }), (value, exponent) => {
        expect(writeNumber((text) => text.putDecimal(value, exponent))).toBe(decimalOf(value, exponent))
      }),
    )
  })

  test('u64 and times are exact', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (value) => {
        const pair = writeNumber((text) => text.putPair(Number(value >> 32n), Number(value & 0xffffffffn)))
        expect(pair).toBe(value.toString())
      }),
    )
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 31 - 1 }), fc.integer({ min: -1e15, max: 9e15 }), (epoch, ns) => {
        const time = BigInt(epoch) * 1_000_000_000n + BigInt(ns)
        if (time >= 1_000_000_000n) expect(writeNumber((text) => text.putTime(ns, epoch))).toBe(time.toString())
      }),
    )
    expect(writeNumber((text) => text.putTime(34_200_000_000_001, undefined))).toBe('34200000000001')
    expect(writeNumber((text) => text.putTime(5, undefined))).toBe('5')
  })
})

const listed = { record: 'instrument', instrument: 1, symbol: 'A"B,C', priceExponent: -9, quantityExponent: -2 }
const trade = { record: 'trade', instrument: 1, price: 1_500_000_000, quantity: 250, sourceTime: 7, match: '9' }

describe('tables', () => {
  test('of CSV quote what needs it, and leave out what a record has not', () => {
    exportAll({ name: 'a.csv', format: 'csv', isFolder: false, types: [RecordType.Trade, RecordType.OrderExecute] }, [
      listed,
      trade,
      { record: 'orderExecute', instrument: 1, price: 5, quantity: 100 },
      { record: 'orderExecute', instrument: 1, price: 5, quantity: 100, flags: FLAG_HAS_PRICE },
      { record: 'orderDelete', instrument: 1 },
    ])
    expect(readFileSync(join(folder, 'a.csv'), 'utf8').split('\n')).toEqual([
      'record,timeNs,symbol,sequence,instrument,source,flags,reference,price,quantity,match,side',
      'trade,7,"A""B,C",0,1,0,0,0,1.500000000,2.50,9,buy',
      'orderExecute,0,"A""B,C",0,1,0,0,0,,1.00,0,',
      'orderExecute,0,"A""B,C",0,1,0,2,0,0.000000005,1.00,0,',
      '',
    ])
  })

  test('of JSON lines are objects, each with what its record has', () => {
    exportAll({ name: 'a.jsonl', format: 'jsonl', isFolder: false, epochSeconds: 1_577_682_000 }, [listed, trade])
    const [, second] = readFileSync(join(folder, 'a.jsonl'), 'utf8').trim().split('\n')
    expect(second).toContain('"price":1.500000000,"quantity":2.50')
    expect(JSON.parse(second!)).toMatchObject({
      record: 'trade',
      timeNs: '1577682000000000007',
      symbol: 'A"B,C',
      match: '9',
    })
  })

  test('in a folder are one file a type, which appear together', () => {
    const files = exportAll({ name: 'tables', format: 'csv', isFolder: true }, [listed, trade, trade])
    expect(files.map(({ path, rows }) => [path, rows])).toEqual([
      [join(folder, 'tables', 'instrument.csv'), 1],
      [join(folder, 'tables', 'trade.csv'), 2],
    ])
    expect(readdirSync(join(folder, 'tables')).sort()).toEqual(['instrument.csv', 'trade.csv'])
  })

  test('count the prices that a column of Parquet cannot hold', () => {
    const fine = { ...listed, priceExponent: -12 }
    const [file] = exportAll({ name: 'a.parquet', format: 'parquet', isFolder: false }, [fine, { ...trade, price: 1 }])
    expect(file).toMatchObject({ rows: 2, pricesNotHeld: 1 })
  })

  test('hold together over many row groups and gzip members', () => {
    const records = Array.from({ length: 70_000 }, (_, index) => ({ ...trade, sequence: index + 1 }))
    const types = [RecordType.Trade]
    exportAll({ name: 'many.csv.gz', format: 'csv', isFolder: false, types }, [listed, ...records])
    const lines = gunzipSync(readFileSync(join(folder, 'many.csv.gz')))
      .toString()
      .trim()
      .split('\n')
    expect(lines).toHaveLength(70_001)
    expect(lines.at(-1)).toContain(',70000,')
    const [file] = exportAll({ name: 'many.parquet', format: 'parquet', isFolder: false, types }, [listed, ...records])
    expect(file!.rows).toBe(70_000)
  })
})

describe('nothing has its name before it is complete', () => {
  test('and nothing is left of what was given up', () => {
    for (const isFolder of [false, true]) {
      const path = join(folder, 'given-up')
      const output = new RecordExport({ path, format: 'csv', isFolder })
      const views = new RecordViews(new ArrayBuffer(512))
      encodeRecord(trade, views, 0)
      output.write(views, 0)
      expect(readdirSync(folder).filter((name) => name.startsWith('given-up'))).toEqual(['given-up.partial'])
      output.abandon()
      expect(readdirSync(folder).filter((name) => name.startsWith('given-up'))).toEqual([])
    }
  })

  test('and a folder with something in it, or under way, is refused', () => {
    mkdirSync(join(folder, 'full'))
    writeFileSync(join(folder, 'full', 'x'), '')
    mkdirSync(join(folder, 'busy.partial'))
    const open = (name: string) => new RecordExport({ path: join(folder, name), format: 'csv', isFolder: true })
    expect(() => open('full')).toThrow(/not empty/)
    expect(() => open('busy')).toThrow(/under way/)
  })
})
