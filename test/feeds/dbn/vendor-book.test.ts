import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { BufferSource } from '../../../feeds/capture/byte-source.ts'
import { MarketSource } from '../../../feeds/capture/market-source.ts'
import { recogniseCapture } from '../../../feeds/capture/recognise.ts'
import { findCaptures } from '../../support/captures.ts'
import { drainRecords } from '../support/drain.ts'
import { DbnBookDriver } from './book-driver.ts'
import { type Level, mbo, mbp, UNDEFINED_PRICE } from './dbn-bytes.ts'

/*
 * A day of one stock as the vendor gives it twice: order by order, and as the ten best levels after each event. The rows
 * of the first file, as DBN, must give the second file's levels, row by row.
 */

const captures = findCaptures()
const folder = join(captures ?? '', 'mbo-csv')
const LEVELS = 10

type Row = Readonly<Record<string, string>>

function readRows(name: string): Row[] {
  const [head, ...lines] = readFileSync(join(folder, name), 'utf8').trim().split(/\r?\n/)
  const names = head!.split(',')
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, i) => [names[i]!, value])))
}

/** A decimal as a whole number of 10^-9; undefined for nothing. */
function toPrice(decimal: string): bigint {
  if (decimal === '') return UNDEFINED_PRICE
  const [whole, fraction = ''] = decimal.split('.')
  return BigInt(whole! + fraction.padEnd(9, '0'))
}

function toNs(text: string): bigint {
  const [seconds, fraction] = text.replace('Z', '').split('.')
  return BigInt(Date.parse(`${seconds}Z`)) * 1_000_000n + BigInt(fraction!.padEnd(9, '0'))
}

function toMbo(row: Row): Buffer {
  return mbo({
    action: row.action!,
    side: row.side!,
    price: toPrice(row.price!),
    size: Number(row.size),
    orderId: BigInt(row.order_id!),
    flags: Number(row.flags),
    sequence: Number(row.sequence),
    tsEvent: toNs(row.ts_event!),
    tsRecv: toNs(row.ts_recv!),
  })
}

/** The vendor's levels of a row, as `price size count` of both sides; '' where there is none. */
function levelsOf(row: Row): string[] {
  return Array.from({ length: LEVELS }, (_, i) => {
    const level = String(i).padStart(2, '0')
    const side = (name: string) =>
      row[`${name}_px_${level}`] === ''
        ? ''
        : `${toPrice(row[`${name}_px_${level}`]!)} ${row[`${name}_sz_${level}`]} ${row[`${name}_ct_${level}`]}`
    return `${side('bid')} | ${side('ask')}`
  })
}

function joinSides(bids: readonly (readonly number[])[], asks: readonly (readonly number[])[]): string[] {
  return Array.from({ length: LEVELS }, (_, i) => `${bids[i]?.join(' ') ?? ''} | ${asks[i]?.join(' ') ?? ''}`)
}

describe.runIf(captures !== undefined)('the ten levels of the vendor', { timeout: 120_000 }, () => {
  const vendor = captures === undefined ? [] : readRows('ARL_20250717_mbp10.csv')

  it('are those of the order book that our records of its orders build, at every row', () => {
    const driver = new DbnBookDriver()
    const orders = readRows('ARL_20250717_mbo.csv')
    const keyOf = (row: Row | undefined) => `${row?.ts_event} ${row?.sequence}`
    let next = 0
    let matched = 0
    const take = () => {
      const order = orders[next++]
      if (order === undefined) throw new Error('the order records end before the rows')
      const bytes = toMbo(order)
      driver.take(bytes, 0, bytes.length)
      return order
    }
    for (const row of vendor) {
      for (let order = take(); !(keyOf(order) === keyOf(row) && order.action === row.action); ) order = take()
      // A trade's row shows the book behind the fills and cancels that come with it.
      while (row.action === 'T' && keyOf(orders[next]) === keyOf(row) && /[FC]/.test(orders[next]!.action!)) take()
      expect(joinSides(driver.levels(1, 0, LEVELS), driver.levels(1, 1, LEVELS)), `row ${row['']}`).toEqual(
        levelsOf(row),
      )
      matched++
    }
    expect(matched).toBe(3928)
    expect(driver.faults()).toEqual([])
    expect(driver.book.unknownReferences).toBe(0)
  })

  it('are those that the level records of an MBP-10 file add up to, at every row', () => {
    const records = vendor.map((row) => {
      const levels = Array.from({ length: LEVELS }, (_, i): Level => {
        const level = String(i).padStart(2, '0')
        return [
          toPrice(row[`bid_px_${level}`]!),
          toPrice(row[`ask_px_${level}`]!),
          Number(row[`bid_sz_${level}`]),
          Number(row[`ask_sz_${level}`]),
        ]
      })
      // A trade does not change the levels and ends the row's records: the rows can be told apart.
      return mbp({ levels, action: 'T', price: 1n, tsEvent: toNs(row.ts_event!), flags: 0x80 })
    })
    const bytes = Buffer.concat(records)
    const source = new MarketSource([
      {
        path: 'memory',
        recognised: recogniseCapture(bytes.subarray(0, 4096)),
        storedBytes: bytes.length,
        open: () => new BufferSource(bytes),
      },
    ])
    const sides = [new Map<number, number>(), new Map<number, number>()]
    let row = 0
    for (const record of drainRecords(source)) {
      if (record.record === 'levelUpdate') {
        const side = sides[Number(record.side)]!
        if (record.quantity === 0) side.delete(Number(record.price))
        else side.set(Number(record.price), Number(record.quantity))
      }
      if (record.record !== 'trade') continue
      const bids = [...sides[0]!].sort(([a], [b]) => b - a).map(([price, quantity]) => [price, quantity])
      const asks = [...sides[1]!].sort(([a], [b]) => a - b).map(([price, quantity]) => [price, quantity])
      const expected = levelsOf(vendor[row]!).map((level) => level.replace(/(\d+ \d+) \d+/g, '$1'))
      expect(joinSides(bids, asks), `row ${row}`).toEqual(expected)
      row++
    }
    expect(row).toBe(3928)
  })
})
