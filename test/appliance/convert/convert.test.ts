import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { openFeed } from '../../../feeds/capture/open-feed.ts'
import { RecordBatch } from '../../../feeds/record-batch.ts'
import { findPackageRoot } from '../../../kernels/host/package-root.ts'
import { hasCommand } from '../../feeds/support/drain.ts'
import { findCaptures } from '../../support/captures.ts'
import { convertFile, createFolder, query } from './support.ts'

const captures = findCaptures()
const SAMPLE = join(findPackageRoot(), 'replay-data', 'sample-session.pcapng.gz')

function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** All records of a capture but the numbers of its lines, as one digest. */
function digestRecords(path: string): string {
  const source = openFeed(path)
  const batch = new RecordBatch()
  const hash = createHash('sha256')
  for (; source.fill(batch) !== 0; batch.reset()) hash.update(batch.views.u8.subarray(0, batch.usedBytes))
  return hash.digest('hex')
}

describe.runIf(captures !== undefined)('the AAPL reference', () => {
  const folder = createFolder()
  const aapl = join(captures!, 'nasdaq-itch50', 'AAPL_12302019_first30000_transcoded.itch')
  const { decoded } = JSON.parse(readFileSync(`${aapl}.expected.json`, 'utf8'))
  const types = decoded.messages_by_type

  test('as ITCH and as packets has the messages and records that it had', async () => {
    const raw = await convertFile(aapl, join(folder, 'a.itch'))
    expect(raw.output.messages).toEqual(types)
    expect([raw.output.notTold, raw.output.partlyTold]).toEqual([{}, {}])
    expect(raw.output.bytes).toBe(decoded.file_bytes)
    const packets = await convertFile(aapl, join(folder, 'a.pcapng'), { date: '2019-12-30' })
    expect(packets.output.messages).toEqual(types)
    expect(packets.output.firstTimeNs).toBe('1577716500000155705')
    const digest = digestRecords(aapl)
    expect(digestRecords(join(folder, 'a.itch'))).toBe(digest)
    expect(digestRecords(join(folder, 'a.pcapng'))).toBe(digest)
    const again = await convertFile(join(folder, 'a.pcapng'), join(folder, 'b.itch.gz'))
    expect(again.output.firstTimeNs).toBe('1577716500000155705')
    expect(sha256(gunzipSync(readFileSync(join(folder, 'b.itch.gz'))))).toBe(
      sha256(readFileSync(join(folder, 'a.itch'))),
    )
  })

  test('as tables in a folder agrees with the reference, CSV and Parquet alike', async () => {
    const csv = await convertFile(aapl, join(folder, 'csv/'), { format: 'csv', date: '2019-12-30' })
    const parquet = await convertFile(aapl, join(folder, 'parquet/'), { format: 'parquet', date: '2019-12-30' })
    expect(readdirSync(join(folder, 'csv')).sort()).toEqual(
      ['instrument', 'orderAdd', 'orderDelete', 'orderExecute', 'orderReduce', 'orderReplace', 'trade'].map(
        (t) => `${t}.csv`,
      ),
    )
    expect(csv.output.records).toEqual(parquet.output.records)
    expect(parquet.output.records).toMatchObject({ orderAdd: types.A + types.F, trade: types.P, orderDelete: types.D })
    const [rows] = await query(`
      select count(*), sum(quantity)::bigint, min(epoch_ns(timeNs)), max(epoch_ns(timeNs)) from '${folder}/parquet/trade.parquet'`)
    expect(rows!.slice(0, 2)).toEqual([String(types.P), String(decoded.book.trade_P_shares)])
    const [times] = await query(`
      select min(epoch_ns(timeNs)), max(epoch_ns(timeNs)) from read_parquet('${folder}/parquet/*.parquet', union_by_name = true)`)
    const midnight = 1577682000n * 1_000_000_000n
    expect(times!.map((time) => String(BigInt(time) - midnight))).toEqual([
      decoded.first_message_ts_ns,
      decoded.last_message_ts_ns,
    ])
    for (const type of ['orderAdd', 'orderExecute', 'orderReplace', 'trade']) {
      const sums = `count(*), sum(price::decimal(18, 9)), sum(quantity::bigint), sum(sequence::hugeint), bit_xor(reference::ubigint)`
      const facts = `select ${sums}, min(timeNs), max(symbol) from`
      const [left] = await query(`${facts} read_csv('${folder}/csv/${type}.csv')`)
      const [right] = await query(
        `${facts.replace('min(timeNs)', 'min(epoch_ns(timeNs))')} '${folder}/parquet/${type}.parquet'`,
      )
      expect(right).toEqual(left)
    }
  })

  test('as one table tells every record, and of a single type only its columns', async () => {
    await convertFile(aapl, join(folder, 'all.parquet'))
    await convertFile(aapl, join(folder, 'trades.csv'), { types: [21] })
    await convertFile(aapl, join(folder, 'all.jsonl'))
    const counts = await query(`select record, count(*) from '${folder}/all.parquet' group by 1 order by 1`)
    expect(Object.fromEntries(counts)).toMatchObject({ trade: String(types.P), orderDelete: String(types.D) })
    const lines = await query(`select record, count(*) from '${folder}/all.jsonl' group by 1 order by 1`)
    expect(lines).toEqual(counts)
    const [first] = await query(
      `select typeof(timeNs), typeof(price), typeof(quantity) from '${folder}/all.parquet' limit 1`,
    )
    expect(first).toEqual(['BIGINT', 'DECIMAL(18,9)', 'DOUBLE'])
    const csv = readFileSync(join(folder, 'trades.csv'), 'utf8').split('\n')
    expect(csv[0]).toBe('timeNs,symbol,sequence,instrument,source,flags,reference,price,quantity,match,side')
    expect(csv[1]).toMatch(/^345\d{11},AAPL,\d+,1,0,0,0,28\d\.\d{4},\d+,\d+,buy$/)
    expect(csv).toHaveLength(types.P + 2)
  })

  test('cut at a time begins with the live orders, and ends with the same book', async () => {
    const half = await convertFile(aapl, join(folder, 'half.itch'), { from: '09:36:00', to: '09:37:00' })
    const rest = await convertFile(aapl, join(folder, 'rest.itch'), { from: '09:37:00' })
    const end = await convertFile(join(folder, 'rest.itch'), join(folder, 'end.itch'), { from: '23:00' })
    expect(half.cut.before + half.cut.behind).toBeGreaterThan(10_000)
    expect(half.cut.snapshotOrders).toBeGreaterThan(100)
    expect(rest.cut.snapshotOrders).toBeGreaterThan(100)
    expect(end.cut.snapshotOrders).toBe(decoded.book.open_orders_at_end)
    // One of them is attributed.
    expect(end.output.messages).toEqual({ A: decoded.book.open_orders_at_end - 1, F: 1 })
    const table = await convertFile(aapl, join(folder, 'half.csv'), { from: '09:36:00', to: '09:37:00' })
    expect(table.cut.snapshotOrders).toBe(0)
  })
})

describe.runIf(captures !== undefined)('the IEX reference', () => {
  test('has the times, trades and book of its reference as tables', async () => {
    const folder = createFolder()
    const deep = join(captures!, 'iex', 'DEEP10_20231002_first3000.pcap.gz')
    const { decoded } = JSON.parse(readFileSync(`${deep}.expected.json`, 'utf8'))
    const result = await convertFile(deep, join(folder, 'deep/'), { format: 'parquet' })
    expect(result.output.firstTimeNs).toBe(decoded.first_message_ts_ns)
    expect(result.output.lastTimeNs).toBe(decoded.last_message_ts_ns)
    expect(result.output.records.levelUpdate).toBe(decoded.messages_by_type[5] + decoded.messages_by_type[8])
    const trades = await query(`
      select concat_ws(' ', symbol, epoch_ns(timeNs), quantity::bigint, (price * 10000)::bigint, match)
      from '${folder}/deep/trade.parquet' order by sequence`)
    expect(sha256(trades.map(([line]) => `${line}\n`).join(''))).toBe(decoded.trade_reports_sha256)
    const levels = await query(`
      with last as (select *, row_number() over (partition by symbol, side, price order by sequence desc) as nth
                    from '${folder}/deep/levelUpdate.parquet')
      select concat_ws(' ', symbol, upper(side[1:1]), (price * 10000)::bigint, quantity::bigint)
      from last where nth = 1 and quantity > 0`)
    const lines = levels.map(([line]) => `${line}\n`).sort()
    expect(sha256(lines.join(''))).toBe(decoded.final_deep_book.sha256)
  })
})

describe('the sample session', () => {
  const folder = createFolder()

  test('cut by symbol has that symbol alone, with its directory and states', async () => {
    const all = await convertFile(SAMPLE, join(folder, 'all.csv'), { types: [2] })
    const symbol = readFileSync(join(folder, 'all.csv'), 'utf8').split('\n')[3]!.split(',')[1]!
    expect(all.output.records.instrument).toBe(24)
    const one = await convertFile(SAMPLE, join(folder, 'one.itch'), { symbols: [symbol, 'NOSUCH'] })
    expect(one.output.messages.R).toBe(1)
    expect(one.output.messages.H).toBeGreaterThan(0)
    expect(one.output.messages.S).toBe(6)
    expect(one.cut.symbolsMissing).toEqual(['NOSUCH'])
    const source = openFeed(join(folder, 'one.itch'))
    const batch = new RecordBatch()
    while (source.fill(batch) !== 0) batch.reset()
    expect(source.facts()).toMatchObject({ instruments: 1, undecoded: {}, damage: {} })
  })

  test('as ITCH and back in time zones: a time of day, a date and nanoseconds mean the same', async () => {
    const froms = ['09:35', '2025-01-15T09:35:00-05:00', '2025-01-15T14:35:00Z', '1736951700000000000']
    const digests = []
    for (const [index, from] of froms.entries()) {
      await convertFile(SAMPLE, join(folder, `from${index}.csv`), { from, to: '09:35:30', types: [16] })
      digests.push(sha256(readFileSync(join(folder, `from${index}.csv`))))
    }
    expect(new Set(digests).size).toBe(1)
    const [row] = await query(`select min(timeNs) >= 1736951700000000000, count(*) > 500 from '${folder}/from0.csv'`)
    expect(row).toEqual(['true', 'true'])
  })

  test('is read by tshark as the packets that it became', async () => {
    if (!hasCommand('tshark')) return
    const path = join(folder, 'part.pcapng')
    const part = await convertFile(SAMPLE, path, { from: '09:40', to: '09:40:10' })
    const fields = ['-T', 'fields', '-e', 'frame.time_epoch', '-e', 'udp.payload']
    const options = ['-o', 'ip.check_checksum:TRUE', '-o', 'udp.check_checksum:TRUE']
    const { stdout } = spawnSync('tshark', ['-r', path, ...options, ...fields], { encoding: 'utf8' })
    const payloads = stdout
      .trim()
      .split('\n')
      .map((line) => Buffer.from(line.split('\t')[1]!, 'hex'))
    expect(payloads).toHaveLength(part.output.packets)
    const counts: Record<string, number> = {}
    for (const payload of payloads) {
      const count = payload.readUInt16BE(18) === 0xffff ? 0 : payload.readUInt16BE(18)
      for (let at = 20, i = 0; i < count; i++, at += 2 + payload.readUInt16BE(at)) {
        const type = String.fromCharCode(payload[at + 2]!)
        counts[type] = (counts[type] ?? 0) + 1
      }
    }
    expect(counts).toEqual(part.output.messages)
    const bad = spawnSync('tshark', [
      '-r',
      path,
      ...options,
      '-Y',
      'ip.checksum.status == 0 || udp.checksum.status == 0',
    ])
    expect(bad.stdout.toString()).toBe('')
  })

  test('a damaged or empty input leaves no file that looks complete', async () => {
    const cut = join(folder, 'cut.itch')
    const whole = join(folder, 'whole.itch')
    await convertFile(SAMPLE, whole, { from: '09:40', to: '09:40:01' })
    writeFileSync(cut, readFileSync(whole).subarray(0, -5))
    const result = await convertFile(cut, join(folder, 'cut.csv'))
    expect(result.input.errors).toEqual([{ code: 'capture-damaged', message: expect.stringMatching(/^truncatedTail/) }])
    writeFileSync(join(folder, 'nothing'), 'this is no capture')
    await expect(convertFile(join(folder, 'nothing'), join(folder, 'nothing.csv'))).rejects.toThrow(/no capture file/)
    expect(existsSync(join(folder, 'nothing.csv.partial'))).toBe(false)
  })
})
